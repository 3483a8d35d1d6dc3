/** Polls, for those who vote. Markup: templates/features/polls.html */

import { assign, attribute, fill, hide, rows, text } from "../room/dom"
import { RoomElement } from "../room/element"
import type { Waiting } from "../room/outbox"
import type { Ballot, Poll, Result, Turnout } from "../room/records"
import { badge, draw, isOver, optionsOf, sayTurnout, stepOf } from "./figures"

const SHOWN_FOR = 600 // seconds a published result stays in the bar; the list keeps it

/** The bar of what is happening now: the open vote, the one just closed, its result. */
class RoomPolls extends RoomElement {
  override readonly kinds = ["polls.poll", "polls.ballot", "polls.turnout", "polls.result"]

  #shown = ""
  #status = ""
  /** What the person has marked and not sent. */
  #marked: number | undefined
  /** The poll whose vote was refused, and why. */
  #refused: { poll: string; code: string } | undefined

  protected override entered(signal: AbortSignal): void {
    this.room.on("outbox", () => this.update(), signal)
    this.room.on("state", () => this.update(), signal)
    this.room.on("refused", ({ waiting, code }) => this.#notTaken(waiting, code), signal)
    this.addEventListener("change", (event) => this.#mark(event.target as HTMLInputElement), { signal })
    this.addEventListener("asked:refused", (event) => event.stopPropagation(), { signal })
    this.addEventListener("submit", () => (this.#marked = undefined), { signal })
    const minute = setInterval(() => this.update(), 60_000)
    signal.addEventListener("abort", () => clearInterval(minute))
  }

  protected render(): void {
    const poll = latest(this.all<Poll>("polls.poll"), this.room.now())
    if (poll?.id !== this.#shown) this.#turnTo(poll)
    attribute(this, "data-status", poll ? stepOf(poll) : "none")
    attribute(this, "data-way", poll?.status === "open" && !this.#changed(poll) ? this.#way(poll) : undefined)
    if (poll) this.#fill(poll)
    this.show(...this.#facts(poll))
    this.#announce(poll)
  }

  /** Another poll: what was marked belonged to the one before. */
  #turnTo(poll: Poll | undefined): void {
    this.#shown = poll?.id ?? ""
    this.#marked = undefined
    rows(this.querySelector('[data-rows="options"]'), [], String, () => {})
  }

  #fill(poll: Poll): void {
    fill(this, { question: poll.plan.question })
    assign(this, "poll", poll.id)
    assign(this, "version", String(poll.version))
    if (poll.status === "open") this.#offer(poll)
    const result = this.find<Result>(`polls.result/${poll.id}`)
    if (result) draw(this.piece("figure"), poll, result)
    sayTurnout(this, result ?? this.find<Turnout>(`polls.turnout/${poll.id}`))
  }

  #offer(poll: Poll): void {
    const chosen = this.#marked ?? this.#chosen(poll)
    const options = optionsOf(poll).map((option, index) => ({ id: String(index), index, option }))
    this.piece("options")?.classList.toggle("two", options.length % 2 === 0)
    this.list("options", options, (row, { index, option }) => {
      const input = row.querySelector("input")!
      input.value = String(index)
      input.checked = index === chosen
      badge(row, index)
      fill(row, { option })
    })
  }

  /** What one has voted: the last asked, or else what the room has. */
  #chosen({ id }: Poll): number | undefined {
    const answer = this.#waiting(id)?.command.with["answer"] ?? this.#ballot(id)?.answer
    return typeof answer === "number" ? answer : undefined
  }

  #waiting(poll: string): Waiting | undefined {
    return this.room.waiting.filter(({ command }) => command.do === "polls.vote" && command.with["poll"] === poll).at(-1)
  }

  #ballot(poll: string): Ballot | undefined {
    return this.find<Ballot>(`polls.ballot/${poll}:${this.room.you?.id ?? this.dataset["me"]}`)
  }

  #facts(poll: Poll | undefined): string[] {
    if (!poll) return ["none"]
    const facts: string[] = [stepOf(poll)]
    if (poll.status !== "open") facts.push(this.#ballot(poll.id) ? "voted" : "not-voted")
    else facts.push(this.#way(poll))
    if (poll.status === "open" && this.#changed(poll)) facts.push("changed")
    if (this.#refused?.poll === poll.id) facts.push("refused")
    return facts
  }

  /** Where one's vote has got to. Only what the server called done is counted. */
  #way({ id }: Poll): string {
    const waiting = this.#waiting(id)
    if (waiting && waiting.seq === undefined) return waiting.sent ? "sent" : "kept"
    return waiting || this.#ballot(id) ? "counted" : "to-vote"
  }

  #changed(poll: Poll): boolean {
    return this.#marked !== undefined && this.#marked !== this.#chosen(poll) && this.#chosen(poll) !== undefined
  }

  #mark(input: HTMLInputElement): void {
    if (input.name !== "answer") return
    this.#marked = Number(input.value)
    this.update()
  }

  #notTaken({ command }: Waiting, code: string): void {
    if (command.do !== "polls.vote") return
    this.#refused = { poll: String(command.with["poll"]), code }
    const late = this.#refused.code === "not-open"
    text(this.piece("refusal"), this.word(late ? "late" : "not-counted"))
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

  #tell(poll: Poll): void {
    const values = { question: poll.plan.question, n: optionsOf(poll).length }
    text(this.piece("announcer"), this.word(`announce-${stepOf(poll)}`, values))
  }
}

/** The results published so far. */
class RoomResults extends RoomElement {
  override readonly kinds = ["polls.poll", "polls.result"]

  protected render(): void {
    const polls = this.all<Poll>("polls.poll").filter(({ status }) => status === "published")
    const newest = polls.sort((a, b) => b.closed_at - a.closed_at)
    this.list("results", newest, (row, poll) => this.#fill(row, poll))
    hide(this.piece("empty"), newest.length > 0)
  }

  #fill(row: HTMLElement, poll: Poll): void {
    const result = this.find<Result>(`polls.result/${poll.id}`)
    fill(row, { question: poll.plan.question })
    if (result) draw(row.querySelector("figure"), poll, result)
    sayTurnout(row, result)
  }
}

/** The poll that matters now: the open one, or else the last that closed. */
export function latest(polls: readonly Poll[], now: number): Poll | undefined {
  const open = polls.find(({ status }) => status === "open")
  const over = polls.filter(({ status }) => isOver(status))
  const last = over.sort((a, b) => b.closed_at - a.closed_at)[0]
  if (open || !last) return open
  return last.status !== "published" || now - last.closed_at < SHOWN_FOR ? last : undefined
}

customElements.define("room-polls", RoomPolls)
customElements.define("room-results", RoomResults)
