/** The outline of the minutes: their headings, as a way to get about. Markup: templates/features/minutes.html */

import type { Editor } from "../minutes/editor"
import { attribute, fill, hide, rows } from "../room/dom"

export class Outline {
  readonly #page: HTMLElement
  readonly #editor: () => Editor | undefined

  constructor(page: HTMLElement, editor: () => Editor | undefined, signal: AbortSignal) {
    this.#page = page
    this.#editor = editor
    this.#list?.addEventListener("click", (event) => this.#clicked(event), { signal })
  }

  /** The text has changed, or one has moved on. */
  update({ headings, current }: Editor): void {
    hide(this.#page.querySelector<HTMLElement>('[data-piece="no-headings"]'), headings.length > 0)
    rows(this.#list, headings, ({ id }) => id, (row, { id, level, words }) => {
      attribute(row, "data-level", String(level))
      fill(row, { words })
      attribute(row.querySelector("a"), "aria-current", id === current?.id ? "location" : undefined)
    })
  }

  get #list(): HTMLElement | null {
    return this.#page.querySelector<HTMLElement>('[data-rows="headings"]')
  }

  #clicked(event: Event): void {
    const row = (event.target as Element).closest<HTMLElement>("[data-id]")
    if (!row) return
    event.preventDefault()
    const heading = this.#editor()?.headings.find(({ id }) => id === row.dataset["id"])
    if (heading) this.#editor()!.show(heading)
  }
}
