/**
 * The minutes: the editor in its panel, what is saved of it, who writes, and its outline. The editor
 * itself is fetched when somebody looks. Markup: templates/features/minutes.html
 */

import type { Editor, Heading } from "../minutes/editor"
import type { Provider, Replaced } from "../minutes/provider"
import { attribute, fill, hide, say, text } from "../room/dom"
import { RoomElement } from "../room/element"
import type { RoomSocket } from "../room/room-socket"
import { timeOfDay } from "../room/words"

interface Lock {
  readonly locked: boolean
}

const WRITERS: readonly string[] = ["facilitator", "note_taker"]
const ONLINE: readonly string[] = ["catching-up", "in-sync", "unstable"]
const NARROW = "(max-width: 61.99rem)" // where an outline would push the text off the screen
const OFFLINE_AFTER = 2000 // milliseconds of saving, after which unsaved changes are counted aloud

class RoomMinutes extends RoomElement {
  override readonly kinds = ["minutes.lock"]

  #provider: Provider | undefined
  #editor: Editor | undefined
  #code: typeof import("../minutes/editor") | undefined
  #opening = false
  #savingSince: number | undefined
  #tick: ReturnType<typeof setTimeout> | undefined

  protected override entered(signal: AbortSignal): void {
    const seen = new IntersectionObserver((entries) => entries.some((each) => each.isIntersecting) && this.#open(signal))
    seen.observe(this)
    if (matchMedia(NARROW).matches) this.querySelector("details")?.removeAttribute("open")
    signal.addEventListener("abort", () => (seen.disconnect(), this.#close()))
    for (const name of ["you", "state"] as const) this.room.on(name, () => this.update(), signal)
    this.addEventListener("click", (event) => this.#clicked(event), { signal })
    this.addEventListener("mousedown", (event) => keepSelection(event), { signal })
    this.addEventListener("keydown", (event) => this.#pressed(event), { signal })
    this.piece<HTMLFormElement>("link")?.addEventListener("submit", (event) => this.#link(event), { signal })
    addEventListener("beforeunload", (event) => this.#provider?.status.unsaved && event.preventDefault(), { signal })
  }

  protected render(): void {
    this.#provider?.allow(this.#mayWrite)
    this.#allow()
    this.#showState()
    this.#showAuthors()
    this.#moved()
  }

  get #locked(): boolean {
    return this.find<Lock>("minutes.lock/lock")?.locked ?? false
  }

  get #role(): string {
    return this.room.you?.role ?? this.dataset["role"] ?? ""
  }

  get #mayWrite(): boolean {
    return WRITERS.includes(this.#role) && !this.#locked
  }

  /** Whether we are here by a way that the minutes do not go. */
  get #slower(): boolean {
    return this.room.slower && ONLINE.includes(this.room.state.name)
  }

  // Coming and going ----------------------------------------------------------------------------

  async #open(signal: AbortSignal): Promise<void> {
    if (this.#opening || this.#provider) return
    this.#opening = true
    try {
      const [{ Provider }, code] = await Promise.all([import("../minutes/provider"), import("../minutes/editor")])
      if (signal.aborted) return
      this.#code = code
      const user = (): object => code.userOf(this.room.you ?? { id: this.dataset["me"] ?? "", name: "" })
      this.#listen(new Provider({ lane: this.#lane, name: this.#name, writes: this.#mayWrite, user }))
      this.#edit()
      hide(this.piece("failed"), true)
    } catch (error) {
      console.error("The editor could not be fetched.", error)
      hide(this.piece("failed"), false)
    } finally {
      this.#opening = false
      hide(this.piece("opening"), true)
    }
  }

  get #lane(): RoomSocket["lane"] {
    return this.closest<RoomSocket>("room-socket")!.lane
  }

  get #name(): string {
    return `minutes/${this.room.slug}/${this.dataset["epoch"]}`
  }

  #listen(provider: Provider): void {
    this.#provider = provider
    provider.addEventListener("status", () => this.update())
    provider.addEventListener("awareness", () => this.#showAuthors())
    provider.addEventListener("replacing", (event) => this.#recover((event as CustomEvent<Replaced>).detail))
    provider.addEventListener("replaced", () => this.#edit())
  }

  /** Bind a new editor to the text as it is now. */
  #edit(): void {
    const writing = this.contains(document.activeElement) && this.#editor?.writable
    this.#editor?.destroy()
    this.#editor = new this.#code!.Editor({
      place: this.piece("text")!,
      provider: this.#provider!,
      label: this.word("label"),
      describedBy: this.piece("hint")?.id ?? "",
      moved: () => this.#moved(),
      tooLong: () => this.#say("too-long"),
      askForLink: () => this.#askForLink(),
    })
    this.render()
    if (writing) this.#editor.focus()
  }

  #close(): void {
    clearTimeout(this.#tick)
    this.#editor?.destroy()
    this.#provider?.destroy()
    this.#editor = this.#provider = undefined
  }

  /** One writes once the text is here: from the server, or as this device kept it. */
  #allow(): void {
    if (!this.#editor || !this.#provider) return
    const here = this.#provider.status.synced || this.#provider.text.length > 0
    this.#editor.writable = this.#mayWrite && here
  }

  // What is saved -------------------------------------------------------------------------------

  #showState(): void {
    const facts: string[] = [this.#locked ? "locked" : "unlocked", this.#role]
    facts.push(this.#mayWrite ? "writing" : "reading", ...this.#saving())
    if (this.#slower) facts.push("slower", this.#editor?.writable ? "writing-here" : "reading-here")
    if (this.#role === "facilitator") facts.push(this.#locked ? "unlockable" : "lockable")
    this.show(...facts)
  }

  /** Never says that something is saved before the server did. */
  #saving(): string[] {
    if (!this.#provider) return []
    const { unsaved, open, synced, savedAt, kept } = this.#provider.status
    if (!unsaved) {
      this.#savingSince = undefined
      if (savedAt !== undefined) say(this, "saved", { at: timeOfDay(savedAt / 1000) })
      return synced && this.#mayWrite && savedAt !== undefined ? ["saved"] : []
    }
    this.#savingSince ??= Date.now()
    say(this, "unsaved", { n: unsaved })
    const late = Date.now() - this.#savingSince >= OFFLINE_AFTER
    if (!late) this.#lookLater()
    if (open && !late) return ["saving"]
    const where = kept ? "kept" : "not-kept"
    return ["unsaved", open ? "slow" : this.#slower ? `${where}-here` : where]
  }

  #lookLater(): void {
    clearTimeout(this.#tick)
    this.#tick = setTimeout(() => this.update(), OFFLINE_AFTER)
  }

  /** The text is about to be thrown away: what one had written is kept, to be copied. */
  #recover({ code, lost }: Replaced): void {
    if (!lost || !this.#editor || this.#editor.empty) return
    const copy = this.piece<HTMLTextAreaElement>("recovered-text")!
    copy.value = this.#editor.words
    text(this.piece("recovered-why"), this.word(`refused-${code}`) || this.word("refused"))
    hide(this.piece("recovered"), false)
  }

  // What one presses ----------------------------------------------------------------------------

  #clicked(event: Event): void {
    const target = event.target as Element
    const action = target.closest<HTMLElement>("[data-action]")?.dataset["action"]
    if (action === "link") this.#askForLink()
    else if (action) this.#editor?.press(action)
    const piece = target.closest<HTMLElement>("[data-press]")?.dataset["press"]
    if (piece) this.#press(piece)
    const row = target.closest<HTMLElement>('[data-rows="headings"] [data-id]')
    if (row) this.#go(event, row.dataset["id"]!)
  }

  #press(what: string): void {
    if (what === "unlink") this.#closeLink(() => this.#editor?.unlink())
    if (what === "cancel-link") this.#closeLink(() => this.#editor?.focus())
    if (what === "copy") void this.#copy()
    if (what === "dismiss") hide(this.piece("recovered"), true)
    if (what === "retry") this.#open(new AbortController().signal)
  }

  #go(event: Event, id: string): void {
    event.preventDefault()
    const heading = this.#editor?.headings.find((each) => each.id === id)
    if (heading) this.#editor!.show(heading)
  }

  /** The toolbar is one stop; arrows go through its buttons. */
  #pressed(event: KeyboardEvent): void {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    const target = event.target as HTMLElement
    if (event.key === "Escape" && target.closest('[data-piece="link"]')) this.#closeLink(() => this.#editor?.focus())
    const button = target.closest<HTMLElement>("[role=toolbar] button")
    if (!step || !button) return
    event.preventDefault()
    const buttons = this.#buttons()
    const next = buttons.at((buttons.indexOf(button) + step) % buttons.length)!
    for (const each of buttons) each.tabIndex = each === next ? 0 : -1
    next.focus()
  }

  #askForLink(): void {
    const form = this.piece<HTMLFormElement>("link")
    if (!form || !this.#editor?.writable) return
    const input = form.querySelector("input")!
    input.value = this.#editor.address
    hide(form.querySelector<HTMLElement>('[data-press="unlink"]'), !input.value)
    this.#complain(input, false)
    hide(form, false)
    input.focus()
    input.select()
  }

  #link(event: SubmitEvent): void {
    event.preventDefault()
    const form = event.target as HTMLFormElement
    const input = form.querySelector("input")!
    if (this.#editor?.link(input.value)) hide(form, true)
    else this.#complain(input, true)
  }

  #complain(input: HTMLInputElement, wrong: boolean): void {
    attribute(input, "aria-invalid", wrong ? "true" : undefined)
    hide(this.piece("link-wrong"), !wrong)
    if (wrong) input.focus()
  }

