/** The projector's screen in the hall: no controls, one thing at a time. Markup: templates/screen.html */

import { attribute, fill, hide, say, text } from "../room/dom"
import { RoomElement } from "../room/element"
import type { Plenary, Poll, Question, Result, Running, Supporters, Turnout } from "../room/records"
import { every } from "../room/timers"
import { duration } from "../room/words"
import { badge } from "../votes/badge"
import { names } from "../votes/forms"
import { counted, draw, sayTurnout } from "./figures"
import { isOver, secondsLeft, stepOf } from "./poll-facts"

const SMALLEST = { few: 0.76, many: 0.94 } // of the size wished for: below that nobody in the last row reads it
const PAGE = 8 // seconds that each part of what is too long is shown
const SHOWN_FOR = 300 // seconds that a result stays, unless the stage changes before

class RoomScreen extends RoomElement {
  override readonly kinds = [
    "polls.poll",
    "polls.turnout",
    "polls.running",
    "polls.result",
    "questions.question",
    "questions.supporters",
    "stage.plenary",
  ]

  override readonly events = ["state", "presence"] as const

  #fitted = ""

  protected override entered(signal: AbortSignal): void {
    document.fonts?.ready.then(() => (this.#fitted = ""))
    every(1, () => this.update(), signal)
  }

  protected render(): void {
    if (!this.told) return
    const plenary = this.find<Plenary>("stage.plenary/plenary")
    const voted = onScreen(this.all<Poll>("polls.poll"), plenary, this.room.now())
    const question = this.all<Question>("questions.question").find(({ state }) => state === "answering")
    const asked = voted?.status === "open" ? undefined : question
    const poll = asked ? undefined : voted
    const view = asked ? "asked" : poll ? stepOf(poll) : "join"
    attribute(this, "data-view", view)
    attribute(this, "data-phase", plenary?.phase ?? "waiting")
    if (poll) this.#fill(poll)
    const about = asked ? this.#ask(asked) : [poll ? "poll" : "card"]
    this.show(view, ...about, plenary?.phase ?? "waiting", ...this.#trouble())
    this.#fit(`${view} ${poll?.id} ${this.dataset["running"]} ${innerWidth} ${innerHeight}`)
    this.#turnPage()
  }

  /** Shrink what does not fit, once for each thing shown, as far as the last row can read it. */
  #fit(shown: string): void {
    const [room, shrunk] = [this.piece("room"), this.piece("shrunk")]
    if (!room || !shrunk || shown === this.#fitted) return
    this.#fitted = shown
    const smallest = this.hasAttribute("data-many") ? SMALLEST.many : SMALLEST.few
    for (let fit = 1; fit >= smallest; fit -= 0.04) {
      room.style.setProperty("--fit", fit.toFixed(2))
      if (shrunk.offsetHeight <= room.clientHeight) return
    }
  }

  /** What is still too long is shown part by part, each with a little of the one before. */
  #turnPage(): void {
    const [room, shrunk] = [this.piece("room"), this.piece("shrunk")]
    if (!room || !shrunk) return
    const more = Math.max(0, shrunk.offsetHeight - room.clientHeight)
    const pages = 1 + Math.ceil(more / (room.clientHeight * 0.8))
    const page = Math.floor(this.room.now() / PAGE) % pages
    attribute(room, "data-long", more ? "" : undefined)
    shrunk.style.setProperty("translate", more ? `0 ${-Math.round((page * more) / (pages - 1))}px` : "")
    text(this.piece("page"), pages > 1 ? `${page + 1} / ${pages}` : "")
  }

  /** What was shown last stays; a small word says that it may be old. */
  #trouble(): string[] {
    const { name } = this.room.state
    return name === "in-sync" || name === "catching-up" ? [] : ["reconnecting"]
  }

  #fill(poll: Poll): void {
    fill(this, { question: poll.plan.question })
    this.#offer(poll)
    const result = this.find<Result>(`polls.result/${poll.id}`)
    const running = this.find<Running>(`polls.running/${poll.id}:screens`) ?? this.find<Running>(`polls.running/${poll.id}:all`)
    const counts = result ?? (running?.outcome.voters ? running : undefined)
    if (result) draw(this.piece("figure"), poll, result)
    else if (running) draw(this.piece("figure"), poll, counted(running))
    attribute(this, "data-running", counts && !result ? "" : undefined)
    hide(this.piece("outcome"), !counts)
    sayTurnout(this, result ?? this.find<Turnout>(`polls.turnout/${poll.id}`))
    this.#count(poll)
  }

  /** The time that is left, or that ballots on their way are waited for. */
  #count(poll: Poll): void {
    const left = secondsLeft(poll, this.room.now())
    text(this.piece("countdown"), duration(left ?? 0))
    hide(this.piece("timer"), left === undefined)
    attribute(this.piece("timer"), "data-last", left !== undefined && left <= 5 ? "" : undefined)
  }

  /** The question that is being answered; returns what is known of it. */
  #ask({ id, text, name, typed, place, hands }: Question): string[] {
    const { hall = 0, remote = 0 } = this.find<Supporters>(`questions.supporters/${id}`) ?? {}
    fill(this, { asked: text, asker: name })
    say(this, "asked-hall", { n: hall })
    say(this, "asked-remote", { n: remote })
    say(this, "hands", { n: hands })
    attribute(this, "data-long", text.length > 260 ? "very" : text.length > 120 ? "" : undefined)
    const who = name ? "with-name" : typed ? "somebody" : "without-name"
    return [who, `from-${place}`, hall + remote + hands ? "supported" : "nobody", ...(hands ? ["hands"] : [])]
  }

  #offer(poll: Poll): void {
    const options = poll.plan.form.kind === "yes_no" ? [] : names(poll.plan.form).filter(Boolean)
    attribute(this, "data-wordy", poll.plan.question.length > 240 ? "very" : poll.plan.question.length > 110 ? "" : undefined)
    attribute(this, "data-many", options.length > 4 ? "" : undefined)
    attribute(this, "data-crowd", options.length > 8 ? "" : undefined)
    const items = options.map((option, index) => ({ id: String(index), index, option }))
    this.list("options", items, (row, { index, option }) => {
      badge(row, index)
      fill(row, { option })
    })
  }
}

/** The open vote before a closed one, a closed one before a result, a result for a while. */
function onScreen(polls: readonly Poll[], plenary: Plenary | undefined, now: number): Poll | undefined {
  const open = polls.find(({ status }) => status === "open")
  const over = polls.filter(({ status }) => isOver(status))
  const last = over.sort((a, b) => b.closed_at - a.closed_at)[0]
  if (open || !last) return open
  const since = Math.max(plenary?.began_at ?? 0, plenary?.ended_at ?? 0)
  return last.closed_at > since && now - last.closed_at < SHOWN_FOR ? last : undefined
}

customElements.define("room-screen", RoomScreen)
