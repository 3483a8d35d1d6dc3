/** Ballots that are written: a number, a text, a few words. */

import { attribute, fill, rows } from "../../room/dom"
import type { AnyAnswer } from "../../room/records"
import { number as told, word } from "../../room/words"
import type { FormOf } from "../forms"
import { inputs, listen, part, soFar } from "./kinds"
import type { Kind } from "./kinds"

const LONGEST_TEXT = 500 // signs
const DECIMALS = 3

export const number: Kind<FormOf<"number">> = {
  make(place, form) {
    const { least, most, unit, whole } = form
    fill(place, { unit, range: word(place, whole ? "between-whole" : "between", { least, most }) })
    attribute(part(place, "input"), "inputmode", least < 0 ? "text" : whole ? "numeric" : "decimal") // keys of phones have no minus
    listen(place, "change", () => complain(place, form))
  },
  write(place, form, answer) {
    part<HTMLInputElement>(place, "input").value = told(answer as number)
    complain(place, form)
  },
  read: (place, form) => numberIn(part<HTMLInputElement>(place, "input").value, form),
}

export const text: Kind<FormOf<"text">> = {
  make(place) {
    listen(place, "input", () => tellSigns(place))
    tellSigns(place)
  },
  write(place, _form, answer) {
    area(place).value = String(answer)
    tellSigns(place)
  },
  read: (place) => area(place).value.trim() || undefined,
}

export const words: Kind<FormOf<"words">> = {
  make(place, { most }) {
    const all = Array.from({ length: most }, (_, at) => at + 1)
    rows(part(place, '[data-rows="words"]'), all, String, (input, n) => attribute(input, "aria-label", word(place, "word", { n })))
  },
  write: (place, _form, answer: AnyAnswer) => inputs(place).forEach((input, at) => (input.value = String((answer as readonly string[])[at] ?? ""))),
  read(place) {
    const found = new Set(inputs(place).map(({ value }) => value.trim().split(/\s+/).join(" ")).filter(Boolean))
    return found.size ? [...found] : undefined
  },
}

/** As people write numbers: with a comma or a point, with spaces between thousands. */
function numberIn(value: string, { least, most, whole }: FormOf<"number">): number | undefined {
  const plain = value.replaceAll(/[\s\u00a0\u202f]/g, "").replaceAll("\u2212", "-").replace(/,(?=\d{1,3}$)/, ".")
  if (!/^-?\d+(\.\d+)?$/.test(plain)) return undefined
  const found = Number(Number(plain).toFixed(DECIMALS))
  return found >= least && found <= most && (!whole || Number.isInteger(found)) ? found : undefined
}

function complain(place: HTMLElement, form: FormOf<"number">): void {
  const input = part<HTMLInputElement>(place, "input")
  const wrong = input.value.trim() !== "" && numberIn(input.value, form) === undefined
  attribute(input, "aria-invalid", wrong ? "true" : undefined)
  soFar(place, wrong ? "not-between" : "", { least: form.least, most: form.most })
}

function area(place: HTMLElement): HTMLTextAreaElement {
  return part<HTMLTextAreaElement>(place, "textarea")
}

function tellSigns(place: HTMLElement): void {
  soFar(place, "signs-left", { n: LONGEST_TEXT - area(place).value.length })
}
