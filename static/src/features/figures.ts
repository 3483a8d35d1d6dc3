/** Figures: how a vote's count is drawn and told. Markup: templates/room/figure.html */

import { attribute, fill, hide, rows, say, slot } from "../room/dom"
import type { AnyOutcome, Part, Poll, Running, Turnout } from "../room/records"
import { number, percent, phrase } from "../room/words"

const SHAPES = 4 // letters beyond D have no shape of their own

/** One option's count; `split` is (hall, remote), or nothing where that could name people. */
interface Bar {
  readonly id: string
  readonly index: number
  readonly option: string
  readonly votes: number
  readonly share: number
  readonly split: readonly [number, number] | undefined
  readonly first: boolean
}

/** The count, and its parts where they may be told. */
export interface Count {
  readonly outcome: AnyOutcome
  readonly parts: readonly Part[]
}

/** The running count, for those who may see it. */
export function counted({ outcome }: Running): Count {
  return { outcome, parts: [] }
}

/** Draw the bars and fill the table of a `figure` for this poll. */
export function draw(figure: HTMLElement | null, poll: Poll, count: Count): void {
  if (!figure) return
  const bars = barsOf(poll, count)
  const split = bars.some((bar) => bar.split)
  fill(figure, { question: poll.plan.question })
  attribute(figure, "data-split", split ? "" : undefined)
  rows(figure.querySelector('[data-rows="bars"]'), bars, ({ id }) => id, drawBar)
  rows(figure.querySelector('[data-rows="table"]'), bars, ({ id }) => id, fillRow)
  hide(figure.querySelector('[data-piece="unsplit"]'), split)
}

/** Say how many have voted, in all and from each place. */
export function sayTurnout(root: Element, turnout: Pick<Turnout, "hall" | "remote"> | undefined): void {
  const { hall, remote } = turnout ?? { hall: 0, remote: 0 }
  say(root, "votes", { n: hall + remote })
  say(root, "hall", { n: hall })
  say(root, "remote", { n: remote })
}

/** Put the letter and the shape of the option at `index` into a badge. */
export function badge(root: Element, index: number): void {
  attribute(root.querySelector(".badge"), "data-shape", index < SHAPES ? String(index) : "letter")
  fill(root, { letter: letter(index) })
}

export function letter(index: number): string {
  return String.fromCharCode(65 + index)
}

function barsOf(poll: Poll, { outcome, parts }: Count): Bar[] {
  const votes = votesOf(outcome)
  const all = votes.reduce((sum, each) => sum + each, 0)
  const most = Math.max(...votes)
  const [hall, remote] = ["hall", "remote"].map((name) => parts.find((part) => part.name === name)?.outcome)
  return optionsOf(poll).map((option, index) => {
    const mine = votes[index] ?? 0
    const first = mine > 0 && mine === most
    const split = hall && remote ? ([votesOf(hall)[index] ?? 0, votesOf(remote)[index] ?? 0] as const) : undefined
    return { id: String(index), index, option, votes: mine, share: all ? mine / all : 0, split, first }
  })
}

function votesOf(outcome: AnyOutcome): readonly number[] {
  return outcome.shape === "shares" ? outcome.votes : []
}

/** Where a vote stands, for those who do not count it: after the close they wait for the result. */
export function stepOf({ status }: Poll): Poll["status"] {
  return status === "closing" || status === "counting" ? "closed" : status
}

/** Whether a vote has ended, whether or not it is counted. */
export function isOver(status: Poll["status"]): boolean {
  return status !== "draft" && status !== "open"
}

/** What is chosen from, where it is one list. */
export function optionsOf({ plan }: Poll): readonly string[] {
  return "options" in plan.form ? plan.form.options : []
}

function drawBar(row: HTMLElement, bar: Bar): void {
  badge(row, bar.index)
  fill(row, { option: bar.option, share: percent(bar.share) })
  tell(row, bar.votes)
  attribute(row, "data-first", bar.first ? "" : undefined)
  row.querySelector<HTMLElement>(".split")?.style.setProperty("--w", `${bar.share * 100}%`)
  measure(row, ".seg.hall", bar.split?.[0] ?? 0, bar.split !== undefined)
  measure(row, ".seg.remote", bar.split?.[1] ?? 0, bar.split !== undefined)
  measure(row, ".seg.whole", bar.votes, bar.split === undefined)
}

function tell(row: HTMLElement, n: number): void {
  const votes = slot(row, "votes")
  if (!votes) return
  const told = phrase(votes, { n })
  if (votes.textContent !== told) votes.textContent = told
}

function measure(row: HTMLElement, segment: string, n: number, shown: boolean): void {
  const found = row.querySelector<HTMLElement>(segment)
  found?.style.setProperty("--n", String(n))
  hide(found, !shown || n === 0)
}

function fillRow(row: HTMLElement, bar: Bar): void {
  const [hall, remote] = bar.split ?? []
  fill(row, {
    letter: letter(bar.index),
    option: bar.option,
    n: number(bar.votes),
    share: percent(bar.share),
    hall: hall === undefined ? "–" : number(hall),
    remote: remote === undefined ? "–" : number(remote),
  })
}
