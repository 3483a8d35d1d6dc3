/** What the ballot of every kind of vote can do, and what they share. */

import { text } from "../../room/dom"
import type { AnyAnswer, AnyForm } from "../../room/records"
import { word } from "../../room/words"
import type { Values } from "../../room/words"
import type { FormOf } from "../forms"

export interface Kind<F> {
  /** Fill freshly laid fields, and listen to them. */
  make(place: HTMLElement, form: F): void
  /** Put an answer into the fields. */
  write(place: HTMLElement, form: F, answer: AnyAnswer): void
  /** The answer in the fields, or nothing where the form does not allow what they hold. */
  read(place: HTMLElement, form: F): AnyAnswer | undefined
}

export type Kinds = { readonly [K in AnyForm["kind"]]: Kind<FormOf<K>> }

/** Say how far one has come, in the words of the template. `fault`: and that it will not do. */
export function soFar(place: HTMLElement, name: string, values: Values = {}, fault = false): void {
  const told = place.querySelector<HTMLElement>('[data-piece="so-far"]')
  text(told, name && word(place, name, values))
  told?.classList.toggle("is-warn", fault)
}

/** Tell whoever listens to fields that buttons have changed the answer. */
export function changed(place: HTMLElement): void {
  place.dispatchEvent(new Event("change", { bubbles: true }))
}

/** Listen to all that is laid in `place`, for as long as it is there. */
export function listen<E extends keyof HTMLElementEventMap>(
  place: HTMLElement,
  event: E,
  heard: (event: HTMLElementEventMap[E]) => void,
): void {
  place.firstElementChild!.addEventListener(event, heard as (event: Event) => void)
}

export function inputs(place: Element, selector = "input"): HTMLInputElement[] {
  return [...place.querySelectorAll<HTMLInputElement>(selector)]
}

export function part<E extends Element = HTMLElement>(place: Element, selector: string): E {
  return place.querySelector<E>(selector)!
}

/** The row that an event happened in, as its place in the list of options; -1 outside all rows. */
export function optionOf(event: Event): number {
  const row = (event.target as Element).closest<HTMLElement>("[data-id]")
  return row ? Number(row.dataset["id"]) : -1
}
