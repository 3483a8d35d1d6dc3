/** Who takes part in the writing of the minutes. Markup: templates/minutes/writers.html */

import { assign, fill, mark } from "../room/dom"
import { RoomElement } from "../room/element"
import type { Lock, Writer } from "../room/records"

class RoomWriters extends RoomElement {
  override readonly kinds = ["minutes.lock", "minutes.writer", "minutes.life"]
  override readonly events = ["you"] as const

  protected render(): void {
    const writing = this.find<Lock>("minutes.lock/lock")?.writing ?? "admitted"
    const who = this.querySelector<HTMLSelectElement>("select[name=who]")
    if (who && who !== document.activeElement) who.value = writing
    const asking = this.all<Writer>("minutes.writer").sort((a, b) => a.at - b.at)
    this.list("asking", asking, fillRow)
    this.show(...this.#facts(writing))
  }

  #facts(writing: string): string[] {
    const { role, id } = this.you
    if (role === "facilitator") return ["facilitator"]
    if (role !== "participant") return []
    if (writing === "everyone") return ["writes-too"]
    const mine = this.find<Writer>(`minutes.writer/${id}`)
    if (writing === "staff") return []
    return [mine?.admitted ? "writes-too" : mine ? "asked" : "may-ask"]
  }
}

function fillRow(row: HTMLElement, { id, name, admitted }: Writer): void {
  fill(row, { name })
  assign(row, "person", id)
  mark(row, [admitted ? "writes" : "waits"])
}

customElements.define("room-writers", RoomWriters)
