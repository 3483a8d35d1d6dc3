/**
 * Groups of people: one's own, and how they are defined.
 * Markup: templates/room/belonging.html, templates/room/axes.html
 */

import { assign, fill, hide, mark } from "../room/dom"
import { RoomElement } from "../room/element"
import { pour } from "../room/fields"
import type { Control } from "../room/fields"
import type { Axis, Belonging } from "../room/records"
import { offer, sorted, valueIn } from "./people-axes"

/** In which groups one is oneself, as far as one says it, or facilitators do. */
class RoomBelonging extends RoomElement {
  override readonly kinds = ["people.axis", "people.belonging"]
  override readonly events = ["you"] as const

  #changed = false

  protected override entered(signal: AbortSignal): void {
    this.addEventListener("asked:done", () => this.#say(true), { signal })
    this.addEventListener("input", () => this.#say(false), { signal })
  }

  protected render(): void {
    const mine = this.find<Belonging>(`people.belonging/${this.you.id}`)
    const told = { groups: mine?.groups ?? [], waiting: mine?.waiting ?? [] }
    const { groups, waiting } = told
    const axes = sorted(this.all<Axis>("people.axis"))
    const shown = axes.filter((axis) => axis.declared === "self" || valueIn(axis, [...groups, ...waiting]))
    hide(this, shown.length === 0)
    this.list("axes", shown, (row, axis) => {
      offer(row, axis, told)
      fill(row, { value: valueIn(axis, [...groups, ...waiting]) })
      mark(row, [axis.declared, ...(valueIn(axis, waiting) ? ["waiting"] : [])])
    })
    this.show(...(this.#changed ? ["changed"] : []))
  }

  #say(changed: boolean): void {
    this.#changed = changed
    this.update()
  }
}

/** The facilitators' desk of axes: by what people are grouped here. */
class RoomAxes extends RoomElement {
  override readonly kinds = ["people.axis"]

  protected render(): void {
    const axes = sorted(this.all<Axis>("people.axis"))
    this.list("axes", axes, (row, axis) => fillAxis(row, axis))
    this.show(...(axes.length ? [] : ["none"]))
  }
}

/** What is being written stays, whatever comes. */
function fillAxis(row: HTMLElement, axis: Axis): void {
  fill(row, { axis: axis.name, values: axis.values.join(" · ") })
  assign(row, "axis", axis.id)
  mark(row, [axis.declared])
  const form = row.querySelector<HTMLFormElement>("form[data-do='people.redefine_axis']")
  const given = JSON.stringify(axis)
  if (!form || form.dataset["given"] === given || form.contains(document.activeElement)) return
  form.dataset["given"] = given
  pour([...form.elements] as unknown as Control[], { ...axis })
}

customElements.define("room-belonging", RoomBelonging)
customElements.define("room-axes", RoomAxes)
