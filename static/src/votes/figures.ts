/** Figures: how the outcome of a vote is drawn and told. Markup: templates/votes/figure.html */

import { attribute, fill, hide, mark, rows, rowsOf, slot, text } from "../room/dom"
import type { AnyForm, AnyOutcome } from "../room/records"
import { listed, percent, word } from "../room/words"
import { badge } from "./badge"
import { barsOf } from "./bars"
import type { Bar, Breakdown } from "./bars"
import { euros } from "./euros"
import type { FormOf, OutcomeOf } from "./forms"
import { names } from "./forms"
import { drawPins } from "./pins"
import { share, table } from "./tables"
import { decimal, fillTable, nameOf, withPlaces } from "./tabled"

export type { Breakdown } from "./bars"

const BRIDGES = 0.5 // a statement is marked when half of those who oppose one another agree with it
const MOST_WORDS = 150 // of a cloud; an export has them all
const SEGMENTS = { hall: ".seg.hall", remote: ".seg.remote", kiosk: ".seg.kiosk", paper: ".seg.slip" }

/** Draw the outcome of a vote of this form into a figure. `breakdown` is the outcome of each place,
 * and nothing where that could name people. */
export function draw(figure: HTMLElement | null, form: AnyForm, outcome: AnyOutcome, breakdown?: Breakdown): void {
  if (!figure) return
  turn(figure, `${form.kind} ${outcome.shape}`)
  mark(figure, facts(form, outcome, breakdown))
  drawn(figure, form, outcome, breakdown)
  text(figure.querySelector('[data-piece="said"]'), said(figure, form, outcome))
  text(figure.querySelector('[data-piece="method"]'), word(figure, `method-${outcome.method}`))
  const shown = withPlaces(table(outcome, form), outcome, breakdown)
  if (outcome.shape === "rounds") fillTable(figure, "rounds-head", "rounds", shown, form)
  else fillTable(figure, "head", "table", shown, form)
}

/** Of an outcome of another shape nothing stays behind, in sight or not. */
function turn(figure: HTMLElement, shape: string): void {
  if (figure.dataset["shape"] === shape) return
  figure.dataset["shape"] = shape
  for (const list of figure.querySelectorAll("[data-rows]")) for (const row of rowsOf(list)) row.remove()
}

/** Which parts of the markup are for this outcome. */
function facts(form: AnyForm, outcome: AnyOutcome, breakdown: Breakdown | undefined): string[] {
  const { shape } = outcome
  const split = breakdown && barsOf(form, outcome, breakdown).some(({ places }) => places)
  return [
    form.kind === "scale" ? "columns" : shape,
    ...(barsOf(form, outcome, undefined).length ? ["bars"] : []),
    ...(shape === "histogram" ? ["columns"] : []),
    ...(shape === "rounds" || shape === "texts" || shape === "cloud" ? [] : ["table"]),
    ...(split ? ["split", ...Object.keys(breakdown)] : []),
  ]
}

function drawn(figure: HTMLElement, form: AnyForm, outcome: AnyOutcome, breakdown: Breakdown | undefined): void {
  const bars = barsOf(form, outcome, breakdown)
  rows(figure.querySelector('[data-rows="bars"]'), bars, ({ id }) => id, (row, bar) => drawBar(figure, row, bar, form))
  if (form.kind === "scale" && outcome.shape === "rated") drawColumns(figure, stepsOf(outcome.counts[0]!))
  else if (outcome.shape === "rated") drawRated(figure, form, outcome)
  if (outcome.shape === "histogram") drawColumns(figure, binsOf(figure, outcome))
  if (outcome.shape === "opinions") drawOpinions(figure, form, outcome)
  if (outcome.shape === "texts") list(figure, "texts", outcome.texts.map((text) => ({ text })))
  if (outcome.shape === "cloud") drawCloud(figure, outcome)
  if (outcome.shape === "funded") drawEnvelope(figure, form as FormOf<"budget">, outcome)
  if (outcome.shape === "pins") void drawPins(figure, form as FormOf<"map">, outcome)
}

