/** The minutes beside their translation: in which language, and what lacks one. Markup: templates/features/minutes.html */

import type { Editor } from "../minutes/editor"
import { attribute, fill, hide } from "../room/dom"
import { prefer, preference } from "../room/preference"
import { word } from "../room/words"

const CHOSEN = "minutes-beside" // the language, as this browser remembers it

export class Beside {
  readonly #page: HTMLElement
  readonly #editor: () => Editor | undefined
  #lang: string | undefined

  constructor(page: HTMLElement, editor: () => Editor | undefined, signal: AbortSignal) {
    this.#page = page
    this.#editor = editor
    this.#select.addEventListener("change", () => this.#changed(), { signal })
  }

  /** In the language chosen last in this browser, or else that of the translations there are. */
  toggle(): void {
    const lang = preference(CHOSEN) ?? this.#editor()?.translatedInto
    if (lang) this.#select.value = lang
    this.#show(this.#lang ? undefined : this.#select.value)
  }

  /** There is another editor. */
  renew(): void {
    this.#editor()?.showBeside(this.#lang)
  }

  /** The text has changed: whether there is anything to be shown beside it, or to be made. */
  update({ translatedInto, writable }: Editor): void {
    hide(this.#button, !translatedInto && !writable && !this.#lang)
  }

  /** What stands where a translation is missing. */
  missing(writable: boolean): HTMLElement {
    const template = this.#page.querySelector<HTMLTemplateElement>("template[data-missing]")!
    const shown = template.content.firstElementChild!.cloneNode(true) as HTMLElement
    const language = this.#select.selectedOptions[0]?.text ?? ""
    fill(shown, { add: word(this.#page, "translate", { language }), language })
    hide(shown.querySelector("button"), !writable)
    return shown
  }

  get #select(): HTMLSelectElement {
    return this.#page.querySelector<HTMLSelectElement>("select[name=beside]")!
  }

  get #button(): HTMLElement | null {
    return this.#page.querySelector<HTMLElement>('[data-press="beside"]')
  }

  #changed(): void {
    prefer(CHOSEN, this.#select.value)
    this.#show(this.#select.value)
  }

  #show(lang: string | undefined): void {
    this.#lang = lang
    attribute(this.#button, "aria-pressed", String(lang !== undefined))
    this.#page.toggleAttribute("data-beside", lang !== undefined)
    hide(this.#page.querySelector<HTMLElement>('[data-piece="beside"]'), lang === undefined)
    this.renew()
  }
}
