/** Votes counted by hand: typed in by one officer, confirmed by another.
 * Markup: templates/room/sheets.html */

import { assign, fill, hide, mark, rows, say } from "../room/dom"
import { RoomElement } from "../room/element"
import type { AnyAnswer, AnyForm, Poll, Sheet } from "../room/records"
import type { NotDone } from "../room/room"
import { number, refusal, word } from "../room/words"
import { names } from "../votes/forms"

/** A line of a sheet: what is counted, and the answer that it stands for. */
interface Line {
  readonly id: string
  readonly words: string
  readonly answer: AnyAnswer
}

class RoomSheets extends RoomElement {
  override readonly kinds = ["polls.poll", "polls.sheet"]

  protected override entered(signal: AbortSignal): void {
    this.addEventListener("change", (event) => event.target === this.#choice && this.update(), { signal })
    this.addEventListener("input", () => this.#sum(), { signal })
    this.addEventListener("submit", (event) => this.#submit(event), { signal })
  }

  protected render(): void {
    const polls = this.all<Poll>("polls.poll")
    const countable = polls.filter((poll) => COUNTED.has(poll.status) && linesOf(poll.plan.form).length > 0)
    const sheets = this.all<Sheet>("polls.sheet").filter(({ poll }) => COUNTED.has(this.find<Poll>(`polls.poll/${poll}`)?.status ?? ""))
    hide(this, countable.length + sheets.length === 0)
    hide(this.#form, countable.length === 0)
    rows(this.#choice, countable, ({ id }) => id, (option, { id, plan }) => {
      ;(option as HTMLOptionElement).value = id
      if (option.textContent !== plan.question) option.textContent = plan.question
    })
    this.#offer()
    this.list("sheets", sheets, (row, sheet) => this.#fill(row, sheet))
  }

  get #form(): HTMLFormElement {
    return this.piece<HTMLFormElement>("sheet")!
  }

  get #choice(): HTMLSelectElement {
    return this.#form.querySelector("select[name=poll]")!
  }

  get #lines(): readonly Line[] {
    const poll = this.find<Poll>(`polls.poll/${this.#choice.value}`)
    return poll ? linesOf(poll.plan.form) : []
  }

  #offer(): void {
    this.list("sheet-lines", this.#lines, (row, { words }) => fill(row, { option: this.#said(words) }))
  }

  #numbers(): number[] {
    return [...this.#form.querySelectorAll<HTMLInputElement>('[data-rows="sheet-lines"] input')].map(({ value }) => Number(value) || 0)
  }

  /** The number of people is that of all answers, unless somebody has said another. */
  #sum(): void {
    const voters = this.#form.querySelector<HTMLInputElement>("[name=voters]")!
    if (document.activeElement === voters) voters.dataset["own"] = ""
    if (!("own" in voters.dataset)) voters.value = String(this.#numbers().reduce((sum, n) => sum + n, 0))
  }

  #submit(event: SubmitEvent): void {
    if (event.target !== this.#form) return
    event.preventDefault()
    const numbers = this.#numbers()
    const value = (name: string): string => (this.#form.elements.namedItem(name) as HTMLInputElement).value
    const lines = this.#lines.map(({ answer }, index) => [answer, numbers[index]])
    const fields = { poll: value("poll"), channel: value("channel"), lines, voters: Number(value("voters")) }
    this.room.do("polls.enter", fields).then(
      () => this.#begin(),
      ({ code }: NotDone) => this.#complain(refusal(this, code)),
    )
  }

  #begin(): void {
    this.#form.reset()
    delete this.#form.querySelector<HTMLInputElement>("[name=voters]")!.dataset["own"]
    this.#complain("")
    this.update()
  }

  #complain(why: string): void {
    const place = this.piece("sheet-refusal")
    if (place) place.textContent = why
    hide(place, !why)
  }

  #fill(row: HTMLElement, sheet: Sheet): void {
    const poll = this.find<Poll>(`polls.poll/${sheet.poll}`)!
    const mine = sheet.person === this.room.you?.id
    fill(row, { question: poll.plan.question, name: sheet.name, second: sheet.second_name })
    say(row, "voters", { n: sheet.voters })
    assign(row, "sheet", sheet.id)
    mark(row, [sheet.channel, ...(sheet.second ? ["confirmed"] : ["waits", mine ? "mine" : "theirs"])])
    const lines = sheet.lines.map(([answer, n], index) => ({ id: String(index), words: wordsOf(poll.plan.form, answer), n }))
    rows(row.querySelector('[data-rows="lines"]'), lines, ({ id }) => id, (each, { words, n }) =>
      fill(each, { option: this.#said(words), n: number(n) }),
    )
  }

  #said(words: string): string {
    return word(this, `answer-${words}`) || words
  }
}

const COUNTED: ReadonlySet<string> = new Set(["open", "closing", "closed"])

/** What can be counted by raising hands: one number for each line. */
function linesOf(form: AnyForm): Line[] {
  const line = (words: string, answer: AnyAnswer): Line => ({ id: words, words, answer })
  switch (form.kind) {
    case "single":
      return names(form).map((words, index) => line(words, index))
    case "yes_no":
      return names(form).map((words) => line(words, words))
    case "multiple":
      return form.least > 1 ? [] : names(form).map((words, index) => line(words, [index]))
    case "approval":
    case "budget":
      return names(form).map((words, index) => line(words, [index]))
    case "scale":
      return Array.from({ length: form.steps }, (_, index) => line(String(index + 1), index + 1))
    default:
      return []
  }
}

function wordsOf(form: AnyForm, answer: AnyAnswer): string {
  const key = JSON.stringify(answer)
  return linesOf(form).find((each) => JSON.stringify(each.answer) === key)?.words ?? key
}

customElements.define("room-sheets", RoomSheets)
