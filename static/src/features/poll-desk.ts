/** The facilitators' desk for polls: the run of votes, and the form that drafts them.
 * Markup: templates/room/poll_desk.html, templates/votes/plan.html */

import { assign, attribute, fill, hide, mark, rowsOf } from "../room/dom"
import { RoomElement } from "../room/element"
import { pour } from "../room/fields"
import { asking } from "../room/forms"
import type { Axis, Plan, Poll, Proposal, Turnout } from "../room/records"
import { letter } from "../votes/badge"

const FEWEST = 2 // options
const MOST = { statements: 50, budget: 50 } as Readonly<Record<string, number>>
const MOST_OPTIONS = 20
const BLANK: Proposal = { title: "", cost: 0, commune: "", theme: "" }

/** The run of votes, and the form that drafts them. */
class RoomPollDesk extends RoomElement {
  override readonly kinds = ["polls.poll", "polls.turnout", "people.axis"]

  protected override entered(signal: AbortSignal): void {
    this.addEventListener("click", (event) => this.#clicked(event.target as Element), { signal })
    this.addEventListener("input", () => this.#offer(), { signal })
    this.addEventListener("change", (event) => event.target === this.#kind && this.#turnKind(), { signal })
    this.addEventListener("keydown", (event) => this.#pressed(event), { signal })
    this.addEventListener("asked:done", (event) => event.target === this.#form && this.#fold(), { signal })
    this.#begin()
  }

  protected render(): void {
    const polls = this.all<Poll>("polls.poll").sort((a, b) => a.seq - b.seq)
    this.list("polls", polls, (row, poll) => this.#fill(row, poll))
    hide(this.piece("empty"), polls.length > 0)
    if (this.#edited && !this.#mayEdit(this.find<Poll>(`polls.poll/${this.#edited}`))) this.#fold()
  }

  get #form(): HTMLFormElement {
    return this.piece<HTMLFormElement>("draft")!
  }

  get #question(): HTMLTextAreaElement {
    return this.#form.querySelector<HTMLTextAreaElement>("[name='plan.question']")!
  }

  get #kind(): HTMLSelectElement {
    return this.#form.querySelector<HTMLSelectElement>("[name='plan.form.kind']")!
  }

  get #edited(): string {
    return this.dataset["edited"] ?? ""
  }

  #fill(row: HTMLElement, poll: Poll): void {
    const { id, plan, status, round, set_aside } = poll
    fill(row, { question: plan.question, kind: this.word(`kind-${plan.form.kind}`), round: this.word("round", { n: round }) })
    hide(row.querySelector('[data-slot="round"]'), round === 1)
    attribute(row, "data-status", status)
    attribute(row, "aria-current", status === "open" ? "true" : undefined)
    assign(row, "poll", id)
    mark(row, [status, plan.secrecy, ...(this.#mayEdit(poll) ? ["editable"] : []), ...(set_aside ? ["set-aside"] : [])])
  }

  /** A draft; or what is open, until somebody has voted. */
  #mayEdit(poll: Poll | undefined): boolean {
    const { hall = 0, remote = 0, kiosk = 0 } = this.find<Turnout>(`polls.turnout/${poll?.id}`) ?? {}
    return poll?.status === "draft" || (poll?.status === "open" && hall + remote + kiosk === 0)
  }

  #clicked(target: Element): void {
    if (target.closest("[data-add]")) this.#add()
    if (target.closest("[data-take]")) this.#take(target.closest<HTMLElement>("[data-id]")!)
    if (target.closest("[data-again]")) this.#fold()
    const edited = target.closest("[data-edit]")?.closest<HTMLElement>("[data-id]")
    if (edited) this.#edit(this.find<Poll>(`polls.poll/${edited.dataset["id"]}`))
  }

  /** Enter in an option goes on to the next one, as in a list one writes. */
  #pressed(event: KeyboardEvent): void {
    const row = (event.target as Element).closest<HTMLElement>("[data-rows] input")?.closest<HTMLElement>("[data-id]")
    if (event.key !== "Enter" || !row || event.isComposing) return
    event.preventDefault()
    const next = row.nextElementSibling?.querySelector<HTMLElement>("input")
    if (next) next.focus()
    else this.#add()
  }

  #edit(poll: Poll | undefined): void {
    if (!poll || !this.#mayEdit(poll)) return
    this.#begin()
    this.#turn(poll.id)
    this.#write(poll.plan)
    // How secret an open vote is was said when it was opened.
    hide(this.piece("secrecy"), poll.status === "open")
    this.piece<HTMLDetailsElement>("fold")!.open = true
    this.#question.focus()
  }

  #write(plan: Plan): void {
    this.#kind.value = plan.form.kind
    this.#turnKind() // before the rest: two kinds may each have a field of the same name
    pour(asking(this.#form), { plan: plan as unknown as Record<string, unknown> })
    const { form } = plan
    if ("options" in form) this.#options(form.options)
    if (form.kind === "budget") this.#proposals(form.proposals)
  }

  /** An empty form for another draft. */
  #begin(): void {
    this.#turn("")
    hide(this.piece("secrecy"), false)
    this.#form.reset()
    this.#options(["", ""])
    this.#proposals([BLANK, BLANK])
    this.#turnKind()
  }

  /** The form is done with: it makes room for the run, where what was saved stands. */
  #fold(): void {
    const fold = this.piece<HTMLDetailsElement>("fold")!
    if (fold.contains(document.activeElement)) fold.querySelector<HTMLElement>("summary")!.focus()
    fold.open = false
    this.#begin()
  }

  #turn(poll: string): void {
    this.dataset["edited"] = poll
    this.#form.dataset["do"] = poll ? "polls.edit" : "polls.draft"
    const id = this.#form.querySelector<HTMLInputElement>("[name=poll]")!
    id.value = poll
    id.disabled = !poll
    this.show(poll ? "editing" : "drafting")
  }