function drawBar(figure: HTMLElement, row: HTMLElement, bar: Bar, form: AnyForm): void {
  const { index, n, unit, part, share, first, state, cost } = bar
  badge(row, index)
  row.querySelector(".badge")?.classList.toggle("vh", form.kind === "yes_no") // for and against have no letters
  attribute(row, "data-no-part", unit === "votes" && part === undefined ? "" : undefined)
  const told = [unit === "score" ? decimal(n) : word(figure, `n-${unit}`, { n }), ...(part === undefined ? [] : [percent(part)])]
  fill(row, { option: nameOf(figure, form, bar.option), told: told.join(" · ") })
  tag(row, "state", state ? word(figure, state) : "")
  tag(row, "more", cost === undefined ? "" : word(figure, "cost", { cost: euros(cost) }))
  slot(row, "state")?.classList.toggle("pub", state === "funded")
  slot(row, "state")?.classList.toggle("done", state === "not-funded")
  attribute(row, "data-first", first ? "" : undefined)
  row.querySelector<HTMLElement>(".split")!.style.setProperty("--w", `${Math.min(1, share) * 100}%`)
  for (const [place, segment] of Object.entries(SEGMENTS)) measure(row, segment, bar.places?.[place] ?? 0)
  measure(row, ".seg.whole", bar.places ? 0 : n)
}

function tag(row: HTMLElement, name: string, told: string): void {
  text(slot(row, name), told)
  hide(slot(row, name), !told)
}

function measure(row: HTMLElement, segment: string, n: number): void {
  const found = row.querySelector<HTMLElement>(segment)
  found?.style.setProperty("--n", String(n))
  hide(found, n === 0)
}

interface Column {
  readonly step: string
  readonly n: number
}

function drawRated(figure: HTMLElement, form: AnyForm, outcome: OutcomeOf<"rated">): void {
  const items = outcome.counts.map((counts, index) => ({ counts, index, option: names(form)[index]! }))
  rows(figure.querySelector('[data-rows="rated"]'), items, ({ index }) => String(index), (row, { counts, index, option }) => {
    badge(row, index)
    fill(row, { option, told: middle(figure, "mean-median", outcome.mean[index]!, outcome.median[index]!) })
    drawColumns(row, stepsOf(counts))
  })
}

function stepsOf(counts: readonly number[]): Column[] {
  return counts.map((n, at) => ({ step: decimal(at + 1), n }))
}

function binsOf(figure: HTMLElement, { edges, counts }: OutcomeOf<"histogram">): Column[] {
  const ones = edges.every((edge) => Number.isInteger(edge)) && edges[1]! - edges[0]! === 1
  const step = (at: number): string => word(figure, "from-below", { from: decimal(edges[at]!), below: decimal(edges[at + 1]!) })
  return counts.map((n, at) => ({ n, step: ones ? decimal(edges[at]!) : step(at) }))
}

function drawColumns(around: HTMLElement, columns: readonly Column[]): void {
  const most = Math.max(1, ...columns.map(({ n }) => n))
  const items = columns.map((column, index) => ({ ...column, index }))
  rows(around.querySelector(':scope > [data-rows="columns"]'), items, ({ index }) => String(index), (row, { n, step }) => {
    fill(row, { n: decimal(n), step })
    row.querySelector<HTMLElement>("i")!.style.setProperty("--h", String(n / most))
  })
}

function drawOpinions(figure: HTMLElement, form: AnyForm, outcome: OutcomeOf<"opinions">): void {
  const { agree, disagree, passed, bridging } = outcome
  const items = names(form).map((option, index) => ({ option, index, bridging: bridging[index] ?? -1 }))
  items.sort((a, b) => b.bridging - a.bridging || agree[b.index]! - agree[a.index]! || a.index - b.index)
  rows(figure.querySelector('[data-rows="opinions"]'), items, ({ index }) => String(index), (row, { option, index, bridging }) => {
    const all = agree[index]! + disagree[index]! + passed[index]!
    const shares = { agree: share(agree[index]!, all), disagree: share(disagree[index]!, all), passed: share(passed[index]!, all) }
    const told = Object.fromEntries(Object.entries(shares).map(([name, n]) => [name, percent(n)]))
    fill(row, { option, told: word(figure, "opinions", told) })
    tag(row, "bridge", bridging >= BRIDGES ? word(figure, "bridge", { share: percent(bridging) }) : "")
    for (const [name, n] of Object.entries(shares)) measure(row, `.opinions > .${name}`, n)
  })
}

