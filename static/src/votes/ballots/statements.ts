/** Ballots of statements, one after the other. The buttons stay where they are: only the statement
 * above them changes, so that one can go through all of them with one key. */

import { attribute, fill } from "../../room/dom"
import { word } from "../../room/words"
import type { FormOf } from "../forms"
import { changed, listen, part, soFar } from "./kinds"
import type { Kind } from "./kinds"

type Form = FormOf<"statements">

export const statements: Kind<Form> = {
  make(place, form) {
    keep(place, form.options.map(() => ""))
    listen(place, "click", (event) => clicked(place, form, event))
    show(place, form, 0)
  },
  write(place, form, answer) {
    const said = answer as readonly string[]
    keep(place, said)
    show(place, form, Math.max(0, said.indexOf("")))
  },
  read: (place) => (said(place).some(Boolean) ? said(place) : undefined),
}

function keep(place: HTMLElement, opinions: readonly string[]): void {
  place.dataset["said"] = opinions.join(",")
}

function said(place: HTMLElement): string[] {
  return place.dataset["said"]!.split(",")
}

function at(place: HTMLElement): number {
  return Number(place.dataset["at"])
}

function clicked(place: HTMLElement, form: Form, event: Event): void {
  const button = (event.target as Element).closest("button")
  if (!button || button.ariaDisabled === "true") return
  if ("back" in button.dataset) show(place, form, at(place) - 1)
  else if ("on" in button.dataset) show(place, form, at(place) + 1)
  else answer(place, form, button.value)
}

/** Keep what one said, and go on to the next statement that has no answer yet. */
function answer(place: HTMLElement, form: Form, opinion: string): void {
  const opinions = said(place)
  opinions[at(place)] = opinion
  keep(place, opinions)
  const next = opinions.indexOf("", at(place) + 1)
  show(place, form, next >= 0 ? next : opinions.includes("") ? opinions.indexOf("") : at(place))
  changed(place)
}

function show(place: HTMLElement, { options }: Form, index: number): void {
  const opinions = said(place)
  place.dataset["at"] = String(index)
  fill(place, { statement: options[index]!, at: word(place, "statement-at", { n: index + 1, of: options.length }) })
  const progress = part<HTMLProgressElement>(place, "progress")
  progress.max = options.length
  progress.value = opinions.filter(Boolean).length
  for (const button of place.querySelectorAll<HTMLButtonElement>("button[value]:not([value=''])"))
    attribute(button, "aria-pressed", String(opinions[index] === button.value))
  attribute(part(place, "[data-back]"), "aria-disabled", index === 0 ? "true" : undefined)
  attribute(part(place, "[data-on]"), "aria-disabled", index === options.length - 1 ? "true" : undefined)
  soFar(place, opinions.includes("") ? "" : "all-answered")
}
