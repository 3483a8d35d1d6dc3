/**
 * Forms that ask something of the room: `<form data-do="polls.open">` is all it takes.
 *
 * - `data-keep`: worth keeping across a reload; the form stays free while it waits.
 * - `data-place="poll"`: of the commands with the same value there, only the last one counts.
 * - `data-at-once`: the form is emptied when it is sent, as its content is shown elsewhere.
 * - `data-reset`: the form is emptied when it is done.
 * - a part with `data-confirm`, hidden at first, is shown before anything is asked.
 */

import { hide } from "./dom"
import { fields } from "./fields"
import type { Control } from "./fields"
import type { Fields } from "./protocol"
import { NotDone } from "./room"
import type { DoOptions, Room } from "./room"
import { uuid } from "./uuid"
import { refusal } from "./words"

/** What a form tells its panel, by events that bubble. */
export interface Asked {
  readonly fields: Fields
  /** The command's own name: of what it made, this is the id. */
  readonly ref: string
}
export interface NotTaken extends Asked {
  readonly code: string
}

declare global {
  interface HTMLElementEventMap {
    "asked:done": CustomEvent<Asked>
    "asked:refused": CustomEvent<NotTaken>
  }
}

export function askFrom(root: HTMLElement, room: Room, signal: AbortSignal): void {
  const submitted = (event: SubmitEvent): void => {
    const form = event.target as HTMLFormElement
    if (!form.dataset["do"]) return
    event.preventDefault()
    if (form.ariaBusy !== "true" && confirmed(form, event.submitter)) void ask(room, form)
  }
  root.addEventListener("submit", submitted, { signal })
  root.addEventListener("click", (event) => cancel(event.target as Element), { signal })
  root.addEventListener("keydown", (event) => event.key === "Escape" && escape(event), { signal })
}

async function ask(room: Room, form: HTMLFormElement): Promise<void> {
  const command = fields(asking(form))
  const ref = uuid()
  const done = room.do(form.dataset["do"]!, command, { ...options(form, command), ref })
  complain(form, "")
  busy(form, !("keep" in form.dataset))
  if ("atOnce" in form.dataset) form.reset()
  try {
    await done
    tell(form, "asked:done", { fields: command, ref })
    if ("reset" in form.dataset) form.reset()
  } catch (error) {
    refused(form, { fields: command, ref, code: (error as NotDone).code })
  } finally {
    busy(form, false)
    unconfirm(form)
  }
}

/** What of a form asks anything: not what a disabled part of it holds. */
export function asking(form: HTMLFormElement): Control[] {
  return [...form.elements].filter((each) => !each.matches(":disabled")) as unknown as Control[]
}

function options(form: HTMLFormElement, command: Fields): DoOptions {
  const { place } = form.dataset
  const keep = "keep" in form.dataset
  return place ? { keep, place: `${form.dataset["do"]} ${String(command[place])}` } : { keep }
}

function refused(form: HTMLFormElement, told: NotTaken): void {
  if (told.code === "superseded") return
  complain(form, refusal(form, told.code))
  tell(form, "asked:refused", told)
}

/** Buttons stay where the focus is: they only say that they are waiting. */
function busy(form: HTMLFormElement, waiting: boolean): void {
  if (waiting) form.ariaBusy = "true"
  else form.removeAttribute("aria-busy")
  for (const button of form.querySelectorAll("button")) button.ariaDisabled = waiting ? "true" : null
}

/** Say why it was not done, beside the form, until it is tried again. */
function complain(form: HTMLFormElement, why: string): void {
  const given = form.querySelector<HTMLElement>("[data-refusal]")
  if (!given && !why) return
  const place = given ?? form.appendChild(complaint())
  place.textContent = why
  hide(place, !why)
}

function complaint(): HTMLElement {
  const place = document.createElement("p")
  place.className = "refusal"
  place.dataset["refusal"] = ""
  place.setAttribute("role", "alert")
  return place
}

function confirmed(form: HTMLFormElement, submitter: HTMLElement | null): boolean {
  const question = form.querySelector<HTMLElement>("[data-confirm]")
  if (!question || (submitter && question.contains(submitter))) return true
  hide(question, false)
  hide(form.querySelector("[data-ask]"), true)
  question.querySelector<HTMLElement>("[data-cancel]")?.focus()
  return false
}

function unconfirm(form: HTMLFormElement): void {
  const question = form.querySelector<HTMLElement>("[data-confirm]")
  if (!question || question.hidden) return
  const inside = question.contains(document.activeElement)
  const asking = form.querySelector<HTMLElement>("[data-ask]")
  hide(asking, false)
  hide(question, true)
  if (inside) asking?.focus()
}

function cancel(clicked: Element): void {
  const form = clicked.closest("[data-cancel]")?.closest("form")
  if (form) unconfirm(form)
}

function escape(event: KeyboardEvent): void {
  const form = (event.target as Element).closest("[data-confirm]")?.closest("form")
  if (form) unconfirm(form)
}

function tell<N extends "asked:done" | "asked:refused">(form: HTMLFormElement, name: N, detail: HTMLElementEventMap[N]["detail"]): void {
  form.dispatchEvent(new CustomEvent(name, { bubbles: true, detail }))
}
