/** The votes on air, as facilitators run them: how many have voted, how, and what can be done about
 * it. Markup: templates/room/on_air.html */

import { assign, attribute, fill, hide, mark, say, text } from "../room/dom"
import { RoomElement } from "../room/element"
import type { Poll, Result, Running, Turnout } from "../room/records"
import { every } from "../room/timers"
import { duration, number } from "../room/words"
import { counted, draw, sayTurnout } from "./figures"
import { current, secondsLeft } from "./poll-facts"

class RoomOnAir extends RoomElement {
  override readonly kinds = ["polls.poll", "polls.running", "polls.turnout", "polls.result"]
  override readonly events = ["presence"] as const

  protected override entered(signal: AbortSignal): void {
    this.addEventListener("change", (event) => this.#send(event.target as Element), { signal })
    every(1, () => this.#tick(), signal)
  }

  protected render(): void {
    const polls = this.all<Poll>("polls.poll")
    const waiting = polls.filter(({ status }) => status === "counting" || status === "closed")
    const shown = new Set([...current(polls, this.room.now()), ...waiting.filter(({ set_aside }) => !set_aside)])
    this.list("on-air", [...shown], (row, poll) => this.#fill(row, poll))
    this.show(shown.size ? "some" : "none")
  }

  #fill(row: HTMLElement, poll: Poll): void {
    const { id, plan, status } = poll
    attribute(row, "data-status", status)
    fill(row, { question: plan.question })
    assign(row, "poll", id)
    const result = this.find<Result>(`polls.result/${id}`)
    const running = this.find<Running>(`polls.running/${id}:facilitators`)
    mark(row, [status, plan.secrecy, plan.live.includes("desk") ? "desk" : "not-desk", ...(result?.missing ? ["missing"] : []), ...(result?.lost ? ["lost"] : [])])
    hide(row.querySelector(".live-figure"), !result && !running?.outcome.voters)
    if (result) draw(row.querySelector("figure"), poll, result)
    else if (running) draw(row.querySelector("figure"), poll, counted(running))
    if (result) say(row, "missing", { n: result.missing })
    for (const box of row.querySelectorAll<HTMLInputElement>("input[name=live]"))
      box.checked = (plan.live as readonly string[]).includes(box.value)
    this.#number(row, this.find<Turnout>(`polls.turnout/${id}`) ?? result)
    this.#count(row, poll)
  }

  #number(row: HTMLElement, turnout: Turnout | Result | undefined): void {
    const { hall = 0, remote = 0, kiosk = 0, paper = 0 } = turnout ?? {}
    fill(row, { count: number(hall + remote + kiosk + paper) })
    sayTurnout(row, turnout)
    for (const [place, n] of Object.entries({ hall, remote, kiosk, slip: paper })) {
      const segment = row.querySelector<HTMLElement>(`[data-piece="turnout"] .seg.${place}`)
      segment?.style.setProperty("--n", String(n))
      hide(segment, n === 0)
    }
  }

  #tick(): void {
    for (const row of this.querySelectorAll<HTMLElement>('[data-rows="on-air"] > [data-id]')) {
      const poll = this.find<Poll>(`polls.poll/${row.dataset["id"]}`)
      if (poll) this.#count(row, poll)
    }
  }

  #count(row: HTMLElement, poll: Poll): void {
    const left = secondsLeft(poll, this.room.now())
    text(row.querySelector("[data-countdown]"), left === undefined ? "" : duration(left))
    hide(row.querySelector(".vote-timer"), left === undefined)
  }

  /** Who sees the running count is sent as soon as a box is ticked. */
  #send(changed: Element): void {
    if (changed.matches("input[name=live]")) changed.closest("form")?.requestSubmit()
  }
}

customElements.define("room-on-air", RoomOnAir)
