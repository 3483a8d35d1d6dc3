/** The results published so far. Markup: templates/room/results.html */

import { fill, hide } from "../room/dom"
import { RoomElement } from "../room/element"
import type { Poll, Result } from "../room/records"
import { draw, sayTurnout } from "./figures"

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

customElements.define("room-results", RoomResults)
