/** The form that asks where a link of the minutes leads. Markup: templates/features/minutes.html */

import type { Editor } from "../minutes/editor"
import { attribute, hide } from "../room/dom"

export class LinkForm {
  readonly #form: HTMLFormElement
  readonly #editor: () => Editor | undefined

  constructor(form: HTMLFormElement, editor: () => Editor | undefined, signal: AbortSignal) {
    this.#form = form
    this.#editor = editor
    form.addEventListener("submit", (event) => this.#submitted(event), { signal })
    form.addEventListener("click", (event) => this.#clicked(event), { signal })
    form.addEventListener("keydown", (event) => event.key === "Escape" && this.#cancel(), { signal })
  }

  /** Ask for the address of the link at the selection. */
  ask(): void {
    const editor = this.#editor()
    if (!editor?.writable) return
    const input = this.#input
    input.value = editor.address
    hide(this.#form.querySelector<HTMLElement>('[data-press="unlink"]'), !input.value)
    this.#complain(false)
    hide(this.#form, false)
    input.focus()
    input.select()
  }

  get #input(): HTMLInputElement {
    return this.#form.querySelector("input")!
  }

  #submitted(event: SubmitEvent): void {
    event.preventDefault()
    if (this.#editor()?.link(this.#input.value)) hide(this.#form, true)
    else this.#complain(true)
  }

  #clicked(event: Event): void {
    const press = (event.target as Element).closest<HTMLElement>("[data-press]")?.dataset["press"]
    if (press === "cancel-link") this.#cancel()
    if (press !== "unlink") return
    hide(this.#form, true)
    this.#editor()?.unlink()
  }

  #cancel(): void {
    hide(this.#form, true)
    this.#editor()?.focus()
  }

  #complain(wrong: boolean): void {
    attribute(this.#input, "aria-invalid", wrong ? "true" : undefined)
    hide(this.#form.querySelector<HTMLElement>('[data-piece="link-wrong"]'), !wrong)
    if (wrong) this.#input.focus()
  }
}
