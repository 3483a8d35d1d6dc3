/**
 * The minutes: the editor in its panel, what is saved of it, and who writes. The editor itself is fetched
 * when somebody looks. Markup: templates/features/minutes.html
 */

import type { Author, Editor } from "../minutes/editor"
import type { Provider, Replaced } from "../minutes/provider"
import { copy } from "../room/clipboard"
import { attribute, fill, hide, say, text } from "../room/dom"
import { RoomElement } from "../room/element"
import { MEMBERS, WRITERS } from "../room/people"
import type { RoomSocket } from "../room/room-socket"
import { timeOfDay, type Values } from "../room/words"
import type { Life, Lock, Writer } from "../room/records"
import type { Passage } from "../minutes/passages"
import { Beside } from "./minutes-beside"
import { FindBar } from "./minutes-find"
import { LinkForm } from "./minutes-link"
import { Outline } from "./minutes-outline"
import { CONCERNED, describe } from "./minutes-records"
import { Tools } from "./minutes-tools"
import { Wrote } from "./minutes-wrote"

const ONLINE: readonly string[] = ["catching-up", "in-sync", "unstable"]
const NARROW = "(max-width: 61.99rem)" // where the text is what matters: the rest is folded
const OFFLINE_AFTER = 2000 // milliseconds of saving, after which unsaved changes are counted aloud

class RoomMinutes extends RoomElement {
  override readonly kinds = ["minutes.lock", "minutes.life", "minutes.writer", ...CONCERNED]
  override readonly events = ["you", "state"] as const

  #provider: Provider | undefined
  #editor: Editor | undefined
  #code: typeof import("../minutes/editor") | undefined
  #opening = false
  #find!: FindBar
  #link!: LinkForm
  #tools!: Tools
  #outline!: Outline
  #beside!: Beside
  #wrote: Wrote | undefined
  #passages: readonly Passage[] = []
  /** Someone asked for it to be saved, though it is: it is then said. */
  #askedToSave = false
  #savingSince: number | undefined
  #tick: ReturnType<typeof setTimeout> | undefined

  /** Of the text that is open here. */
  #epochOpened = ""
  #signal = new AbortController().signal

