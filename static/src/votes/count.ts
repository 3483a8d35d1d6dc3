/**
 * Counting in the browser, exactly as workshop/features/polls/counting.py does: whoever recounts the
 * opened ballots of a secret vote finds what the server found, to the last digit. Why each method
 * counts as it does is written there and in methods.py; both are tested on tests/vectors/votes.json.
 */

import type {
  Allotted,
  AnyAnswer,
  AnyForm,
  AnyOutcome,
  Cloud,
  Funded,
  Histogram,
  Opinions,
  Pins,
  Rated,
  Rounds,
  Scores,
  Shares,
} from "../room/records"
import { choices } from "./forms"
import type { FormOf } from "./forms"
import { borda, bridging, byScore, edges, greedy, mean, median, order, runoff } from "./methods"
import type { Counts, Ranked } from "./methods"

/** An answer, and how many people gave it. */
export interface Line {
  readonly answer: AnyAnswer
  readonly times: number
}

type Lines = readonly Line[]
type Indices = readonly number[]

const THOUSANDTHS = 1000
const MOST_BINS = 10
const MAP_SIDE = 1000
const GRID = 40

/** What people answered. `voters` is how many they are, if not as many as there are answers. */
export function count(form: AnyForm, lines: Lines, voters?: number): AnyOutcome {
  const present = lines.filter(({ times }) => times > 0)
  return counted(form, present, voters ?? total(present.map(({ times }) => times)))
}

function counted(form: AnyForm, lines: Lines, voters: number): AnyOutcome {
  switch (form.kind) {
    case "single":
      return plurality(form, lines, voters)
    case "multiple":
    case "approval":
      return { shape: "shares", voters, method: form.kind, votes: chosen(lines, form.options.length), base: voters }
    case "yes_no":
      return forAndAgainst(form, lines, voters)
    case "ranking":
      return form.method === "borda" ? scored(form, lines, voters) : decided(form, lines, voters)
    case "rating":
      return rated(form.steps, form.options.map((_, at) => sums(lines, ({ answer }) => (answer as Indices)[at]!)), voters)
    case "scale":
      return rated(form.steps, [sums(lines, ({ answer }) => answer as number)], voters)
    case "points":
      return allotted(form, lines, voters)
    case "number":
      return histogram(form, lines, voters)
    case "text":
      return { shape: "texts", voters, texts: repeated(lines).map(String).sort(bySign), method: "texts", more: 0 }
    case "words":
      return cloud(lines, voters)
    case "statements":
      return opinions(form, lines, voters)
    case "budget":
      return funded(form, lines, voters)
    case "map":
      return pins(lines, voters)
  }
}

function plurality(form: FormOf<"single">, lines: Lines, voters: number): Shares {
  const given = sums(lines, ({ answer }) => answer as number)
  const votes = form.options.map((_, option) => given.get(option) ?? 0)
  return { shape: "shares", voters, method: "plurality", votes, base: total(votes) }
}

function forAndAgainst(form: FormOf<"yes_no">, lines: Lines, voters: number): Shares {
  const given = sums(lines, ({ answer }) => answer as string)
  const votes = choices(form).map((choice) => given.get(choice) ?? 0)
  return { shape: "shares", voters, method: "yes_no", votes, base: total(votes.slice(0, 2)) }
}

function scored(form: FormOf<"ranking">, lines: Lines, voters: number): Scores {
  const scores = borda(ranked(lines), form.options.length)
  const order = byScore(scores)
  return { shape: "scores", voters, scores, order, winners: scores.some(Boolean) ? order[0]! : [], method: "borda" }
}

function decided(form: FormOf<"ranking">, lines: Lines, voters: number): Rounds {
  const rounds = runoff(ranked(lines), form.options.length)
  const places = order(rounds)
  const anyone = rounds.at(-1)!.votes.some(Boolean)
  return { shape: "rounds", voters, rounds, order: places, winners: anyone ? places[0]! : [], method: "runoff" }
}

function rated(steps: number, given: readonly Counts[], voters: number): Rated {
  const said = given.map((each) => new Map([...each].filter(([step]) => step > 0)))
  return {
    shape: "rated",
    voters,
    counts: said.map((each) => Array.from({ length: steps }, (_, step) => each.get(step + 1) ?? 0)),
    cannot_say: given.map((each) => each.get(0) ?? 0),
    mean: said.map(mean),
    median: said.map(median),
    method: "rating",
  }
}

function allotted(form: FormOf<"points">, lines: Lines, voters: number): Allotted {
  const of = (at: number, worth: (given: number) => number): number =>
    total(lines.map(({ answer, times }) => worth((answer as Indices)[at]!) * times))
  return {
    shape: "allotted",
    voters,
    points: form.options.map((_, at) => of(at, (given) => given)),
    givers: form.options.map((_, at) => of(at, (given) => (given ? 1 : 0))),
    method: "points",
  }
}

