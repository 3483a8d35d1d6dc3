/** Ballots of choices: one, several, all that one can live with, for or against. */

import { fill, mark, rows, say } from "../../room/dom"
import type { AnyAnswer } from "../../room/records"
import { badge } from "../badge"
import type { FormOf } from "../forms"
import { inputs, listen, soFar } from "./kinds"
import type { Kind } from "./kinds"

type Several = FormOf<"multiple"> | FormOf<"approval">

export const single: Kind<FormOf<"single">> = {
  make: (place, { options }) => list(place, options),
  write: (place, _form, answer) => inputs(place).forEach((input) => (input.checked = input.value === String(answer))),
  read: (place) => chosen(place)[0],
}

export const multiple: Kind<FormOf<"multiple">> = {
  make: (place, form) => makeSeveral(place, form, hint(form), form),
  write: writeSeveral,
  read: (place, { least, most }) => within(chosen(place), least, most),
}

export const approval: Kind<FormOf<"approval">> = {
  make: (place, form) => makeSeveral(place, form, "any", { least: 0, most: form.options.length }),
  write: writeSeveral,
  read: (place) => chosen(place),
}

export const yesNo: Kind<FormOf<"yes_no">> = {
  make: (place, { abstain }) => mark(place, abstain ? ["abstain"] : []),
  write: (place, _form, answer) => inputs(place).forEach((input) => (input.checked = input.value === answer)),
  read: (place) => inputs(place).find(({ checked }) => checked)?.value,
}

function makeSeveral(place: HTMLElement, { options }: Several, fact: string, limits: { least: number; most: number }): void {
  list(place, options)
  mark(place, [fact])
  say(place, fact, { least: limits.least, most: limits.most })
  place.dataset["limits"] = `${limits.least} ${limits.most}`
  listen(place, "change", () => tellSeveral(place))
}

function writeSeveral(place: HTMLElement, _form: Several, answer: AnyAnswer): void {
  for (const input of inputs(place)) input.checked = (answer as readonly number[]).includes(Number(input.value))
  tellSeveral(place)
}

function list(place: HTMLElement, options: readonly string[]): void {
  const items = options.map((option, index) => ({ option, index }))
  rows(place.querySelector('[data-rows="options"]'), items, ({ index }) => String(index), (row, { option, index }) => {
    row.querySelector("input")!.value = String(index)
    badge(row, index)
    fill(row, { option })
  })
}

function hint({ least, most }: FormOf<"multiple">): string {
  if (least === most) return "exactly"
  return least ? "from-to" : "up-to"
}

/** How many are chosen, and what is wrong with that; nobody's choice is taken back for them. */
function tellSeveral(place: HTMLElement): void {
  const [least = 0, most = 0] = place.dataset["limits"]!.split(" ").map(Number)
  const n = chosen(place).length
  if (n > most) soFar(place, "too-many", { n: n - most }, true)
  else if (n && n < least) soFar(place, "too-few", { n: least - n })
  else soFar(place, n ? "chosen" : "none-chosen", { n })
}

function chosen(place: HTMLElement): number[] {
  return inputs(place).filter(({ checked }) => checked).map(({ value }) => Number(value))
}

function within(found: number[], least: number, most: number): number[] | undefined {
  return found.length >= least && found.length <= most ? found : undefined
}