  #closeLink(then: () => void): void {
    hide(this.piece("link"), true)
    then()
  }

  async #copy(): Promise<void> {
    const copy = this.piece<HTMLTextAreaElement>("recovered-text")!
    copy.select()
    try {
      await navigator.clipboard.writeText(copy.value)
    } catch {
      document.execCommand("copy") // plain HTTP in a hall has no clipboard of the newer kind
    }
    this.#say("copied")
  }

  #say(word: string): void {
    text(this.piece("announcer"), this.word(word))
  }

  // What is shown beside ------------------------------------------------------------------------

  #moved(): void {
    const editor = this.#editor
    if (!editor) return
    this.#showOutline(editor)
    hide(this.piece("empty"), !editor.empty || editor.writable || this.#slower)
    for (const button of this.#buttons()) {
      const action = button.dataset["action"]!
      if (button.hasAttribute("aria-pressed")) attribute(button, "aria-pressed", String(editor.pressed(action)))
      attribute(button, "aria-disabled", editor.possible(action) ? undefined : "true")
    }
  }

  #buttons(): HTMLElement[] {
    return [...this.querySelectorAll<HTMLElement>("[role=toolbar] button[data-action]")]
  }

  #showOutline(editor: Editor): void {
    const { headings, current } = editor
    hide(this.piece("no-headings"), headings.length > 0)
    this.list<Heading>("headings", headings, (row, { id, level, words }) => {
      attribute(row, "data-level", String(level))
      fill(row, { words })
      attribute(row.querySelector("a"), "aria-current", id === current?.id ? "location" : undefined)
    })
  }

  #showAuthors(): void {
    const states = this.#provider ? [...this.#provider.awareness.getStates().values()] : []
    const pointing = states.filter((state) => state["cursor"])
    const authors = pointing.flatMap((state) => this.#code?.authorOf(state["user"]) ?? [])
    const people = [...new Map(authors.map((each) => [each.id, each])).values()]
    hide(this.piece("nobody"), people.length > 0)
    this.list("authors", people, (row, { id, name, colour }) => {
      fill(row, { name, initials: initials(name) })
      attribute(row, "data-author", String(colour))
      hide(row.querySelector<HTMLElement>('[data-slot="you"]'), id !== this.room.you?.id)
    })
  }
}

/** A press on a button of the toolbar leaves the selection in the text where it is. */
function keepSelection(event: Event): void {
  if ((event.target as Element).closest("[role=toolbar]")) event.preventDefault()
}

function initials(name: string): string {
  const words = name.trim().split(/\s+/u)
  const first = (word: string | undefined): string => [...(word ?? "")][0]?.toLocaleUpperCase() ?? ""
  return first(words[0]) + (words.length > 1 ? first(words.at(-1)) : "")
}

customElements.define("room-minutes", RoomMinutes)
