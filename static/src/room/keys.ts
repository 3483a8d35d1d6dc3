/**
 * `<room-keys>`: the keyboard. F6 goes round the regions of the page; `?` lists the shortcuts;
 * Alt+Shift with the letter in `data-key` goes to a part. All but F6 can be switched off.
 */

import { focus, visible } from "./focus"
import { prefer, preference } from "./preference"
import type { RoomTabs } from "./tabs"

const PREFERENCE = "shortcuts"

export class RoomKeys extends HTMLElement {
  #stop = new AbortController()

  connectedCallback(): void {
    this.#stop = new AbortController()
    const { signal } = this.#stop
    document.addEventListener("keydown", (event) => this.#pressed(event), { signal })
    document.addEventListener("click", (event) => this.#clicked(event), { signal })
    this.#switch?.addEventListener("change", () => this.#switched(), { signal })
    if (this.#switch) this.#switch.checked = this.#on
  }

  disconnectedCallback(): void {
    this.#stop.abort()
  }

  get #on(): boolean {
    return preference(PREFERENCE) !== "off"
  }

  get #switch(): HTMLInputElement | null {
    return this.querySelector("[data-switch]")
  }

  get #list(): HTMLDialogElement | null {
    return this.querySelector("dialog")
  }

  #switched(): void {
    prefer(PREFERENCE, this.#switch?.checked ? "on" : "off")
  }

  #clicked(event: Event): void {
    const target = event.target as Element
    if (target.closest("[data-shortcuts]")) this.#list?.showModal()
    else if (target.closest("[data-close]") || target === this.#list) this.#list?.close()
  }

  #pressed(event: KeyboardEvent): void {
    if (event.key === "F6" && !event.altKey && !event.ctrlKey) return this.#goRound(event)
    if (!this.#on || event.ctrlKey || event.metaKey) return
    if (event.altKey && event.shiftKey) return this.#goTo(event)
    if (event.key === "?" && !event.altKey && !writing(event.target as Element)) this.#list?.showModal()
  }

  #goRound(event: KeyboardEvent): void {
    const regions = [...document.querySelectorAll<HTMLElement>("[data-region]")].filter(visible)
    if (!regions.length) return
    event.preventDefault()
    const at = regions.map((region) => region.contains(document.activeElement)).lastIndexOf(true)
    const to = at + (event.shiftKey ? (at < 0 ? 0 : -1) : 1)
    focus(regions.at(to % regions.length)!)
  }

  #goTo(event: KeyboardEvent): void {
    const letter = event.code.replace("Key", "").toLowerCase()
    const target = document.querySelector<HTMLElement>(`[data-key="${letter}"]`)
    if (!target) return
    event.preventDefault()
    const tab = target.closest<HTMLElement>("[data-in-tab]")?.dataset["inTab"]
    if (tab) target.closest<RoomTabs>("room-tabs")?.choose(tab)
    focus(target)
  }
}

function writing(element: Element): boolean {
  return element.matches("input:not([type=radio], [type=checkbox], [type=range]), textarea, select, [contenteditable] *, [contenteditable]")
}

customElements.define("room-keys", RoomKeys)
