/** An outcome as rows, as `table` in workshop/features/polls/outcomes.py has them: codes in the header,
 * which templates put into words. */

import type { AnyForm, AnyOutcome, Round } from "../room/records"
import { names } from "./forms"
import type { FormOf, OutcomeOf } from "./forms"

export type Cell = string | number | null

export interface Table {
  readonly header: readonly string[]
  readonly rows: readonly (readonly Cell[])[]
}

export function table(outcome: AnyOutcome, form: AnyForm): Table {
  const options = names(form)
  switch (outcome.shape) {
    case "shares":
      return ofShares(outcome, form, options)
    case "allotted":
      return ofPoints(outcome, options)
    case "scores":
      return ofScores(outcome, options)
    case "rounds":
      return ofRounds(outcome, options)
    case "rated":
      return ofRatings(outcome, options)
    case "histogram":
      return ofNumbers(outcome)
    case "texts":
      return { header: ["text"], rows: outcome.texts.map((text) => [text]) }
    case "cloud":
      return { header: ["word", "people"], rows: outcome.words.map(({ word, n }) => [word, n]) }
    case "opinions":
      return ofOpinions(outcome, options)
    case "funded":
      return ofFunded(outcome, form as FormOf<"budget">)
    case "pins":
      return { header: ["x", "y", "pins"], rows: outcome.spots.map(({ x, y, n }) => [x, y, n]) }
  }
}

/** The place of each option, from 1; those who are tied share one, and the next are left out. */
export function places(order: readonly (readonly number[])[]): Map<number, number> {
  const found = new Map<number, number>()
  for (const tied of order) {
    const place = found.size + 1
    for (const option of tied) found.set(option, place)
  }
  return found
}

export function share(n: number, of: number): number {
  return of ? n / of : 0
}

function ofShares({ votes, base }: OutcomeOf<"shares">, form: AnyForm, options: readonly string[]): Table {
  const rows = votes.map((n, at) => [options[at]!, n, options[at] === "abstain" && form.kind === "yes_no" ? null : share(n, base)])
  return { header: ["option", "votes", "share"], rows }
}

function ofPoints({ points, givers }: OutcomeOf<"allotted">, options: readonly string[]): Table {
  const given = points.reduce((a, b) => a + b, 0)
  return { header: ["option", "points", "share", "givers"], rows: points.map((n, at) => [options[at]!, n, share(n, given), givers[at]!]) }
}

function ofScores({ order, scores }: OutcomeOf<"scores">, options: readonly string[]): Table {
  const place = places(order)
  return { header: ["place", "option", "score"], rows: order.flat().map((each) => [place.get(each)!, options[each]!, scores[each]!]) }
}

function ofRounds({ order, rounds }: OutcomeOf<"rounds">, options: readonly string[]): Table {
  const place = places(order)
  const rows: Cell[][] = order.flat().map((each) => [place.get(each)!, options[each]!, ...byRound(rounds, each)])
  const exhausted: Cell[] = [null, "exhausted", ...rounds.map((round) => round.exhausted)]
  return { header: ["place", "option", ...rounds.map((_, n) => `round:${n + 1}`)], rows: [...rows, exhausted] }
}

/** An option's votes in each round, and nothing once it is out. */
function byRound(rounds: readonly Round[], option: number): Cell[] {
  const last = rounds.findIndex(({ out }) => out.includes(option))
  return rounds.map(({ votes }, n) => (last >= 0 && n > last ? null : votes[option]!))
}

function ofRatings(outcome: OutcomeOf<"rated">, things: readonly string[]): Table {
  const { counts, cannot_say, mean, median } = outcome
  const steps = counts[0]!.map((_, n) => `step:${n + 1}`)
  const rows = counts.map((each, at) => [things[at]!, ...each, cannot_say[at]!, mean[at]!, median[at]!])
  return { header: ["option", ...steps, "cannot-say", "mean", "median"], rows }
}

function ofNumbers(outcome: OutcomeOf<"histogram">): Table {
  const { edges, counts, voters } = outcome
  const bins = counts.map((n, at) => [edges[at]!, edges[at + 1]!, n, share(n, voters)])
  const summary = (["mean", "median", "least", "most"] as const).map((name) => [name, null, outcome[name], null])
  return { header: ["from", "below", "votes", "share"], rows: [...bins, ...summary] }
}

function ofOpinions(outcome: OutcomeOf<"opinions">, claims: readonly string[]): Table {
  const { agree, disagree, passed, bridging } = outcome
  const rows = claims.map((claim, at) => [claim, agree[at]!, disagree[at]!, passed[at]!, bridging[at]!])
  return { header: ["statement", "agree", "disagree", "pass", "bridging"], rows }
}

function ofFunded({ votes, funded, tied }: OutcomeOf<"funded">, { proposals }: FormOf<"budget">): Table {
  const state = (at: number): string => (funded.includes(at) ? "funded" : tied.includes(at) ? "tied" : "not-funded")
  const rows = proposals.map(({ title, commune, theme, cost }, at) => [title, commune, theme, cost, votes[at]!, state(at)])
  return { header: ["proposal", "commune", "theme", "cost", "votes", "state"], rows }
}
