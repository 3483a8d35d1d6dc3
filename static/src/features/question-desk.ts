/** The facilitators' queue of questions. Markup: templates/room/question_desk.html */

import { alike } from "../questions/alike"
import { compare } from "../questions/ranking"
import { standings } from "../questions/standing"
import type { Standing } from "../questions/standing"
import { assign, attribute, date, fill, mark, rows, say, slot, text } from "../room/dom"
import { RoomElement } from "../room/element"
import type { Question, Rules } from "../room/records"
import { number } from "../room/words"
import { answeredAt, askedBy } from "./question-facts"
import { DEFAULTS } from "./questions"
import { countUnread } from "./unread"

const QUEUES = ["review", "open", "answered", "away"] as const
type Queue = (typeof QUEUES)[number]

const OF: Readonly<Record<Question["state"], Queue>> = {
  held: "review",
  open: "open",
  answering: "open",
  answered: "answered",
  archived: "away",
  refused: "away",
  merged: "open",
}

class RoomQuestionDesk extends RoomElement {
  override readonly kinds = ["questions.question", "questions.supporters", "questions.rules", "stage.plenary"]

  #chosen: Queue = "open"
  #rules = ""
  #reviewed = 0

  protected override entered(signal: AbortSignal): void {
    this.addEventListener("click", (event) => this.#clicked(event.target as Element), { signal })
  }

  protected render(): void {
    const all = standings(this.all<Question>("questions.question"), this.room.records)
    const shown = all.filter(of(this.#chosen)).sort(this.#inOrder)
    this.#count(all)
    this.list("questions", shown, (row, each) => this.#fill(row, each, all))
    this.#showRules()
    const { open } = this.find<Rules>("questions.rules/rules") ?? DEFAULTS
    this.show(open ? "taken" : "closed", shown.length ? "some" : "none")
  }

  /** To review: as they came. To answer: by support, what is being answered first. The others: the last first. */
  get #inOrder(): (a: Standing, b: Standing) => number {
    if (this.#chosen === "review") return (a, b) => a.at - b.at
    if (this.#chosen !== "open") return (a, b) => b.question.answered_at - a.question.answered_at || b.at - a.at
    return (a, b) => answering(b) - answering(a) || compare("support")(a, b)
  }

  #count(all: readonly Standing[]): void {
    for (const queue of QUEUES) text(slot(this, queue), number(all.filter(of(queue)).length))
    for (const button of this.querySelectorAll<HTMLElement>("[data-queue]")) {
      attribute(button, "aria-pressed", String(button.dataset["queue"] === this.#chosen))
    }
    const review = all.filter(of("review")).length
    if (this.told && review > this.#reviewed) text(this.piece("announcer"), this.word("review", { n: review }))
    this.#reviewed = review
    countUnread("questions", review)
  }

  #fill(row: HTMLElement, standing: Standing, all: readonly Standing[]): void {
    const { id, question, merged, down, hall, remote } = standing
    fill(row, { text: question.text, name: question.name })
    date(row, question.at)
    for (const place of ["hall", "remote"] as const) say(row, place, { n: standing[place] })
    if (question.hands) say(row, "hands", { n: question.hands })
    if (down) say(row, "against", { n: down })
    if (question.answered_at) text(row.querySelector('[data-piece="answered"]'), answeredAt(this, this.room.records, question))
    attribute(row, "aria-current", question.state === "answering" ? "true" : undefined)
    assign(row, "question", id) // before the rows inside, whose forms are about others
    this.#merged(row, merged)
    this.#offer(row, standing, all)
    mark(row, [question.state, ...askedBy(question), ...facts(standing), ...(hall + remote ? ["supported"] : []), ...(down ? ["against"] : [])])
  }

  #merged(row: HTMLElement, merged: readonly Question[]): void {
    rows(row.querySelector('[data-rows="merged"]'), merged, ({ id }) => id, (item, each) => {
      fill(item, { other: each.text })
      assign(item, "question", each.id)
    })
  }

  /** What it may be merged into: by hand, any that can be supported; of these, what is like it is proposed. */
  #offer(row: HTMLElement, { id, text: asked, question }: Standing, all: readonly Standing[]): void {
    const mergeable = question.state === "held" || question.state === "open"
    const others = mergeable ? all.filter((each) => each.id !== id && (each.question.state === "open" || each.question.state === "answering")) : []
    const like = alike(asked, others.filter((each) => question.state === "held" || each.at < question.at), 2)
    rows(row.querySelector('[data-rows="alike"]'), like, (each) => each.id, (item, each) => {
      fill(item, { like: each.text })
      assign(item, "question", id)
      assign(item, "into", each.id)
    })
    rows(row.querySelector('[data-rows="targets"]'), others, (each) => each.id, (option, each) => {
      ;(option as HTMLOptionElement).value = each.id
      text(option, each.text)
    })
    const hands = row.querySelector<HTMLInputElement>("[name=hands]")
    if (hands && hands !== document.activeElement) hands.value = String(question.hands)
  }

  /** The form holds the rules as they are, until somebody changes them in it. */
  #showRules(): void {
    const rules = this.find<Rules>("questions.rules/rules") ?? DEFAULTS
    const now = JSON.stringify(rules)
    const form = this.piece<HTMLFormElement>("rules")
    if (!form || now === this.#rules) return
    this.#rules = now
    for (const name of ["open", "held", "anonymous", "against"] as const) {
      form.querySelector<HTMLInputElement>(`[name=${name}]`)!.checked = rules[name]
    }
    form.querySelector<HTMLSelectElement>("[name=asked_from]")!.value = rules.asked_from
  }

  #clicked(target: Element): void {
    const queue = QUEUES.find((each) => each === target.closest<HTMLElement>("[data-queue]")?.dataset["queue"])
    if (!queue) return
    this.#chosen = queue
    this.update()
  }
}

function of(queue: Queue): (standing: Standing) => boolean {
  return ({ question }) => OF[question.state] === queue
}

function answering({ question }: Standing): number {
  return question.state === "answering" ? 1 : 0
}

function facts({ question, merged }: Standing): string[] {
  const facts = []
  if (question.hands) facts.push("hands")
  if (question.state === "held" || (question.state === "open" && !merged.length)) facts.push("refusable")
  if (question.state === "held" || question.state === "open") facts.push("mergeable")
  return facts
}

customElements.define("room-question-desk", RoomQuestionDesk)
