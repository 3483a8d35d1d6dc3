/** Polls, for those who vote. Markup: templates/features/polls.html */

import { attribute, fill, hide, mark, text } from "../room/dom"
import { RoomElement } from "../room/element"
import type { Waiting } from "../room/outbox"
import { NotDone } from "../room/room"
import type { AnyAnswer, Poll, Result, Running, Turnout } from "../room/records"
import { every } from "../room/timers"
import { duration, refusal } from "../room/words"
import { clear, offer, read } from "../votes/ballots/ballot"
import { names } from "../votes/forms"
import { newReceipt, spelled } from "../votes/receipts"
import { counted, draw, sayTurnout } from "./figures"
import { MyVote } from "./my-vote"
import { current, isPast, secondsLeft, stepOf } from "./poll-facts"

const TOLD_AT = [30, 10, 5] // seconds before the end, to those who hear it

/** The bar of what is happening now: the open votes, the one just closed, its result. */
class RoomPolls extends RoomElement {
  override readonly kinds = [
    "polls.poll",
    "polls.ballot",
    "polls.invitation",
    "polls.running",
    "polls.turnout",
    "polls.result",
    "people.belonging",
  ]
  override readonly events = ["outbox", "state", "you"] as const

  /** The poll that the person turned to, and the one that is shown. */
  #chosen = ""
  #shown = ""
  #status = ""
  #told = Infinity
  /** The polls whose opening was said. */
  readonly #heard = new Set<string>()
  /** What the person has marked and not sent. */
  #marked: AnyAnswer | undefined
  #touched = false
  /** Receipts of secret votes, by poll: nowhere but here, until the page is closed. */
  readonly #receipts = new Map<string, string>()
  /** The poll whose vote was refused. */
  #refused = ""

