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

