/** Counting methods, as in workshop/features/polls/methods.py, which says why they are as they are. */

import type { Round } from "../room/records"

/** Rankings, and how many people gave each. */
export type Ranked = readonly (readonly [readonly number[], number])[]

/** How often each number was given. */
export type Counts = ReadonlyMap<number, number>

type Pile = { readonly ranked: readonly number[]; next: number; readonly times: number }[]

/** The score of each option: a point for each ranked below it, half a point for each that is tied. */
export function borda(ballots: Ranked, options: number): number[] {
  const halves = new Array<number>(options).fill(0)
  let leftOut = 0
  for (const [ranked, times] of ballots) {
    const tied = options - ranked.length - 1
    leftOut += tied * times
    ranked.forEach((option, place) => (halves[option]! += (2 * (options - 1 - place) - tied) * times))
  }
  return halves.map((each) => (each + leftOut) / 2)
}

/** The options, the best first; those with the same score together. */
export function byScore(scores: readonly number[]): number[][] {
  return together(scores.map((_, option) => option), (a, b) => scores[b]! - scores[a]!)
}

/** The rounds of an instant run-off. */
export function runoff(ballots: Ranked, options: number): Round[] {
  const piles = new Map<number, Pile>(Array.from({ length: options }, (_, option) => [option, []]))
  const rounds: { votes: number[]; exhausted: number; out: number[] }[] = []
  let moving: Pile = ballots.map(([ranked, times]) => ({ ranked, next: 0, times }))
  let exhausted = 0
  for (;;) {
    exhausted += deal(moving, piles)
    const votes = Array.from({ length: options }, (_, option) => ballotsIn(piles.get(option)))
    rounds.push({ votes, exhausted, out: [] })
    const out = ranks(rounds, [...piles.keys()]).at(-1)!
    if (2 * Math.max(...votes) > votes.reduce((a, b) => a + b, 0) || out.length === piles.size) return rounds
    rounds.at(-1)!.out.push(...out)
    moving = out.flatMap((option) => piles.get(option)!)
    for (const option of out) piles.delete(option)
  }
}

function deal(ballots: Pile, piles: Map<number, Pile>): number {
  let exhausted = 0
  for (const ballot of ballots) {
    while (ballot.next < ballot.ranked.length && !piles.has(ballot.ranked[ballot.next]!)) ballot.next++
    const pile = piles.get(ballot.ranked[ballot.next]!)
    if (pile) pile.push(ballot)
    else exhausted += ballot.times
  }
  return exhausted
}

function ballotsIn(pile: Pile = []): number {
  return pile.reduce((sum, { times }) => sum + times, 0)
}

/** Options that are still in, by the latest round that tells them apart. */
function ranks(rounds: readonly Round[], options: readonly number[]): number[][] {
  return together(options, (a, b) => {
    const telling = [...rounds].reverse().find(({ votes }) => votes[a] !== votes[b])
    return telling ? telling.votes[b]! - telling.votes[a]! : 0
  })
}

/** All options of a run-off: those in the last round, then those who went out, latest first. */
export function order(rounds: readonly Round[]): number[][] {
  const gone = rounds.map(({ out }) => [...out]).filter(({ length }) => length > 0)
  const left = rounds[0]!.votes.map((_, option) => option).filter((option) => !gone.some((out) => out.includes(option)))
  return [...ranks(rounds, left), ...gone.reverse()]
}

/** The options in this order; those that it does not tell apart in one list. */
function together(options: readonly number[], compare: (a: number, b: number) => number): number[][] {
  const found: number[][] = []
  for (const option of [...options].sort((a, b) => compare(a, b) || a - b)) {
    const last = found.at(-1)
    if (last && compare(last[0]!, option) === 0) last.push(option)
    else found.push([option])
  }
  return found
}

export function mean(counts: Counts): number | null {
  let [sum, n] = [0, 0]
  for (const [value, times] of counts) [sum, n] = [sum + value * times, n + times]
  return n ? sum / n : null
}

export function median(counts: Counts): number | null {
  const n = [...counts.values()].reduce((a, b) => a + b, 0)
  return n ? (nth(counts, Math.floor((n - 1) / 2)) + nth(counts, Math.floor(n / 2))) / 2 : null
}

/** The number at place n, from 0, when all are put in order. */
function nth(counts: Counts, n: number): number {
  for (const [value, times] of [...counts].sort(([a], [b]) => a - b)) {
    n -= times
    if (n < 0) return value
  }
  throw new RangeError(`no number at place ${n}`)
}

/** Edges of the narrowest equal bins that are no more than `atMost`, of a width in 1, 2, 5, 10, …
 * times `narrowest`. */
export function edges(least: number, most: number, atMost: number, narrowest: number): number[] {
  const width = widths(narrowest).find((each) => Math.floor(most / each) - Math.floor(least / each) < atMost)!
  const [first, last] = [Math.floor(least / width) * width, Math.floor(most / width) * width]
  return Array.from({ length: (last - first) / width + 2 }, (_, at) => first + at * width)
}

function widths(narrowest: number): number[] {
  return Array.from({ length: 16 }, (_, power) => [1, 2, 5].map((times) => narrowest * 10 ** power * times)).flat()
}

/** Of all pairs who opposed one another on another statement, the share who both agree with this
 * one. Each set of people is a row of zeros and ones. */
export function bridging(agree: readonly Uint8Array[], disagree: readonly Uint8Array[]): (number | null)[] {
  const opposed = agree.map((forIt, at) => both(forIt, forIt) * both(disagree[at]!, disagree[at]!))
  const pairs = opposed.reduce((a, b) => a + b, 0)
  return agree.map((fans, at) => {
    const joined = agree.reduce((sum, forIt, other) => sum + both(fans, forIt) * both(fans, disagree[other]!), 0)
    return pairs - opposed[at]! ? joined / (pairs - opposed[at]!) : null
  })
}

/** How many people are in both sets. */
function both(some: Uint8Array, others: Uint8Array): number {
  let n = 0
  for (let at = 0; at < some.length; at++) n += some[at]! & others[at]!
  return n
}

/** What an envelope pays for: by votes, among equals the cheaper first. */
export function greedy(
  votes: readonly number[],
  costs: readonly number[],
  envelope: number,
): { funded: number[]; tied: number[]; spent: number } {
  const [funded, tied]: [number[], number[]] = [[], []]
  let [free, spent] = [envelope, 0]
  const wanted = votes.flatMap((n, option) => (n ? [option] : []))
  for (const alike of together(wanted, (a, b) => votes[b]! - votes[a]! || costs[a]! - costs[b]!)) {
    const cost = costs[alike[0]!]!
    const fit = Math.min(Math.floor(free / cost), alike.length)
    free -= fit * cost
    if (fit < alike.length) tied.push(...(fit ? alike : []))
    else funded.push(...alike)
    if (fit === alike.length) spent += fit * cost
  }
  return { funded, tied, spent }
}
