/** Bars: the outcomes that are one length for each option. */

import type { AnyForm, AnyOutcome } from "../room/records"
import { names } from "./forms"
import type { FormOf, OutcomeOf } from "./forms"
import { share, table } from "./tables"

/** The outcome of each place: hall, remote, kiosk, paper. */
export type Breakdown = Readonly<Record<string, AnyOutcome>>

export interface Bar {
  readonly id: string
  readonly index: number
  readonly option: string
  readonly n: number
  readonly unit: "votes" | "points" | "score"
  /** The share that is told; and that which is drawn. */
  readonly part: number | undefined
  readonly share: number
  readonly first: boolean
  readonly places: Readonly<Record<string, number>> | undefined
  readonly state?: string
  readonly cost?: number
}

/** The bars of an outcome, in the order in which they are shown; none for other shapes. */
export function barsOf(form: AnyForm, outcome: AnyOutcome, breakdown: Breakdown | undefined): Bar[] {
  switch (outcome.shape) {
    case "shares":
    case "allotted":
      return shares(form, outcome, breakdown)
    case "scores":
      return scores(form, outcome)
    case "rounds":
      return lastRound(form, outcome)
    case "funded":
      return funded(form as FormOf<"budget">, outcome, breakdown)
    default:
      return []
  }
}

/** How many chose each option, or points: what can be split by place. */
export function amounts(outcome: AnyOutcome): readonly number[] | undefined {
  if (outcome.shape === "shares" || outcome.shape === "funded") return outcome.votes
  return outcome.shape === "allotted" ? outcome.points : undefined
}

function shares(form: AnyForm, outcome: OutcomeOf<"shares"> | OutcomeOf<"allotted">, breakdown: Breakdown | undefined): Bar[] {
  const all = amounts(outcome)!
  const told = table(outcome, form).rows.map((row) => row[2])
  const most = Math.max(...all.filter((_, index) => told[index] !== null)) // abstentions are no votes cast
  const base = outcome.shape === "shares" ? outcome.base : all.reduce((a, b) => a + b, 0)
  return names(form).map((option, index) => {
    const n = all[index]!
    const unit = outcome.shape === "shares" ? "votes" : "points"
    const part = told[index] ?? undefined
    const first = n > 0 && n === most && part !== undefined
    return { ...bar(index, option, n), unit, part: part as number | undefined, share: part === undefined ? 0 : share(n, base), first, places: split(index, breakdown) }
  })
}

function scores(form: AnyForm, { scores, order, winners, voters }: OutcomeOf<"scores">): Bar[] {
  const best = voters * (scores.length - 1)
  return order.flat().map((index) => {
    const n = scores[index]!
    return { ...bar(index, names(form)[index]!, n), unit: "score", part: undefined, share: share(n, best), first: winners.includes(index), places: undefined }
  })
}

function lastRound(form: AnyForm, { rounds, order, winners }: OutcomeOf<"rounds">): Bar[] {
  const { votes } = rounds.at(-1)!
  const left = order.flat().filter((index) => !rounds.some(({ out }) => out.includes(index)))
  const counting = votes.reduce((a, b) => a + b, 0)
  return left.map((index) => {
    const part = share(votes[index]!, counting)
    return { ...bar(index, names(form)[index]!, votes[index]!), unit: "votes", part, share: part, first: winners.includes(index), places: undefined }
  })
}

function funded({ proposals }: FormOf<"budget">, { votes, funded, tied, voters }: OutcomeOf<"funded">, breakdown: Breakdown | undefined): Bar[] {
  const rest = proposals.map((_, index) => index).filter((index) => !funded.includes(index) && !tied.includes(index))
  rest.sort((a, b) => votes[b]! - votes[a]! || a - b)
  return [...funded, ...tied, ...rest].map((index) => {
    const part = share(votes[index]!, voters)
    const first = funded.includes(index)
    const state = first ? "funded" : tied.includes(index) ? "tied" : "not-funded"
    const { title, cost } = proposals[index]!
    return { ...bar(index, title, votes[index]!), unit: "votes", part, share: part, first, places: split(index, breakdown), state, cost }
  })
}

function bar(index: number, option: string, n: number): Pick<Bar, "id" | "index" | "option" | "n"> {
  return { id: String(index), index, option, n }
}

function split(index: number, breakdown: Breakdown | undefined): Record<string, number> | undefined {
  if (!breakdown) return undefined
  const found = Object.entries(breakdown).map(([place, outcome]) => [place, amounts(outcome)?.[index] ?? 0] as const)
  return Object.fromEntries(found)
}
