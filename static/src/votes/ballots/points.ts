/** Ballots that give points away: by numbers, or one point at a time. */

import { attribute, fill, mark, rows } from "../../room/dom"
import type { AnyAnswer } from "../../room/records"
import { word } from "../../room/words"
import { badge } from "../badge"
import type { FormOf } from "../forms"
import { changed, inputs, listen, part, soFar } from "./kinds"
import type { Kind } from "./kinds"

type Form = FormOf<"points">

export const points: Kind<Form> = {
  make(place, form) {
    mark(place, form.all_of_them ? ["all"] : [])
    list(place, form)
    listen(place, "click", (event) => clicked(place, event))
    listen(place, "input", () => tell(place, form))
    listen(place, "change", () => tell(place, form))
    tell(place, form)
  },
  write(place, form, answer: AnyAnswer) {
    inputs(place).forEach((input, at) => (input.value = String((answer as readonly number[])[at])))
    tell(place, form)
  },
  read(place, form) {
    const left = leftOf(place, form)
    const whole = given(place).every((n) => Number.isSafeInteger(n) && n >= 0)
    return whole && (form.all_of_them ? left === 0 : left >= 0) ? given(place) : undefined
  },
}

function list(place: HTMLElement, { options, points }: Form): void {
  const items = options.map((option, index) => ({ option, index }))
  rows(part(place, '[data-rows="points"]'), items, ({ index }) => String(index), (row, { option, index }) => {
    badge(row, index)
    fill(row, { option })
    part<HTMLInputElement>(row, "input").max = String(points)
    for (const [selector, name] of [["input", "points-of"], ["[data-more]", "more-for"], ["[data-less]", "less-for"]] as const)
      attribute(row.querySelector(selector), "aria-label", word(place, name, { option }))
  })
}

function clicked(place: HTMLElement, event: Event): void {
  const button = (event.target as Element).closest("[data-more], [data-less]")
  if (!button || button.ariaDisabled === "true") return
  const input = part<HTMLInputElement>(button.parentElement!, "input")
  input.value = String(Math.max(0, Number(input.value) + (button.hasAttribute("data-more") ? 1 : -1)))
  changed(place.firstElementChild as HTMLElement)
}

/** What remains; and which buttons would lead nowhere. */
function tell(place: HTMLElement, form: Form): void {
  const left = leftOf(place, form)
  if (left < 0) soFar(place, "points-over", { n: -left }, true)
  else soFar(place, "points-left", { n: left, of: form.points })
  for (const input of inputs(place)) {
    const around = input.parentElement!
    attribute(around.querySelector("[data-more]"), "aria-disabled", left > 0 ? undefined : "true")
    attribute(around.querySelector("[data-less]"), "aria-disabled", Number(input.value) > 0 ? undefined : "true")
  }
}

function leftOf(place: HTMLElement, form: Form): number {
  return form.points - given(place).reduce((sum, n) => sum + n, 0)
}

function given(place: HTMLElement): number[] {
  return inputs(place).map(({ value }) => Number(value))
}
