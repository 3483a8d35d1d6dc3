/** The chat: what people write to one another. Markup: templates/features/chat.html */

import { Batch } from "../room/batch"
import { assign, attribute, date, fill, hide, say, text, when } from "../room/dom"
import { RoomElement } from "../room/element"
import type { Waiting } from "../room/outbox"
import { prefer, preference } from "../room/preference"
import type { Ephemeral } from "../room/protocol"
import type { Message } from "../room/records"
import { browserTimers } from "../room/timers"
import { Composer } from "./composer"
import { countUnread } from "./unread"

const NEAR_THE_END = 48 // pixels
const ANNOUNCE_EVERY = 5 // seconds
const TYPING_EVERY = 3 // seconds
const TYPING_LASTS = 5 // seconds
const LONG = 1800 // signs, from which the counter is shown; 2000 is the most

/** A message, or one's own that is still on its way. */
interface Line extends Message {
  readonly way: "kept" | "sent" | "stored"
}

class RoomChat extends RoomElement {
  override readonly kinds = ["chat.message"]
  override readonly events = ["outbox"] as const

  readonly #typing = new Map<string, { name: string; until: number }>()
  readonly #announced = new Batch<Message>(browserTimers, ANNOUNCE_EVERY, (news) => this.#announce(news))
  #following = true
  #newest = 0
  #read = 0
  #all = false
  #typedAt = 0

