/** Figures: how a vote's count is shown, and its turnout told. Markup: templates/votes/figure.html */

import { fill, hide, say } from "../room/dom"
import type { AnyOutcome, Part, Poll, Running, Turnout } from "../room/records"
import { draw as drawOutcome } from "../votes/figures"
import type { Breakdown } from "../votes/figures"

/** A count, and its parts as far as they may be told. */
export interface Count {
  readonly outcome: AnyOutcome
  readonly parts: readonly Part[]
}

/** The running count, for those who may see it. */
export function counted({ outcome }: Running): Count {
  return { outcome, parts: [] }
}

/** Draw the count of this poll into a `figure`. */
export function draw(figure: HTMLElement | null, { plan }: Poll, { outcome, parts }: Count): void {
  if (!figure) return
  fill(figure, { question: plan.question })
  drawOutcome(figure, plan.form, outcome, breakdown(parts))
  hide(figure.querySelector('[data-piece="unsplit"]'), parts.every((part) => part.outcome))
}

/** The outcome of each place; nothing where that could tell how somebody voted. */
export function breakdown(parts: readonly Part[]): Breakdown | undefined {
  const places = parts.filter(({ name }) => !name.includes(":"))
  if (!places.length || places.some(({ outcome }) => !outcome)) return undefined
  return Object.fromEntries(places.map(({ name, outcome }) => [name, outcome!]))
}

type Numbers = Pick<Turnout, "hall" | "remote"> & Partial<Pick<Turnout, "kiosk" | "paper" | "entitled">>

/** Say how many have voted, in all and from each place, and how many might. */
export function sayTurnout(root: Element, turnout: Numbers | undefined): void {
  const { hall, remote, kiosk = 0, paper = 0, entitled = 0 } = turnout ?? { hall: 0, remote: 0 }
  const numbers = { votes: hall + remote + kiosk + paper, hall, remote, kiosk, paper, entitled }
  for (const [name, n] of Object.entries(numbers)) say(root, name, { n })
  for (const name of ["kiosk", "paper", "entitled"] as const)
    for (const sign of root.querySelectorAll<HTMLElement>(`[data-sign="${name}"]`)) hide(sign, numbers[name] === 0)
}

/** Where a vote stands, for those who do not count it: after the close they wait for the result. */
export function stepOf({ status }: Poll): Poll["status"] {
  return status === "closing" || status === "counting" ? "closed" : status
}

/** Seconds until a vote closes, or until ballots on their way are waited for no longer; nothing where
 * neither has a time. */
export function secondsLeft({ status, ends_at, until }: Poll, now: number): number | undefined {
  const end = status === "closing" ? until : status === "open" ? ends_at : 0
  return end ? Math.max(0, Math.ceil(end - now)) : undefined
}

/** Whether a vote has ended, whether or not it is counted. */
export function isOver(status: Poll["status"]): boolean {
  return status !== "draft" && status !== "open"
}
