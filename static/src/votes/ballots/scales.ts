/** Ballots of steps: each thing from low to high, or one answer. */

import { attribute, fill, mark, rows } from "../../room/dom"
import { number, word } from "../../room/words"
import type { FormOf } from "../forms"
import { inputs, part } from "./kinds"
import type { Kind } from "./kinds"

type Form = FormOf<"rating"> | FormOf<"scale">

export const rating: Kind<FormOf<"rating">> = {
  make: (place, form) => make(place, form, form.options),
  write: (place, _form, answer) => write(place, answer as readonly number[]),
  read(place, { cannot_say }) {
    const given = steps(place)
    const some = given.some((step) => step !== undefined)
    return some && (cannot_say || given.every(Boolean)) ? given.map((step) => step ?? 0) : undefined
  },
}

export const scale: Kind<FormOf<"scale">> = {
  make: (place, form) => make(place, form, [""]),
  write: (place, _form, answer) => write(place, [answer as number]),
  read: (place) => steps(place)[0],
}

function make(place: HTMLElement, form: Form, things: readonly string[]): void {
  mark(place, form.low || form.high ? ["ends"] : [])
  fill(place, { low: form.low, high: form.high, steps: number(form.steps) })
  const items = things.map((thing, index) => ({ thing, index }))
  rows(part(place, '[data-rows="things"]'), items, ({ index }) => String(index), (row, { thing, index }) => {
    fill(row, { option: thing })
    row.querySelector("legend")!.classList.toggle("vh", !thing)
    mark(row, [...(form.cannot_say ? ["cannot-say"] : []), ...(thing ? [] : ["whole"])])
    makeSteps(place, row, form)
    for (const input of inputs(row)) input.name = `step-${index}`
  })
}

function makeSteps(place: HTMLElement, row: HTMLElement, { steps, low, high }: Form): void {
  const all = Array.from({ length: steps }, (_, at) => at + 1)
  rows(part(row, '[data-rows="steps"]'), all, String, (label, n) => {
    const input = part<HTMLInputElement>(label, "input")
    const end = n === 1 ? low : n === steps ? high : ""
    input.value = String(n)
    fill(label, { step: number(n) })
    attribute(input, "aria-label", word(place, end ? "step-low" : "step", { n, of: steps, label: end }))
  })
}

function write(place: HTMLElement, given: readonly number[]): void {
  for (const input of inputs(place)) input.checked = given[thing(input)] === Number(input.value)
}

/** The step given to each thing; nothing where none is marked. */
function steps(place: HTMLElement): (number | undefined)[] {
  const given = new Array<number | undefined>(place.querySelectorAll(".rated").length).fill(undefined)
  for (const input of inputs(place)) if (input.checked) given[thing(input)] = Number(input.value)
  return given
}

function thing({ name }: HTMLInputElement): number {
  return Number(name.slice("step-".length))
}
