/** Ballots that put options in order: by arrows, by the number of the place, by pulling. */

import { attribute, fill, rows } from "../../room/dom"
import type { AnyAnswer } from "../../room/records"
import { word } from "../../room/words"
import type { FormOf } from "../forms"
import { changed, listen, optionOf, part, soFar } from "./kinds"
import type { Kind } from "./kinds"

type Form = FormOf<"ranking">

export const ranking: Kind<Form> = {
  make(place, form) {
    write(place, form, [])
    listen(place, "click", (event) => clicked(place, form, event))
    listen(place, "change", (event) => chosen(place, form, event))
    listen(place, "pointerdown", (event) => pulled(place, form, event))
  },
  write,
  read: (place) => (ranked(place).length ? ranked(place) : undefined),
}

/** The options that have a place, the best first: kept on the list itself, whose rows show it. */
function ranked(place: HTMLElement): number[] {
  return (place.dataset["ranked"] ?? "").split(" ").filter(Boolean).map(Number)
}

function write(place: HTMLElement, { options }: Form, answer: AnyAnswer): void {
  const order = answer as readonly number[]
  place.dataset["ranked"] = order.join(" ")
  const rest = options.map((_, option) => option).filter((option) => !order.includes(option))
  rows(part(place, '[data-rows="ranks"]'), [...order, ...rest], String, (row, option) => {
    const at = order.indexOf(option)
    fill(row, { option: options[option]! })
    attribute(row, "data-ranked", at < 0 ? undefined : "")
    numbers(place, row, options, option, at)
    button(place, row, "raise", options[option]!, at === 0)
    button(place, row, "lower", options[option]!, at < 0)
  })
}

function numbers(place: HTMLElement, row: HTMLElement, options: readonly string[], option: number, at: number): void {
  const select = part<HTMLSelectElement>(row, "[data-place]")
  if (!select.options.length) select.append(...["–", ...options].map((_, n) => new Option(n ? String(n) : "–", String(n))))
  select.value = String(at + 1)
  attribute(select, "aria-label", word(place, "place-of", { option: options[option]! }))
}

/** An arrow that leads nowhere says so, and keeps the focus it may have. */
function button(place: HTMLElement, row: HTMLElement, name: string, option: string, off: boolean): void {
  const found = part(row, `[data-${name}]`)
  attribute(found, "aria-label", word(place, name, { option }))
  attribute(found, "aria-disabled", off ? "true" : undefined)
}

function clicked(place: HTMLElement, form: Form, event: Event): void {
  const pressed = (event.target as Element).closest("[data-raise], [data-lower]")
  if (!pressed || pressed.ariaDisabled === "true") return
  const option = optionOf(event)
  const at = ranked(place).indexOf(option)
  if (pressed.hasAttribute("data-lower")) move(place, form, option, at + 1 < ranked(place).length ? at + 1 : -1)
  else move(place, form, option, at < 0 ? ranked(place).length : at - 1)
}

function chosen(place: HTMLElement, form: Form, event: Event): void {
  const select = (event.target as Element).closest<HTMLSelectElement>("[data-place]")
  if (select) move(place, form, optionOf(event), Number(select.value) - 1)
}

/** Give an option another place, from 0; none below 0. */
function move(place: HTMLElement, form: Form, option: number, to: number): void {
  const order = ranked(place).filter((each) => each !== option)
  if (to >= 0) order.splice(to, 0, option)
  write(place, form, order)
  const [n, name] = [order.indexOf(option) + 1, form.options[option]!]
  soFar(place, n ? "ranked-at" : "unranked", { option: name, n, of: form.options.length })
  changed(place)
}

/** Pull a row by its grip: it goes where the pointer is, past the middle of its neighbours. The
 * document listens, as a row that is put elsewhere loses the pointer. */
function pulled(place: HTMLElement, form: Form, event: PointerEvent): void {
  if (!(event.target as Element).closest("[data-grip]")) return
  event.preventDefault()
  const option = optionOf(event)
  const stop = new AbortController()
  document.addEventListener("pointermove", ({ clientY }) => follow(place, form, option, clientY), stop)
  for (const end of ["pointerup", "pointercancel"]) document.addEventListener(end, () => stop.abort(), stop)
}

function follow(place: HTMLElement, form: Form, option: number, y: number): void {
  const others = [...place.querySelectorAll<HTMLElement>(".rank")].filter(({ dataset }) => dataset["id"] !== String(option))
  const above = others.filter((row) => middle(row) < y).length
  const to = Math.min(above, ranked(place).filter((each) => each !== option).length)
  if (to !== ranked(place).indexOf(option)) move(place, form, option, to)
}

function middle(row: HTMLElement): number {
  const { top, height } = row.getBoundingClientRect()
  return top + height / 2
}