function histogram({ whole }: FormOf<"number">, lines: Lines, voters: number): Histogram {
  const given = sums(lines, ({ answer }) => Math.round((answer as number) * THOUSANDTHS))
  if (!given.size) return { shape: "histogram", voters, edges: [], counts: [], mean: null, median: null, least: null, most: null, method: "histogram" }
  const [least, most] = [Math.min(...given.keys()), Math.max(...given.keys())]
  const found = edges(least, most, MOST_BINS, whole ? THOUSANDTHS : 1)
  const width = found[1]! - found[0]!
  const counts = new Array<number>(found.length - 1).fill(0)
  for (const [value, times] of given) counts[Math.floor((value - found[0]!) / width)]! += times
  return {
    shape: "histogram",
    voters,
    edges: found.map(inUnits),
    counts,
    mean: inUnits(mean(given)!),
    median: inUnits(median(given)!),
    least: inUnits(least),
    most: inUnits(most),
    method: "histogram",
  }
}

function cloud(lines: Lines, voters: number): Cloud {
  const people = new Map<string, number>()
  const spellings = new Map<string, Map<string, number>>()
  for (const { answer, times } of lines) {
    const words = answer as readonly string[]
    for (const key of new Set(words.map(folded))) add(people, key, times)
    for (const word of words) {
      const key = folded(word)
      if (!spellings.has(key)) spellings.set(key, new Map())
      add(spellings.get(key)!, word, times)
    }
  }
  const words = frequent(people).map((key) => ({ word: frequent(spellings.get(key)!)[0]!, n: people.get(key)! }))
  return { shape: "cloud", voters, words, method: "words", more: 0 }
}

function opinions(form: FormOf<"statements">, lines: Lines, voters: number): Opinions {
  const answers = repeated(lines) as readonly (readonly string[])[]
  const who = (opinion: string): Uint8Array[] =>
    form.options.map((_, at) => Uint8Array.from(answers, (said) => (said[at] === opinion ? 1 : 0)))
  const [agree, disagree, passed] = [who("agree"), who("disagree"), who("pass")]
  return {
    shape: "opinions",
    voters,
    agree: agree.map(total),
    disagree: disagree.map(total),
    passed: passed.map(total),
    bridging: bridging(agree, disagree),
    method: "bridging",
  }
}

function funded({ proposals, envelope }: FormOf<"budget">, lines: Lines, voters: number): Funded {
  const votes = chosen(lines, proposals.length)
  const spending = greedy(votes, proposals.map(({ cost }) => cost), envelope)
  return { shape: "funded", voters, votes, ...spending, method: "greedy" }
}

function pins(lines: Lines, voters: number): Pins {
  const side = MAP_SIDE / GRID
  const points = (repeated(lines) as [number, number][]).sort(byPlace)
  const found = sums(points.map((answer) => ({ answer, times: 1 })), ({ answer }) => square(answer as Indices, side))
  const spots = [...found].map(([at, n]) => ({ x: Math.floor(at / MAP_SIDE), y: at % MAP_SIDE, n }))
  return { shape: "pins", voters, points, side, spots: spots.sort((a, b) => a.x - b.x || a.y - b.y), method: "pins" }
}

/** The square that a pin stands in, as one number; the last one holds the far edge too. */
function square([x, y]: Indices, side: number): number {
  const corner = (at: number): number => Math.min(Math.floor(at / side), GRID - 1) * side
  return corner(x!) * MAP_SIDE + corner(y!)
}

function byPlace([x, y]: Indices, [otherX, otherY]: Indices): number {
  return x! - otherX! || y! - otherY!
}

function chosen(lines: Lines, options: number): number[] {
  const votes = new Array<number>(options).fill(0)
  for (const { answer, times } of lines) for (const option of answer as Indices) votes[option]! += times
  return votes
}

function ranked(lines: Lines): Ranked {
  return lines.map(({ answer, times }) => [answer as Indices, times])
}

function repeated(lines: Lines): AnyAnswer[] {
  return lines.flatMap(({ answer, times }) => new Array<AnyAnswer>(times).fill(answer))
}

function sums<T>(lines: Lines, thing: (line: Line) => T): Map<T, number> {
  const found = new Map<T, number>()
  for (const line of lines) add(found, thing(line), line.times)
  return found
}

function add<T>(counts: Map<T, number>, thing: T, times: number): void {
  counts.set(thing, (counts.get(thing) ?? 0) + times)
}

function total(numbers: ArrayLike<number>): number {
  let sum = 0
  for (let at = 0; at < numbers.length; at++) sum += numbers[at]!
  return sum
}

function inUnits(thousandths: number): number {
  return thousandths / THOUSANDTHS
}

/** The most frequent first; of several, the first by its signs. */
function frequent(counts: ReadonlyMap<string, number>): string[] {
  return [...counts].sort(([a, n], [b, m]) => m - n || bySign(a, b)).map(([word]) => word)
}

/** A word as it is compared: without capitals and accents, and with one kind of apostrophe. */
function folded(word: string): string {
  return word.toLowerCase().replaceAll("\u2019", "'").normalize("NFD").replaceAll(/\p{Mn}/gu, "")
}

/** The order of Python: by whole signs, where JavaScript compares halves of surrogate pairs. */
function bySign(a: string, b: string): number {
  const [left, right] = [Array.from(a), Array.from(b)]
  for (let at = 0; at < Math.min(left.length, right.length); at++) {
    const apart = left[at]!.codePointAt(0)! - right[at]!.codePointAt(0)!
    if (apart) return apart
  }
  return left.length - right.length
}