  /** Only what this kind of vote asks for takes part in the form. */
  #turnKind(): void {
    const kind = this.#kind.value
    for (const part of this.#form.querySelectorAll<HTMLFieldSetElement>("fieldset[data-kinds]")) {
      part.disabled = !part.dataset["kinds"]!.split(" ").includes(kind)
      hide(part, part.disabled)
    }
    this.#offer()
  }

  get #asksProposals(): boolean {
    return this.#kind.value === "budget"
  }

  #add(): void {
    if (this.#asksProposals) this.#proposals([...this.#proposed, BLANK])
    else this.#options([...this.#values, ""])
    this.#rows.at(-1)?.querySelector("input")?.focus()
  }

  #take(row: HTMLElement): void {
    const at = this.#rows.indexOf(row)
    if (this.#asksProposals) this.#proposals(this.#proposed.filter((_, index) => index !== at))
    else this.#options(this.#values.filter((_, index) => index !== at))
    this.#rows.at(Math.max(0, at - 1))?.querySelector("input")?.focus()
  }

  /** The rows of the list that this kind of vote has. */
  get #rows(): HTMLElement[] {
    return rowsOf(this.piece(this.#asksProposals ? "proposals" : "options")!)
  }

  get #values(): string[] {
    return rowsOf(this.piece("options")!).map((row) => row.querySelector("input")!.value)
  }

  get #proposed(): Proposal[] {
    return rowsOf(this.piece("proposals")!).map((row) => {
      const [title, cost, commune, theme] = [...row.querySelectorAll("input")].map(({ value }) => value)
      return { title: title!, cost: Number(cost), commune: commune!, theme: theme! }
    })
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

  #proposals(values: readonly Proposal[]): void {
    const items = values.map((value, index) => ({ id: String(index), index, value }))
    this.list("draft-proposals", items, (row, { index, value }) => {
      fill(row, { letter: letter(index) })
      for (const input of row.querySelectorAll("input")) {
        const field = input.dataset["field"] as keyof Proposal
        input.name = `plan.form.proposals.${index}.${field}`
        const now = String(value[field] || "")
        if (input.value !== now) input.value = now
      }
    })
    this.#offer()
  }

  #offer(): void {
    const count = this.#rows.length
    for (const button of this.#form.querySelectorAll<HTMLButtonElement>("[data-take]")) button.disabled = count <= FEWEST
    for (const button of this.#form.querySelectorAll<HTMLElement>("[data-add]")) hide(button, count >= (MOST[this.#kind.value] ?? MOST_OPTIONS))
    this.#offerGroups()
  }

  /** The groups that the organiser has defined, if there are any. */
  #offerGroups(): void {
    const axes = this.all<Axis>("people.axis")
    const groups = axes.flatMap(({ id, name, values }) => values.map((value) => ({ id: `${id}:${value}`, name, value })))
    hide(this.piece("groups"), groups.length === 0)
    this.list("draft-groups", groups, (row, { id, name, value }) => {
      row.querySelector("input")!.value = id
      fill(row, { name, value })
    })
  }
}

customElements.define("room-poll-desk", RoomPollDesk)