function drawCloud(figure: HTMLElement, { words }: OutcomeOf<"cloud">): void {
  const most = words[0]?.n ?? 1
  rows(figure.querySelector('[data-rows="cloud"]'), words.slice(0, MOST_WORDS), ({ word }) => word, (row, { word: said, n }) => {
    fill(row, { word: said, n: decimal(n) })
    row.style.setProperty("--n", String(n / most))
  })
}

function drawEnvelope(figure: HTMLElement, { envelope }: FormOf<"budget">, { spent }: OutcomeOf<"funded">): void {
  figure.querySelector<HTMLElement>(".envelope-bar > i")!.style.setProperty("--w", `${(100 * spent) / envelope}%`)
}

function list(figure: HTMLElement, name: string, items: readonly Readonly<Record<string, string>>[]): void {
  const numbered = items.map((item, index) => ({ item, index }))
  rows(figure.querySelector(`[data-rows="${name}"]`), numbered, ({ index }) => String(index), (row, { item }) => {
    for (const value of Object.values(item)) text(row, value)
  })
}

/** What the outcome comes to, in a sentence. */
function said(figure: HTMLElement, form: AnyForm, outcome: AnyOutcome): string {
  switch (outcome.shape) {
    case "scores":
    case "rounds":
      return winners(figure, outcome.winners.map((each) => names(form)[each]!))
    case "rated":
      return form.kind === "scale" ? scaled(figure, outcome) : ""
    case "histogram":
      return numbers(figure, outcome)
    case "funded":
      return spent(figure, form as FormOf<"budget">, outcome)
    case "texts":
      return answers(figure, outcome)
    case "cloud":
      return people(figure, outcome)
    case "pins":
      return word(figure, "n-pins", { n: outcome.points.length })
    default:
      return ""
  }
}

function answers(figure: HTMLElement, { texts, more }: OutcomeOf<"texts">): string {
  const told = word(figure, "n-answers", { n: texts.length + more })
  return more ? `${told} ${word(figure, "more-answers", { n: more })}` : told
}

function people(figure: HTMLElement, { voters, words, more }: OutcomeOf<"cloud">): string {
  const n = words.length + more - MOST_WORDS
  return [word(figure, "n-people", { n: voters }), n > 0 ? word(figure, "more-words", { n }) : ""].join(" ").trim()
}

function winners(figure: HTMLElement, found: readonly string[]): string {
  if (!found.length) return ""
  return word(figure, found.length > 1 ? "winners-tied" : "winner", { names: listed(found) })
}

function scaled(figure: HTMLElement, { mean, median, cannot_say }: OutcomeOf<"rated">): string {
  const n = cannot_say[0]!
  return [middle(figure, "middle", mean[0]!, median[0]!), n ? word(figure, "could-not-say", { n }) : ""].join(" ").trim()
}

function numbers(figure: HTMLElement, { mean, median, least, most }: OutcomeOf<"histogram">): string {
  if (least === null || most === null) return ""
  return `${middle(figure, "middle", mean, median)} ${word(figure, "range", { least: decimal(least), most: decimal(most) })}`
}

function middle(figure: HTMLElement, name: string, mean: number | null, median: number | null): string {
  return mean === null || median === null ? "" : word(figure, name, { mean: decimal(mean), median: decimal(median) })
}

function spent(figure: HTMLElement, { envelope }: FormOf<"budget">, outcome: OutcomeOf<"funded">): string {
  const told = word(figure, "spent", { spent: euros(outcome.spent), envelope: euros(envelope) })
  return outcome.tied.length ? `${told} ${word(figure, "funding-tied")}` : told
}
