/**
 * A kiosk: one open vote after the other, for one visitor after the other. Markup: templates/kiosk.html
 *
 * Nothing of a visitor stays for the next: no answer is written to the browser's storage, the ballot
 * is emptied as soon as it is cast, and the screen clears by itself when nobody touches it.
 */

import { fill, hide, text } from "../room/dom"
import { RoomElement } from "../room/element"
import type { Poll } from "../room/records"
import { NotDone } from "../room/room"
import { every } from "../room/timers"
import { refusal } from "../room/words"
import { clear, offer, read } from "../votes/ballots/ballot"
import { newReceipt, spelled } from "../votes/receipts"

const WARNING = 10 // seconds for which the screen says that it will clear
const ACTIVITY = ["pointerdown", "pointermove", "keydown", "input", "wheel", "touchmove", "scroll"]

type View = "welcome" | "vote" | "sending" | "thanks" | "refused"

interface Receipt {
  readonly id: string
  readonly code: string
  readonly question: string
}

class RoomKiosk extends RoomElement {
  override readonly kinds = ["polls.poll"]
  override readonly events = ["state"] as const

  #view: View = "welcome"
  #poll = ""
  /** Votes that this visitor has cast or skipped. */
  #past = new Set<string>()
  #receipts: readonly Receipt[] = []
  #touchedAt = Date.now()
  /** Counts visitors: what comes back for one who has left is not shown to the next. */
  #visitor = 0

  protected override entered(signal: AbortSignal): void {
    for (const name of ACTIVITY) this.addEventListener(name, () => this.#touch(), { signal, capture: true, passive: true })
    this.addEventListener("click", (event) => this.#clicked(event.target as Element), { signal })
    this.addEventListener("submit", (event) => this.#submit(event), { signal })
    every(1, () => this.#tick(), signal)
  }

  protected render(): void {
    const poll = this.#asked
    if (this.#view === "vote" && !poll) return this.#refuse("not-open")
    const open = this.#open
    if (this.#view === "vote" && poll) this.#fill(poll)
    fill(this, { "question-of": open.length > 1 ? this.word("question-of", { n: this.#past.size + 1, of: Math.max(open.length, this.#past.size + 1) }) : "" })
    this.list("receipts", this.#receipts, (row, { code, question }) => fill(row, { code, question }))
    hide(this.piece("receipts"), this.#receipts.length === 0)
    this.show(...this.#facts())
    text(this.piece("clears-in"), this.#clearing ? this.word("clears-in", { n: this.#left }) : "")
  }

  #facts(): string[] {
    const { name } = this.room.state
    if (name === "closed") return ["shut"]
    const view = this.#view === "welcome" && !this.#open.length ? "none" : this.#view
    return [
      view,
      name === "in-sync" || name === "catching-up" ? "here" : "away",
      ...(this.#view === "vote" && this.#asked ? [this.#asked.plan.secrecy] : []),
      ...(this.#next ? ["more"] : []),
      ...(this.#clearing ? ["clearing"] : []),
    ]
  }

  #fill(poll: Poll): void {
    const ballot = this.piece("ballot")!
    fill(this, { question: poll.plan.question })
    offer(ballot, poll.plan.form)
  }

  /** The votes open to kiosks, the oldest first. */
  get #open(): Poll[] {
    const open = this.all<Poll>("polls.poll").filter(({ status, plan }) => status === "open" && plan.kiosk)
    return open.sort((a, b) => a.opened_at - b.opened_at)
  }

  get #asked(): Poll | undefined {
    return this.#open.find(({ id }) => id === this.#poll)
  }

  get #next(): Poll | undefined {
    return this.#open.find(({ id }) => !this.#past.has(id))
  }

  // What a visitor does -------------------------------------------------------------------

  #clicked(target: Element): void {
    const language = target.closest<HTMLElement>("[data-language]")?.dataset["language"]
    if (language) location.replace(`?language=${language}`)
    else if (target.closest("[data-begin], [data-next]")) this.#ask()
    else if (target.closest("[data-skip]")) this.#skip()
    else if (target.closest("[data-leave]")) this.#forget()
  }

  #ask(): void {
    this.#empty()
    this.#poll = this.#next?.id ?? ""
    this.#turn(this.#poll ? "vote" : "welcome")
  }

  #skip(): void {
    this.#past.add(this.#poll)
    if (this.#next) this.#ask()
    else if (this.#receipts.length) this.#turn("thanks")
    else this.#forget()
  }

  #submit(event: Event): void {
    event.preventDefault()
    const poll = this.#asked
    const answer = poll && read(this.piece("ballot")!, poll.plan.form)
    hide(this.piece("incomplete"), answer !== undefined)
    if (poll && answer !== undefined) void this.#vote(poll, { poll: poll.id, version: poll.version, answer })
  }

  /** Not kept in the browser: it waits in memory, and the screen says so. */
  async #vote(poll: Poll, ballot: Readonly<Record<string, unknown>>): Promise<void> {
    const visitor = this.#visitor
    const code = poll.plan.secrecy === "secret" ? newReceipt() : ""
    this.#empty()
    this.#turn("sending")
    try {
      await this.room.do("polls.vote", { ...ballot, ...(code && { code }) })
      if (visitor === this.#visitor) this.#thank(poll, code)
    } catch (why) {
      if (visitor === this.#visitor) this.#refuse(why instanceof NotDone ? why.code : "")
    }
  }

  #thank(poll: Poll, code: string): void {
    this.#past.add(poll.id)
    if (code) this.#receipts = [...this.#receipts, { id: poll.id, code: spelled(code), question: poll.plan.question }]
    this.#turn("thanks")
  }

  #refuse(code: string): void {
    this.#empty()
    this.#past.add(this.#poll)
    text(this.piece("refusal"), refusal(this, code))
    this.#turn("refused")
  }

  // Clearing ------------------------------------------------------------------------------

  /** What was said of clearing goes a moment later: a button must not vanish under the finger. */
  #touch(): void {
    this.#touchedAt = Date.now()
  }

  #tick(): void {
    if (this.#resets && this.#left <= 0) this.#forget()
    else this.update()
  }

  /** A vote that has not left yet is waited for, however long. A language goes with its visitor. */
  get #resets(): boolean {
    return this.#view !== "sending" && (this.#view !== "welcome" || "chosen" in this.dataset)
  }

  get #clearing(): boolean {
    return this.#resets && this.#view !== "welcome" && (this.#left <= WARNING || this.#view === "thanks")
  }

  /** Seconds until the screen clears. */
  get #left(): number {
    return Math.max(0, Math.ceil(this.#patience - (Date.now() - this.#touchedAt) / 1000))
  }

  get #patience(): number {
    const over = this.#view === "thanks" || this.#view === "refused"
    const name = !over ? "idle" : this.#receipts.length ? "receipt" : "thanks"
    return Number(this.dataset[name])
  }

  /** Everything of this visitor goes; the language too. */
  #forget(): void {
    this.#visitor++
    this.#past.clear()
    this.#receipts = []
    this.#poll = ""
    this.#empty()
    this.#turn("welcome")
    if ("chosen" in this.dataset && this.room.state.name === "in-sync") location.replace(location.pathname)
  }

  #empty(): void {
    clear(this.piece("ballot")!)
    hide(this.piece("incomplete"), true)
    fill(this, { question: "" })
  }

  #turn(view: View): void {
    this.#view = view
    this.#touchedAt = Date.now()
    scrollTo(0, 0)
    this.render()
    this.querySelector<HTMLElement>(`[data-when="${view}"] h1[tabindex]`)?.focus()
  }
}

customElements.define("room-kiosk", RoomKiosk)
