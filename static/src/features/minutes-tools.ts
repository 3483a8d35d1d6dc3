/** The toolbars of the minutes, and the menu for tables. Markup: templates/features/minutes.html */

import type { Editor } from "../minutes/editor"
import { attribute, hide } from "../room/dom"
import { visible } from "../room/focus"

export class Tools {
  readonly #page: HTMLElement
  readonly #editor: () => Editor | undefined

  constructor(page: HTMLElement, editor: () => Editor | undefined, signal: AbortSignal) {
    this.#page = page
    this.#editor = editor
    page.addEventListener("mousedown", (event) => keepSelection(event), { signal })
    page.addEventListener("keydown", (event) => this.#pressed(event), { signal })
    page.addEventListener("click", (event) => this.#clicked(event), { signal })
  }

  /** Show what holds at the selection, and what can be done there. */
  update(): void {
    const editor = this.#editor()
    if (!editor) return
    for (const button of this.#page.querySelectorAll<HTMLElement>("[data-action]")) {
      const action = button.dataset["action"]!
      const state = ["aria-pressed", "aria-checked"].find((name) => button.hasAttribute(name))
      if (state) attribute(button, state, String(editor.pressed(action)))
      attribute(button, "aria-disabled", editor.possible(action) ? undefined : "true")
    }
  }

  get #menu(): HTMLElement {
    return this.#page.querySelector<HTMLElement>("[role=menu]")!
  }

  get #opener(): HTMLElement {
    return this.#page.querySelector<HTMLElement>("[aria-haspopup=menu]")!
  }

  get #items(): HTMLElement[] {
    return [...this.#menu.querySelectorAll<HTMLElement>("[data-action]")].filter(visible)
  }

  #clicked(event: Event): void {
    const target = event.target as Element
    if (target.closest("[aria-haspopup=menu]") === this.#opener) return this.#toggle(this.#menu.hidden)
    const item = target.closest("[role=menu] [data-action]")
    if (item || !target.closest("[role=menu]")) this.#toggle(false)
  }

  #toggle(open: boolean): void {
    if (open === !this.#menu.hidden) return
    const inTable = this.#editor()?.pressed("table") ?? false
    for (const part of this.#menu.querySelectorAll<HTMLElement>("[data-in]")) hide(part, (part.dataset["in"] === "table") !== inTable)
    this.#menu.hidden = !open
    attribute(this.#opener, "aria-expanded", String(open))
    if (open) this.#items[0]?.focus()
  }

  #pressed(event: KeyboardEvent): void {
    const target = event.target as HTMLElement
    if (target.closest("[role=menu]")) return this.#inMenu(event)
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    const bar = target.closest<HTMLElement>("[role=toolbar]")
    if (!step || !bar || !target.matches("button")) return
    const buttons = [...bar.querySelectorAll<HTMLElement>("button")].filter(visible)
    event.preventDefault()
    const next = buttons.at((buttons.indexOf(target) + step) % buttons.length)!
    for (const each of buttons) each.tabIndex = each === next ? 0 : -1
    next.focus()
  }

  #inMenu(event: KeyboardEvent): void {
    const items = this.#items
    const at = items.indexOf(event.target as HTMLElement)
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key]
    if (to !== undefined) {
      event.preventDefault()
      items.at(to % items.length)!.focus()
    } else if (event.key === "Escape" || event.key === "Tab") {
      if (event.key === "Escape") this.#opener.focus()
      this.#toggle(false)
    }
  }
}

/** A press on a button of the toolbar leaves the selection in the text where it is. */
function keepSelection(event: Event): void {
  if ((event.target as Element).closest("[role=toolbar], [role=menu]")) event.preventDefault()
}
