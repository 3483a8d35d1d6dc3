/**
 * The slider over the life of the minutes. Markup: templates/minutes/history.html, which works
 * without this by its form; here each place is shown as one gets there.
 */

interface Edits {
  /** Seconds since the edit before; the first since 1970. */
  at: number[]
  /** Of each edit: who made it, as a place in `who`. */
  by: number[]
  who: string[][]
}

const PAUSE = 80 // milliseconds without a move before a text is fetched
const KEPT = 50 // texts

class MinutesHistory extends HTMLElement {
  #at!: HTMLInputElement
  #against!: HTMLSelectElement
  #times: number[] = []
  #edits: Edits = { at: [], by: [], who: [] }
  #stops: number[] = []
  #texts = new Map<string, string>()
  #asking = new AbortController()
  #pausing = 0

  connectedCallback(): void {
    this.#at = this.querySelector("#at")!
    this.#against = this.querySelector("#against")!
    this.#stops = [...this.querySelectorAll<HTMLElement>("[data-at]")].map((each) => Number(each.dataset.at))
    this.#stops = [...new Set([1, ...this.#stops])].sort((a, b) => a - b)
    this.#slot("show").hidden = true
    this.querySelector<HTMLElement>("[data-do=keep]")!.hidden = false
    this.#at.addEventListener("input", () => this.#moved())
    this.#at.addEventListener("keydown", (event) => this.#page(event))
    this.#against.addEventListener("change", () => this.#moved())
    this.addEventListener("click", (event) => this.#clicked(event))
    void this.#learn()
  }

  disconnectedCallback(): void {
    this.#asking.abort()
    clearTimeout(this.#pausing)
  }

  async #learn(): Promise<void> {
    const response = await fetch(this.dataset.edits!).catch(() => null)
    if (!response?.ok) return // the slider says nothing of times then, and works
    this.#edits = (await response.json()) as Edits
    let now = 0
    this.#times = this.#edits.at.map((since) => (now += since))
    this.#tell()
  }

  /** One part of the session on or back: what the page keys do by themselves is a tenth of it all. */
  #page(event: KeyboardEvent): void {
    const now = Number(this.#at.value)
    const wanted =
      event.key === "PageUp"
        ? this.#stops.find((each) => each > now)
        : event.key === "PageDown"
          ? [...this.#stops].reverse().find((each) => each < now)
          : null
    if (wanted === null) return
    event.preventDefault()
    if (wanted) this.#go(wanted)
  }

  #clicked(event: MouseEvent): void {
    const target = event.target as HTMLElement
    const link = target.closest<HTMLElement>("[data-at]")
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault()
      this.#go(Number(link.dataset.at))
      this.#at.focus()
    } else if (target.closest("[data-do=keep]")) {
      this.#keep()
    }
  }

  #go(place: number): void {
    this.#at.value = String(place)
    this.#moved()
  }

  /** Put the present place among those one can compare with, and choose it. */
  #keep(): void {
    const { value } = this.#at
    if (![...this.#against.options].some((each) => each.value === value)) {
      this.#against.append(new Option(this.#said(Number(value)), value))
    }
    this.#against.value = value
    this.#against.focus()
    this.#moved()
  }

  #moved(): void {
    this.#tell()
    const query = this.#query
    const restore = this.querySelector<HTMLAnchorElement>("[data-slot=restore]")
    if (restore) restore.href = restore.href.replace(/\d+\/restore\/$/, `${this.#at.value}/restore/`)
    const named = this.querySelector<HTMLInputElement>("[name=edit]")
    if (named) named.value = this.#at.value
    history.replaceState(history.state, "", `?${query}`)
    clearTimeout(this.#pausing)
    this.#pausing = window.setTimeout(() => void this.#fetch(query), this.#texts.has(query) ? 0 : PAUSE)
  }

  get #query(): string {
    return new URLSearchParams({ at: this.#at.value, against: this.#against.value }).toString()
  }

  async #fetch(query: string): Promise<void> {
    this.#asking.abort()
    const asking = (this.#asking = new AbortController())
    const text = this.#slot("text")
    text.setAttribute("aria-busy", "true")
    try {
      const said = this.#texts.get(query) ?? (await this.#get(query, asking.signal))
      text.innerHTML = said // from our own server, which has escaped every word
      this.#slot("failed").hidden = true
      text.removeAttribute("aria-busy")
    } catch (error) {
      if (asking.signal.aborted) return // another place is being asked for
      console.error("no text", error)
      this.#slot("failed").hidden = false
      text.removeAttribute("aria-busy")
    }
  }

  async #get(query: string, signal: AbortSignal): Promise<string> {
    const response = await fetch(`${this.dataset.text}?${query}`, { signal })
    if (!response.ok) throw new Error(String(response.status))
    const said = await response.text()
    if (this.#texts.size >= KEPT) this.#texts.delete(this.#texts.keys().next().value!)
    this.#texts.set(query, said)
    return said
  }

  #tell(): void {
    const said = this.#said(Number(this.#at.value))
    if (!said) return
    this.#slot("place").textContent = said
    this.#at.setAttribute("aria-valuetext", said)
  }

  /** When a place was written, and by whom. */
  #said(place: number): string {
    const at = this.#times[place - 1]
    if (at === undefined) return ""
    const languages = [document.documentElement.lang, "fr"]
    const options = { dateStyle: "medium", timeStyle: "medium", timeZone: this.dataset.zone } as const
    const when = new Intl.DateTimeFormat(languages, options).format(at * 1000)
    const names = this.#edits.who[this.#edits.by[place - 1]!]!.filter(Boolean)
    return [when, ...(names.length ? [names.join(", ")] : [])].join(" · ")
  }

  #slot(name: string): HTMLElement {
    return this.querySelector<HTMLElement>(`[data-slot=${name}]`)!
  }
}

customElements.define("minutes-history", MinutesHistory)
