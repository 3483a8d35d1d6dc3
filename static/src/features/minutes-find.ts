/** The bar to find and replace in the minutes. Markup: templates/features/minutes.html */

import type { Editor } from "../minutes/editor"
import { hide, text } from "../room/dom"
import { word } from "../room/words"

export class FindBar {
  readonly #form: HTMLFormElement
  readonly #editor: () => Editor | undefined

  constructor(form: HTMLFormElement, editor: () => Editor | undefined, signal: AbortSignal) {
    this.#form = form
    this.#editor = editor
    form.addEventListener("submit", (event) => (event.preventDefault(), this.#step(1)), { signal })
    form.addEventListener("input", (event) => event.target === this.#sought && this.#seek(), { signal })
    form.addEventListener("keydown", (event) => this.#pressed(event), { signal })
    form.addEventListener("click", (event) => this.#clicked(event), { signal })
  }

  /** What was just replaced is still to be read. */
  #replaced = false

  get open(): boolean {
    return !this.#form.hidden
  }

  /** Open it, or come back to it: with what is selected in the text. */
  show(): void {
    const selected = this.#editor()?.selected ?? ""
    hide(this.#form, false)
    if (selected) this.#sought.value = selected
    this.#sought.focus()
    this.#sought.select()
    this.#seek()
  }

  close(): void {
    this.#editor()?.seek("")
    this.#editor()?.focus()
    hide(this.#form, true)
  }

  /** There is another editor: what was sought in the former is sought in it. */
  renew(): void {
    if (this.open) this.#seek()
  }

  /** The text has changed, or one has moved on. */
  update(): void {
    const editor = this.#editor()
    if (!this.open || !editor) return
    const { count, at } = editor.search
    if (this.#replaced && !count) return
    const none = this.#sought.value ? word(this.#form, "found-none") : ""
    text(this.#form.querySelector("[data-piece=found]"), count ? word(this.#form, "found", { n: at, all: count }) : none)
  }

  get #sought(): HTMLInputElement {
    return this.#form.elements.namedItem("sought") as HTMLInputElement
  }

  get #instead(): string {
    return (this.#form.elements.namedItem("instead") as HTMLInputElement).value
  }

  #seek(): void {
    this.#replaced = false
    this.#editor()?.seek(this.#sought.value)
    this.update()
  }

  #step(by: 1 | -1): void {
    this.#editor()?.step(by)
    this.update()
  }

  #pressed(event: KeyboardEvent): void {
    if (event.key === "Escape") return this.close()
    if (event.key !== "Enter" || !event.shiftKey || event.target !== this.#sought) return
    event.preventDefault()
    this.#step(-1)
  }

  #clicked(event: Event): void {
    const find = (event.target as Element).closest<HTMLElement>("[data-find]")?.dataset["find"]
    if (find === "previous") this.#step(-1)
    if (find === "close") this.close()
    if (find === "replace") this.#editor()?.replace(this.#instead)
    if (find === "replace-all") this.#replaceAll()
    if (find === "replace") this.update()
  }

  #replaceAll(): void {
    this.#replaced = true
    const n = this.#editor()?.replaceAll(this.#instead) ?? 0
    text(this.#form.querySelector("[data-piece=found]"), word(this.#form, "replaced", { n }))
  }
}
