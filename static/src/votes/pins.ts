/** Pins on a map, and how many stand in each of its areas. */

import { word } from "../room/words"
import type { FormOf, OutcomeOf } from "./forms"
import { areaAt, lay } from "./maps/draw"
import { load } from "./maps/map"
import { fillTable } from "./tabled"

const SVG = "http://www.w3.org/2000/svg"

/** What each figure was last asked to draw: a map takes a moment to come. */
const wanted = new WeakMap<HTMLElement, OutcomeOf<"pins">>()

/** Draw the map and a circle for each square with pins; and tell them by area in the table. */
export async function drawPins(figure: HTMLElement, form: FormOf<"map">, outcome: OutcomeOf<"pins">): Promise<void> {
  wanted.set(figure, outcome)
  const { areas } = await load(form.map)
  if (wanted.get(figure) !== outcome || !figure.querySelector(".map:not([hidden])")) return // another has come since
  const group = figure.querySelector("[data-areas]")!
  if (figure.dataset["map"] !== form.map) lay(group, areas)
  figure.dataset["map"] = form.map
  const { spots, side } = outcome
  figure.querySelector("[data-spots]")!.replaceChildren(...spots.map((spot) => circle(spot, side, spots)))
  fillTable(figure, "head", "table", byArea(figure, outcome), form)
}

/** A circle whose area is the number of pins. */
function circle({ x, y, n }: OutcomeOf<"pins">["spots"][number], side: number, spots: OutcomeOf<"pins">["spots"]): SVGGElement {
  const most = Math.max(...spots.map((spot) => spot.n))
  const drawn = document.createElementNS(SVG, "circle")
  drawn.setAttribute("cx", String(x + side / 2))
  drawn.setAttribute("cy", String(y + side / 2))
  drawn.setAttribute("r", String(10 + 30 * Math.sqrt(n / most)))
  const group = document.createElementNS(SVG, "g")
  group.append(drawn)
  if (most > 1) group.append(label(x + side / 2, y + side / 2, n))
  return group
}

function label(x: number, y: number, n: number): SVGTextElement {
  const told = document.createElementNS(SVG, "text")
  told.setAttribute("x", String(x))
  told.setAttribute("y", String(y))
  told.textContent = String(n)
  return told
}

function byArea(figure: HTMLElement, { points }: OutcomeOf<"pins">): { header: string[]; rows: [string, number][] } {
  const svg = figure.querySelector<SVGSVGElement>(".map svg")!
  const counts = new Map<string, number>()
  for (const [x, y] of points) {
    const area = areaAt(svg, x!, y!) ?? word(figure, "outside")
    counts.set(area, (counts.get(area) ?? 0) + 1)
  }
  return { header: ["area", "pins"], rows: [...counts].sort(([a, n], [b, m]) => m - n || a.localeCompare(b)) }
}