  protected override entered(signal: AbortSignal): void {
    this.#signal = signal
    const seen = new IntersectionObserver((entries) => entries.some((each) => each.isIntersecting) && this.#open(signal))
    seen.observe(this)
    if (matchMedia(NARROW).matches) for (const each of this.querySelectorAll("details")) each.open = false
    signal.addEventListener("abort", () => (seen.disconnect(), this.#close()))
    this.addEventListener("click", (event) => this.#clicked(event), { signal })
    // On their own page the keys hold wherever one is.
    const around = this.classList.contains("minutes-wide") ? document : this
    around.addEventListener("keydown", (event) => this.#pressed(event as KeyboardEvent), { signal })
    this.#tools = new Tools(this, () => this.#editor, signal)
    this.#outline = new Outline(this, () => this.#editor, signal)
    this.#beside = new Beside(this, () => this.#editor, signal)
    this.#find = new FindBar(this.piece<HTMLFormElement>("find")!, () => this.#editor, signal)
    this.#link = new LinkForm(this.piece<HTMLFormElement>("link")!, () => this.#editor, signal)
    addEventListener("beforeunload", (event) => this.#provider?.status.unsaved && event.preventDefault(), { signal })
  }

  protected render(): void {
    if (this.#provider && this.#epochOpened !== this.#epoch) return this.#openAnew()
    this.#provider?.allow(this.#mayWrite)
    this.#allow()
    this.#showState()
    this.#showAuthors()
    this.#editor?.redraw()
    this.#moved()
  }

  get #locked(): boolean {
    return this.find<Lock>("minutes.lock/lock")?.locked ?? false
  }

  get #role(): string {
    return this.you.role
  }

  get #life(): Life | undefined {
    return this.find<Life>("minutes.life/life")
  }

  /** The twin of `may_write` in workshop/features/minutes/writing.py. */
  get #mayWrite(): boolean {
    if (this.#locked || this.#life?.approved.length) return false
    if (WRITERS.includes(this.#role)) return true
    if (this.#role !== "participant") return false
    const writing = this.find<Lock>("minutes.lock/lock")?.writing ?? "admitted"
    const asked = this.find<Writer>(`minutes.writer/${this.you.id}`)
    return writing === "everyone" || (writing === "admitted" && asked?.admitted === true)
  }

  // For what stands around the text (Text in minutes-threads.ts) ---------------------------------

  get passage(): Passage | undefined {
    return this.#editor?.passage
  }

  set passages(passages: readonly Passage[]) {
    this.#passages = passages
    this.#editor?.showPassages(passages)
  }

  go(passage: Passage): boolean {
    return this.#editor?.goTo(passage) ?? false
  }

  replace(passage: Passage, words: string): boolean {
    return this.#editor?.replacePassage(passage, words) ?? false
  }

  /** Put a record of the room where one is writing. Says whether one may. */
  insert(key: string): boolean {
    this.#editor?.insertRecord(key, Math.round(this.room.now()))
    return this.#editor?.writable ?? false
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
      const { writerOf, lineOf } = code
      this.#wrote = new Wrote(this.piece("wrote")!, this.dataset["authors"]!, { writerOf, lineOf, here: () => this.#here() })
      this.#epochOpened = this.#epoch
      const user = (): object => code.userOf(this.you)
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

  /** Of the text: another one, and something was taken out of it for good. */
  get #epoch(): string {
    return this.room.epoch.split(".")[0] || this.dataset["epoch"]!
  }

  get #lane(): RoomSocket["lane"] {
    return this.closest<RoomSocket>("room-socket")!.lane
  }

  get #name(): string {
    return `minutes/${this.room.slug}/${this.#epoch}`
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
      words: (name, values) => this.word(name, values),
      describe: (key, at, shown) => describe(this, this.room.records, key, at, shown),
      writer: (client) => this.#wrote?.writer(client),
      missing: (writable) => this.#beside.missing(writable),
      slash: this.piece("slash")!,
      command: (name) => this.#tell("minutes:command", name),
      offered: (n) => this.#say("offered", { n }),
      moved: () => this.#moved(),
      tooLong: () => this.#say("too-long"),
      askForLink: () => this.#link.ask(),
    })
    if (this.#wrote?.on) this.#editor.showAuthors(true)
    this.#beside.renew()
    this.#editor.showPassages(this.#passages)
    this.#find.renew()
    this.render()
    if (writing) this.#editor.focus()
  }

  /** To the forms around the text: what the slash menu offers besides the editor's own, and what is to be said of the selection. */
  #tell(event: "minutes:command" | "minutes:say", detail: string): void {
    this.dispatchEvent(new CustomEvent(event, { detail, bubbles: true }))
  }

  /** Something was taken out of the past of this session: what is here of it goes. */
  #openAnew(): void {
    const { unsaved = 0 } = this.#provider?.status ?? {}
    this.#recover({ code: "renewed", lost: unsaved > 0 })
    this.#editor?.destroy()
    this.#provider?.forget()
    this.#editor = this.#provider = undefined
    void this.#open(this.#signal)
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
    if (this.#life?.phase === "amendable") facts.push("amendable")
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
      if (savedAt !== undefined) this.#askedToSave = false
      if (this.#askedToSave) return ["all-saved"]
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
    this.piece<HTMLTextAreaElement>("recovered-text")!.value = this.#editor.words
    text(this.piece("recovered-why"), this.word(`refused-${code}`) || this.word("refused"))
    hide(this.piece("recovered"), false)
  }

  // What one presses ----------------------------------------------------------------------------

  #clicked(event: Event): void {
    const target = event.target as Element
    const action = target.closest<HTMLElement>("[data-action]")?.dataset["action"]
    if (action === "link") this.#link.ask()
    else if (action && !target.closest("[aria-disabled=true]")) this.#editor?.press(action)
    const about = target.closest<HTMLElement>("[data-about]")?.dataset["about"]
    if (about) this.#tell("minutes:say", about)
    const piece = target.closest<HTMLElement>("[data-press]")?.dataset["press"]
    if (piece) this.#press(piece)
  }

  #press(what: string): void {
    if (what === "copy") void this.#copy()
    if (what === "dismiss") hide(this.piece("recovered"), true)
    if (what === "find") this.#find.open ? this.#find.close() : this.#find.show()
    if (what === "wrote") this.#toggleWrote()
    if (what === "beside") this.#beside.toggle()
    if (what === "retry") void this.#open(this.#signal)
  }

  #pressed(event: KeyboardEvent): void {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || !this.#editor) return
    const key = `${event.shiftKey ? "shift-" : ""}${event.key.toLowerCase()}`
    const run = { s: () => this.#save(), h: () => this.#find.show(), "shift-f": () => this.#find.show() }[key]
    if (!run) return
    event.preventDefault()
    run()
  }

  /** All that is written is saved without being asked. Who presses the keys wants to hear it. */
  #save(): void {
    const { unsaved, savedAt } = this.#provider!.status
    this.#askedToSave = savedAt === undefined
    this.#say(unsaved ? "saving" : savedAt === undefined ? "all-saved" : "saved", { at: timeOfDay((savedAt ?? 0) / 1000) })
    this.update()
  }

  async #copy(): Promise<void> {
    await copy(this.piece<HTMLTextAreaElement>("recovered-text")!)
    this.#say("copied")
  }