  protected override entered(signal: AbortSignal): void {
    this.room.on("refused", ({ waiting, code }) => this.#notTaken(waiting, code), signal)
    this.addEventListener("input", (event) => this.#mark(event), { signal })
    this.addEventListener("change", (event) => this.#mark(event), { signal })
    this.addEventListener("submit", (event) => this.#submit(event), { signal })
    this.addEventListener("click", (event) => this.#choose(event.target as Element), { signal })
    every(1, () => this.#tick(), signal)
  }

  protected render(): void {
    const polls = current(this.all<Poll>("polls.poll"), this.room.now())
    const poll = this.#which(polls)
    if (poll?.id !== this.#shown) this.#turnTo(poll)
    attribute(this, "data-status", poll ? stepOf(poll) : "none")
    attribute(this, "data-way", poll?.status === "open" && !this.#changed(poll) ? this.#mine(poll).way : undefined)
    this.#tabs(polls, poll)
    if (poll) this.#fill(poll)
    this.show(...this.#facts(poll))
    this.#announce(poll)
    this.#announceOthers(polls, poll)
  }

  /** The one that the person chose; the one that they see, if they may vote in it; one that waits
   * for them. */
  #which(polls: readonly Poll[]): Poll | undefined {
    const chosen = polls.find(({ id }) => id === this.#chosen)
    const shown = polls.find(({ id }) => id === this.#shown)
    const kept = shown?.status === "open" && this.#mine(shown).isAllowed ? shown : undefined
    return chosen ?? kept ?? polls.find((each) => this.#mine(each).isAwaited) ?? shown ?? polls[0]
  }

  /** Another poll: what was marked belonged to the one before. */
  #turnTo(poll: Poll | undefined): void {
    this.#shown = poll?.id ?? ""
    this.#marked = undefined
    this.#touched = false
    this.#told = Infinity
    const ballot = this.piece("ballot")
    if (ballot) clear(ballot)
  }

  /** Where several are open at once, one goes from one to the other. */
  #tabs(polls: readonly Poll[], poll: Poll | undefined): void {
    const open = polls.filter(({ status }) => status === "open" || status === "closing")
    hide(this.piece("several"), open.length < 2)
    this.list("several", open.length < 2 ? [] : open, (row, each) => {
      fill(row, { asked: each.plan.question }) // not the question, which is that of the vote shown
      mark(row, this.#mine(each).way === "to-vote" ? [] : ["done"])
      const button = row.querySelector("button")!
      button.value = each.id
      attribute(button, "aria-current", each === poll ? "true" : undefined)
    })
  }

  #choose(clicked: Element): void {
    const button = clicked.closest<HTMLButtonElement>("[data-turn]")
    if (!button) return
    this.#chosen = button.value
    this.update()
  }

  #fill(poll: Poll): void {
    const ballot = this.piece("ballot")
    if (ballot && poll.status === "open" && this.#mine(poll).isAllowed) offer(ballot, poll.plan.form, this.#touched ? undefined : this.#mine(poll).answer)
    fill(this, { question: poll.plan.question }) // in the ballot too, which has just been laid
    const result = this.find<Result>(`polls.result/${poll.id}`)
    const running = this.#running(poll)
    if (result?.published) draw(this.#figure("outcome"), poll, result)
    else if (running) draw(this.#figure("running"), poll, counted(running))
    hide(this.piece("running"), !running)
    sayTurnout(this, result?.published ? result : this.find<Turnout>(`polls.turnout/${poll.id}`))
    this.#fillReceipt(poll)
    this.#fillRound(poll)
    this.#count(poll)
    for (const link of this.querySelectorAll<HTMLAnchorElement>("a[data-page]")) link.href = link.dataset["page"]!.replace("/0/", `/${poll.id}/`)
  }

  #fillReceipt(poll: Poll): void {
    const shown = this.#mine(poll).isCounted ? (this.#receipts.get(poll.id) ?? "") : ""
    text(this.piece("receipt-code"), spelled(shown))
    hide(this.piece("receipt"), !shown)
  }

  /** The round before this one, to compare. */
  #fillRound(poll: Poll): void {
    const before = poll.before ? this.find<Poll>(`polls.poll/${poll.before}`) : undefined
    const result = before && this.find<Result>(`polls.result/${before.id}`)
    hide(this.piece("before"), !result?.published)
    if (before && result?.published) draw(this.#figure("before"), before, result)
  }

  /** The count so far, once there is something to count. */
  #running({ id }: Poll): Running | undefined {
    const found = this.find<Running>(`polls.running/${id}:all`)
    return found?.outcome.voters ? found : undefined
  }

  #figure(piece: string): HTMLElement | null {
    return this.piece(piece)?.querySelector("figure") ?? null
  }

  /** Time moves the countdown, and takes an old result out of the bar; all else comes with records. */
  #tick(): void {
    const poll = this.find<Poll>(`polls.poll/${this.#shown}`)
    if (poll) this.#count(poll)
    if (poll && isPast(poll, this.room.now())) this.update()
  }

  /** The time that is left, by the room's clock; said aloud only now and then. */
  #count(poll: Poll): void {
    const left = secondsLeft(poll, this.room.now())
    for (const time of this.querySelectorAll<HTMLElement>("[data-countdown]")) text(time, left === undefined ? "" : duration(left))
    hide(this.piece("timer"), left === undefined || poll.status !== "open")
    attribute(this.piece("timer"), "data-last", left !== undefined && left <= 5 ? "" : undefined)
    if (poll.status !== "open" || !left) return
    const at = TOLD_AT.find((each) => left <= each && each < this.#told)
    if (at === undefined) return
    this.#told = at
    text(this.piece("announcer"), this.word("seconds-left", { n: left }))
  }

  #mine(poll: Poll): MyVote {
    return new MyVote(this.room, this.you.id, poll)
  }

  #facts(poll: Poll | undefined): string[] {
    if (!poll) return ["none"]
    const facts: string[] = [stepOf(poll), poll.plan.secrecy, poll.status === "closing" ? "closing" : "settled"]
    const { isAllowed, way, ballot } = this.#mine(poll)
    if (poll.status === "open") facts.push(isAllowed ? "may-vote" : "may-not-vote", way)
    else facts.push(way === "kept" ? "kept" : ballot ? "voted" : "not-voted")
    if (poll.status === "open" && this.#changed(poll)) facts.push("changed")
    if (this.#refused === poll.id) facts.push("refused")
    if (poll.set_aside) facts.push("set-aside")
    const result = this.find<Result>(`polls.result/${poll.id}`)
    if (result?.published && (result.ballots_sha256 || poll.plan.secrecy === "public")) facts.push("lists")
    if (result?.lost) facts.push("lost")
    return facts
  }

  #changed(poll: Poll): boolean {
    const { way, answer } = this.#mine(poll)
    return this.#touched && way !== "to-vote" && JSON.stringify(this.#marked) !== JSON.stringify(answer)
  }

  #mark(event: Event): void {
    const ballot = this.piece("ballot")
    const poll = this.find<Poll>(`polls.poll/${this.#shown}`)
    if (!ballot?.contains(event.target as Node) || !poll) return
    this.#touched = true
    this.#marked = read(ballot, poll.plan.form)
    hide(this.piece("incomplete"), true)
    this.update()
  }

  #submit(event: Event): void {
    event.preventDefault()
    const poll = this.find<Poll>(`polls.poll/${this.#shown}`)
    const ballot = this.piece("ballot")
    const answer = poll && ballot ? read(ballot, poll.plan.form) : undefined
    hide(this.piece("incomplete"), answer !== undefined)
    if (poll && answer !== undefined) void this.#vote(poll, answer)
  }

  async #vote(poll: Poll, answer: AnyAnswer): Promise<void> {
    const code = poll.plan.secrecy === "secret" ? newReceipt() : ""
    if (code) this.#receipts.set(poll.id, code)
    this.#touched = false
    this.#refused = ""
    const fields = { poll: poll.id, version: poll.version, answer, ...(code && { code }) }
    const done = this.room.do("polls.vote", fields, { keep: true, place: `polls.vote ${poll.id}` })
    this.update()
    await done.catch((why: unknown) => {
      if (!(why instanceof NotDone)) throw why // what was refused is told by #notTaken
    })
  }

  #notTaken({ command }: Waiting, code: string): void {
    if (command.do !== "polls.vote") return
    this.#refused = String(command.with["poll"])
    text(this.piece("refusal"), refusal(this, code))
    this.update()
  }

  /** Say once, without moving the focus, what has begun or ended. */
  #announce(poll: Poll | undefined): void {
    const status = poll ? `${poll.id} ${stepOf(poll)}` : "none"
    if (status === this.#status) return
    const first = this.#status === ""
    this.#status = status
    if (poll && !(first && poll.status !== "open")) this.#tell(poll)
  }

  /** One votes in one of several: that another has opened is said too. */
  #announceOthers(polls: readonly Poll[], shown: Poll | undefined): void {
    for (const each of polls) {
      if (each.status !== "open" || this.#heard.has(each.id)) continue
      this.#heard.add(each.id)
      if (each !== shown) this.#tell(each)
    }
  }

  #tell(poll: Poll): void {
    const n = poll.status === "open" && poll.plan.form.kind === "single" ? names(poll.plan.form).length : 0
    const name = n ? "announce-open" : poll.status === "open" ? "announce-open-other" : `announce-${stepOf(poll)}`
    text(this.piece("announcer"), this.word(name, { question: poll.plan.question, ...(n && { n }) }))
  }
}

customElements.define("room-polls", RoomPolls)
