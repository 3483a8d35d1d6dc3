/**
 * `<room-tabs>`: tabs as the ARIA practices describe them; arrows, Home and End move between them.
 *
 * `data-tab` on the element says which is chosen. With `data-media`, they are tabs only while the
 * media query holds; otherwise all panels stand side by side.
 */

export class RoomTabs extends HTMLElement {
  #stop = new AbortController()
  #media: MediaQueryList | undefined

  connectedCallback(): void {
    this.#stop = new AbortController()
    const { signal } = this.#stop
    this.#media = this.dataset["media"] ? matchMedia(this.dataset["media"]) : undefined
    this.#media?.addEventListener("change", () => this.#show(), { signal })
    this.addEventListener("click", (event) => this.#clicked(event), { signal })
    this.addEventListener("keydown", (event) => this.#pressed(event), { signal })
    const asked = this.#tabs.find((tab) => tab.dataset["name"] === location.hash.slice(1))
    this.choose(asked?.dataset["name"] ?? this.dataset["tab"] ?? "")
  }

  disconnectedCallback(): void {
    this.#stop.abort()
  }

  choose(name: string): void {
    const chosen = this.#tabs.find((tab) => tab.dataset["name"] === name) ?? this.#tabs[0]
    this.dataset["tab"] = chosen?.dataset["name"] ?? ""
    this.#show()
    this.dispatchEvent(new CustomEvent("tab", { bubbles: true, detail: this.dataset["tab"] }))
  }

  get #tabs(): HTMLElement[] {
    return [...this.querySelectorAll<HTMLElement>("[role=tab]")]
  }

  #show(): void {
    const asTabs = this.#media?.matches ?? true
    for (const tab of this.#tabs) {
      const chosen = tab.dataset["name"] === this.dataset["tab"]
      tab.ariaSelected = String(chosen)
      tab.tabIndex = chosen ? 0 : -1
      for (const panel of this.#panels(tab)) dress(panel, tab, asTabs, chosen)
    }
  }

  #panels(tab: HTMLElement): HTMLElement[] {
    const ids = tab.getAttribute("aria-controls")?.split(" ") ?? []
    return ids.flatMap((id) => this.querySelector<HTMLElement>(`#${id}`) ?? [])
  }

  #clicked(event: Event): void {
    const target = event.target as Element
    const tab = target.closest<HTMLElement>("[role=tab]") ?? target.closest<HTMLElement>("[data-choose]")
    const name = tab?.dataset["choose"] ?? tab?.dataset["name"]
    if (name) this.choose(name)
  }

  #pressed(event: KeyboardEvent): void {
    const tabs = this.#tabs
    const at = tabs.indexOf((event.target as Element).closest<HTMLElement>("[role=tab]")!)
    const to = at < 0 ? undefined : tabs[next(event.key, at, tabs.length)]
    if (!to) return
    event.preventDefault()
    this.choose(to.dataset["name"]!)
    to.focus()
  }
}

function next(key: string, at: number, length: number): number {
  if (key === "Home") return 0
  if (key === "End") return length - 1
  const step = { ArrowRight: 1, ArrowLeft: -1 }[key]
  return step ? (at + step + length) % length : -1
}

/** A panel is one only while there are tabs to choose it by. */
function dress(panel: HTMLElement, tab: HTMLElement, asTabs: boolean, chosen: boolean): void {
  panel.hidden = asTabs && !chosen
  if (asTabs) {
    panel.setAttribute("role", "tabpanel")
    panel.dataset["label"] ??= panel.getAttribute("aria-labelledby") ?? ""
    panel.setAttribute("aria-labelledby", tab.id)
    panel.tabIndex = 0
  } else {
    for (const name of ["role", "tabindex"]) panel.removeAttribute(name)
    if (panel.dataset["label"]) panel.setAttribute("aria-labelledby", panel.dataset["label"])
  }
}

customElements.define("room-tabs", RoomTabs)