  #say(word: string, values: Values = {}): void {
    text(this.piece("announcer"), this.word(word, values))
  }

  // What is shown beside ------------------------------------------------------------------------

  #moved(): void {
    const editor = this.#editor
    if (!editor) return
    this.#outline.update(editor)
    hide(this.piece("empty"), !editor.empty || editor.writable || this.#slower)
    hide(this.piece("begin"), !editor.empty || !editor.writable)
    this.#showAbout(editor)
    this.#beside.update(editor)
    this.#tools.update()
    this.#find.update()
    this.#wrote?.update(editor)
  }

  /** What can be said of the selected words; at its foot it must not cover them. */
  #showAbout(editor: Editor): void {
    const bar = this.piece("about")!
    const shown = editor.selects && MEMBERS.includes(this.#role) && this.#life?.phase !== "final"
    const comes = shown && bar.hidden
    hide(bar, !shown)
    if (comes) editor.uncover(bar.getBoundingClientRect().top)
  }

  #toggleWrote(): void {
    if (!this.#editor || !this.#wrote) return
    this.#wrote.toggle(this.#editor)
    attribute(this.querySelector('[data-press="wrote"]'), "aria-pressed", String(this.#wrote.on))
  }

  // Who writes ----------------------------------------------------------------------------------

  #showAuthors(): void {
    const pointing = [...this.#here((state) => state["cursor"] !== undefined && state["cursor"] !== null).values()]
    const people = [...new Map(pointing.map((each) => [each.id, each])).values()]
    hide(this.piece("nobody"), people.length > 0)
    this.list("authors", people, (row, { id, name, colour }) => {
      fill(row, { name, initials: initials(name) })
      attribute(row, "data-author", String(colour))
      hide(row.querySelector<HTMLElement>('[data-slot="you"]'), id !== this.room.you?.id)
    })
  }

  /** Who is here, by the client they write with. */
  #here(passes: (state: Record<string, unknown>) => boolean = () => true): Map<number, Author> {
    const here = new Map<number, Author>()
    for (const [client, state] of this.#provider?.awareness.getStates() ?? []) {
      const author = passes(state) ? this.#code?.authorOf(state["user"]) : undefined
      if (author) here.set(client, author)
    }
    return here
  }
}

function initials(name: string): string {
  const words = name.trim().split(/\s+/u)
  const first = (word: string | undefined): string => [...(word ?? "")][0]?.toLocaleUpperCase() ?? ""
  return first(words[0]) + (words.length > 1 ? first(words.at(-1)) : "")
}

customElements.define("room-minutes", RoomMinutes)