  protected override entered(signal: AbortSignal): void {
    this.room.on("ephemeral", (passing) => this.#heard(passing), signal)
    this.#log.addEventListener("scroll", () => this.#scrolled(), { signal, passive: true })
    this.#composer?.addEventListener("input", () => this.#tellTyping(), { signal })
    if (this.#composer) new Composer(this, this.#composer, { long: LONG, sends: () => (this.#following = true) }, signal)
    this.addEventListener("click", (event) => this.#clicked(event.target as Element), { signal })
    this.#choice?.addEventListener("change", () => prefer("chat-announce", this.#choice!.value), { signal })
    if (this.#choice) this.#choice.value = preference("chat-announce") ?? "all"
    const size = new ResizeObserver(() => this.#settle())
    size.observe(this.#log)
    signal.addEventListener("abort", () => size.disconnect())
    document.addEventListener("visibilitychange", () => this.#settle(), { signal })
  }

  protected render(): void {
    const messages = this.all<Message>("chat.message").sort((a, b) => a.seq - b.seq)
    const lines = [...messages.map(stored), ...this.#waiting()]
    this.#notice(messages)
    this.list("messages", lines, (row, line) => this.#fill(row, line))
    hide(this.piece("empty"), lines.length > 0)
    hide(this.piece("older"), this.#all || !messages.length || !this.#cutShort(messages))
    this.#settle()
  }

  get #log(): HTMLElement {
    return this.piece("log")!
  }

  get #composer(): HTMLTextAreaElement | null {
    return this.piece("composer")
  }

  get #choice(): HTMLSelectElement | null {
    return this.piece("announce")
  }

  /** One's own messages that the room has not shown yet. */
  #waiting(): Line[] {
    const posts = this.room.waiting.filter(({ command }) => command.do === "chat.post")
    return posts.filter(({ command }) => !this.find(`chat.message/${command.ref}`)).map((each) => this.#line(each))
  }

  #line({ command, sent, seq, asked }: Waiting): Line {
    const { id = "", name = "", role = "participant", place = "remote" } = this.room.you ?? {}
    return {
      id: command.ref,
      person: id,
      name,
      role,
      place,
      text: String(command.with["text"] ?? "").trim(),
      at: asked / 1000,
      seq: Infinity,
      removed: false,
      way: seq !== undefined || (sent && this.room.state.name !== "offline") ? "sent" : "kept",
    }
  }

  #fill(row: HTMLElement, line: Line): void {
    const mine = line.person === this.you.id
    const shown = [line.way, line.removed, mine].join()
    if (row.dataset["shown"] === shown) return // there may be thousands, and nothing else changes
    row.dataset["shown"] = shown
    fill(row, { name: line.name, text: line.text })
    date(row, line.at)
    assign(row, "id", line.id)
    attribute(row, "data-way", line.way)
    attribute(row, "data-mine", mine ? "" : undefined)
    when(row, facts(line, mine, this.dataset["role"] === "facilitator"))
  }

  /** A first frame holds the last 200: as many means that there may be more before them. */
  #cutShort(messages: readonly Message[]): boolean {
    return messages.length >= 200
  }

  /** What came in since we last looked: count it, and announce it. */
  #notice(messages: readonly Message[]): void {
    const fresh = messages.filter(({ seq, person }) => seq > this.#newest && person !== this.room.you?.id)
    const first = this.#newest === 0
    this.#newest = Math.max(this.#newest, messages.at(-1)?.seq ?? 0)
    if (first) this.#read = this.#newest
    else this.#announced.add(...fresh.filter(({ removed }) => !removed))
    for (const { person } of fresh) this.#typing.delete(person)
    this.#showTyping()
  }

  #announce(news: readonly Message[]): void {
    const last = news.at(-1)
    const choice = this.#choice?.value ?? "all"
    if (!last || choice === "none") return
    const name = choice === "all" ? (news.length === 1 ? "message" : "messages") : "count"
    text(this.piece("announcer"), this.word(name, { n: news.length, name: last.name, text: last.text }))
  }

  /** Stay at the end if one is there; otherwise leave the page where the reader has it. */
  #settle(): void {
    if (!this.#log.clientHeight) return this.#unread()
    if (this.#following) this.#log.scrollTop = this.#log.scrollHeight
    if (this.#following && document.visibilityState === "visible") this.#read = this.#newest
    this.#unread()
  }

  #scrolled(): void {
    const { scrollTop, clientHeight, scrollHeight } = this.#log
    if (!clientHeight) return
    this.#following = scrollTop + clientHeight >= scrollHeight - NEAR_THE_END
    this.#settle()
  }

  #unread(): void {
    const messages = this.all<Message>("chat.message")
    const unread = messages.filter(({ seq, person }) => seq > this.#read && person !== this.room.you?.id).length
    hide(this.piece("jump"), !unread || this.#following)
    say(this, "new", { n: unread })
    countUnread("chat", unread)
  }

  #clicked(target: Element): void {
    if (target.closest('[data-piece="jump"]')) this.#jump()
    if (target.closest('[data-piece="older"]')) void this.#older()
  }

  #jump(): void {
    this.#following = true
    this.#settle()
    this.#composer?.focus()
  }

  /** Fetch what came before, and keep what one reads where it is. */
  async #older(): Promise<void> {
    const first = Math.min(...this.all<Message>("chat.message").map(({ seq }) => seq))
    const button = this.piece("older")!
    const below = this.#log.scrollHeight - this.#log.scrollTop
    button.ariaBusy = "true"
    try {
      const older = await this.room.older("chat.message", first)
      this.#all = !older.more
      this.render()
      this.#log.scrollTop = this.#log.scrollHeight - below
    } catch {
      // The connection is gone, and says so itself; the button is still there.
    } finally {
      button.removeAttribute("aria-busy")
    }
  }

  #tellTyping(): void {
    if (this.room.now() - this.#typedAt < TYPING_EVERY) return
    this.#typedAt = this.room.now()
    if (this.#composer!.value) this.room.pass("chat.typing")
  }

  #heard({ what, from, name }: Ephemeral): void {
    if (what !== "chat.typing") return
    this.#typing.set(from, { name, until: this.room.now() + TYPING_LASTS })
    this.#showTyping()
    setTimeout(() => this.#showTyping(), TYPING_LASTS * 1000 + 50)
  }

  #showTyping(): void {
    for (const [id, { until }] of this.#typing) if (until <= this.room.now()) this.#typing.delete(id)
    const names = [...this.#typing.values()].map(({ name }) => name)
    const typing = names.length > 2 ? "typing-many" : `typing-${names.length}`
    const [one = "", two = ""] = names
    text(this.piece("typing"), names.length ? this.word(typing, { one, two }) : "")
  }
}

function stored(message: Message): Line {
  return { ...message, way: "stored" }
}

function facts({ role, place, removed, way }: Line, mine: boolean, facilitator: boolean): string[] {
  const all: string[] = [role, place, way, mine ? "mine" : "theirs", removed ? "removed" : "said"]
  if (way === "stored" && !removed && (mine || facilitator)) all.push("removable")
  return all
}

customElements.define("room-chat", RoomChat)
