/** The facilitators' desk for polls: what is on air, and the run of votes. Markup: templates/room/poll_desk.html */

import { assign, attribute, fill, hide, mark, rowsOf, say } from "../room/dom"
import { RoomElement } from "../room/element"
import type { Poll, Result, Running, Turnout } from "../room/records"
import { number } from "../room/words"
import { counted, draw, letter, optionsOf, sayTurnout } from "./figures"
import { latest } from "./polls"

const FEWEST = 2 // options
const MOST = 20

/** The vote on air: how many have voted, how, and what can be done about it. */
class RoomOnAir extends RoomElement {
  override readonly kinds = ["polls.poll", "polls.running", "polls.turnout", "polls.result"]

  protected override entered(signal: AbortSignal): void {
    this.room.on("presence", () => this.update(), signal)
  }

  protected render(): void {
    const poll = latest(this.all<Poll>("polls.poll"), this.room.now())
    attribute(this, "data-status", poll?.status ?? "none")
    if (poll) this.#fill(poll)
    this.show(poll?.status ?? "none")
  }

  #fill(poll: Poll): void {
    fill(this, { question: poll.plan.question })
    assign(this, "poll", poll.id)
    const running = this.find<Running>(`polls.running/${poll.id}:facilitators`)
    const result = this.find<Result>(`polls.result/${poll.id}`)
    if (running) draw(this.piece("figure"), poll, counted(running))
    else if (result) draw(this.piece("figure"), poll, result)
    this.#number(this.find<Turnout>(`polls.turnout/${poll.id}`) ?? result)
  }

  #number(turnout: Pick<Turnout, "hall" | "remote"> | undefined): void {
    const { hall, remote } = turnout ?? { hall: 0, remote: 0 }
    const { presence } = this.room
    fill(this, { count: number(hall + remote) })
    sayTurnout(this, turnout)
    if (presence) say(this, "present", { n: presence.hall + presence.remote })
    for (const [place, n] of Object.entries({ hall, remote })) {
      const segment = this.querySelector<HTMLElement>(`[data-piece="turnout"] .seg.${place}`)
      segment?.style.setProperty("--n", String(n))
      hide(segment, n === 0)
    }
  }
}

/** The run of votes, and the form that drafts them. */
class RoomPollDesk extends RoomElement {
  override readonly kinds = ["polls.poll"]

  protected override entered(signal: AbortSignal): void {
    this.addEventListener("click", (event) => this.#clicked(event.target as Element), { signal })
    this.addEventListener("input", () => this.#offer(), { signal })
    this.addEventListener("keydown", (event) => this.#pressed(event), { signal })
    this.addEventListener("asked:done", (event) => event.target === this.#form && this.#begin(), { signal })
    this.#options(["", ""])
  }

  protected render(): void {
    const polls = this.all<Poll>("polls.poll").sort((a, b) => a.seq - b.seq)
    const open = polls.some(({ status }) => status === "open")
    this.list("polls", polls, (row, poll) => this.#fill(row, poll, open))
    hide(this.piece("empty"), polls.length > 0)
    if (this.#edited && this.find<Poll>(`polls.poll/${this.#edited}`)?.status !== "draft") this.#begin()
  }

  get #form(): HTMLFormElement {
    return this.piece<HTMLFormElement>("draft")!
  }

  get #question(): HTMLTextAreaElement {
    return this.#form.querySelector<HTMLTextAreaElement>("[name='plan.question']")!
  }

  get #list(): HTMLElement {
    return this.piece("options")!
  }

  get #edited(): string {
    return this.dataset["edited"] ?? ""
  }

  #fill(row: HTMLElement, poll: Poll, open: boolean): void {
    fill(row, { question: poll.plan.question })
    say(row, "options", { n: optionsOf(poll).length })
    attribute(row, "data-status", poll.status)
    attribute(row, "aria-current", poll.status === "open" ? "true" : undefined)
    assign(row, "poll", poll.id)
    mark(row, [poll.status])
    attribute(row.querySelector("[data-opens]"), "aria-disabled", open ? "true" : undefined)
  }

  #clicked(target: Element): void {
    if (target.closest("[data-add]")) this.#add()
    if (target.closest("[data-take]")) this.#take(target.closest<HTMLElement>("[data-id]")!)
    if (target.closest("[data-again]")) this.#beginAgain()
    const edited = target.closest("[data-edit]")?.closest<HTMLElement>("[data-id]")
    if (edited) this.#edit(this.find<Poll>(`polls.poll/${edited.dataset["id"]}`))
  }

  /** Enter in an option goes on to the next one, as in a list one writes. */
  #pressed(event: KeyboardEvent): void {
    const row = (event.target as Element).closest<HTMLElement>("[name='plan.form.options']")?.closest<HTMLElement>("[data-id]")
    if (event.key !== "Enter" || !row || event.isComposing) return
    event.preventDefault()
    const next = row.nextElementSibling?.querySelector<HTMLElement>("input")
    if (next) next.focus()
    else this.#add()
  }

  #edit(poll: Poll | undefined): void {
    if (poll?.status !== "draft") return
    this.#turn(poll.id)
    this.#question.value = poll.plan.question
    this.#options(optionsOf(poll))
    this.#question.focus()
  }

  /** An empty form for another draft. */
  #begin(): void {
    this.#turn("")
    this.#form.reset()
    this.#options(["", ""])
  }

  #beginAgain(): void {
    this.#begin()
    this.#question.focus()
  }

  #turn(poll: string): void {
    this.dataset["edited"] = poll
    this.#form.dataset["do"] = poll ? "polls.edit" : "polls.draft"
    const id = this.#form.querySelector<HTMLInputElement>("[name=poll]")!
    id.value = poll
    id.disabled = !poll
    this.show(poll ? "editing" : "drafting")
  }

  #add(): void {
    const values = this.#values()
    if (values.length >= MOST) return
    this.#options([...values, ""])
    rowsOf(this.#list).at(-1)?.querySelector("input")?.focus()
  }

  #take(row: HTMLElement): void {
    const at = rowsOf(this.#list).indexOf(row)
    this.#options(this.#values().filter((_, index) => index !== at))
    rowsOf(this.#list).at(Math.max(0, at - 1))?.querySelector("input")?.focus()
  }

  #values(): string[] {
    return rowsOf(this.#list).map((row) => row.querySelector("input")!.value)
  }

  #options(values: readonly string[]): void {
    const items = values.map((value, index) => ({ id: String(index), index, value }))
    this.list("draft-options", items, (row, { index, value }) => {
      const input = row.querySelector("input")!
      if (input.value !== value) input.value = value
      attribute(input, "aria-label", this.word("option", { letter: letter(index) }))
      fill(row, { letter: letter(index) })
    })
    this.#offer()
  }

  #offer(): void {
    const count = rowsOf(this.#list).length
    for (const button of this.querySelectorAll<HTMLButtonElement>("[data-take]")) button.disabled = count <= FEWEST
    hide(this.querySelector("[data-add]"), count >= MOST)
  }
}

customElements.define("room-on-air", RoomOnAir)
customElements.define("room-poll-desk", RoomPollDesk)
