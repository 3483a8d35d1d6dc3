/** The agenda: what comes when, what the session is at, and what facilitators do with it. Markup: templates/features/agenda.html */

import { assign, attribute, fill, hide, mark, say } from "../room/dom"
import { RoomElement } from "../room/element"
import type { Item } from "../room/records"
import { timeOfDay } from "../room/words"

class RoomAgenda extends RoomElement {
  override readonly kinds = ["agenda.item"]

  protected render(): void {
    const items = this.all<Item>("agenda.item").sort((a, b) => a.rank - b.rank)
    const empty = this.piece("empty")
    const next = items.find(({ status }) => status === "planned")
    this.list("items", items, (row, item) => this.#fill(row, item, item === next))
    hide(empty, items.length > 0)
    if (!empty) hide(this, items.length === 0)
  }

  #fill(row: HTMLElement, item: Item, next: boolean): void {
    fill(row, { title: item.title })
    attribute(row, "aria-current", item.status === "on" ? "step" : undefined)
    if (item.minutes) say(row, "minutes", { n: item.minutes })
    if (item.began_at) say(row, "began", { at: timeOfDay(item.began_at) })
    if (item.ended_at) say(row, "lasted", { from: timeOfDay(item.began_at), until: timeOfDay(item.ended_at) })
    assign(row, "item", item.id)
    this.#offer(row, item)
    const when = item.status === "planned" ? [next ? "next" : "later"] : []
    mark(row, [item.status, ...when, ...(item.minutes ? ["timed"] : []), ...(item.status === "on" ? ["begun"] : [])])
  }

  /** The form to say it otherwise holds what is said now, until somebody types in it. */
  #offer(row: HTMLElement, { title, minutes }: Item): void {
    const form = row.querySelector<HTMLFormElement>('[data-do="agenda.edit"]')
    if (!form || form.contains(document.activeElement)) return
    form.querySelector<HTMLInputElement>("[name=title]")!.value = title
    form.querySelector<HTMLInputElement>("[name=minutes]")!.value = String(minutes)
  }
}

customElements.define("room-agenda", RoomAgenda)
