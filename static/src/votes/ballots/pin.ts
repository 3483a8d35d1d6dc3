/** Ballots that put a pin on a map: by pointing, by arrow keys, by naming a place. */

import type { AnyAnswer } from "../../room/records"
import type { FormOf } from "../forms"
import { areaAt, lay } from "../maps/draw"
import { load, SIDE } from "../maps/map"
import { changed, listen, part, soFar } from "./kinds"
import type { Kind } from "./kinds"

const STEP = 10 // units of the map for an arrow key; 50 with Shift
const MOVES: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
}

export const map: Kind<FormOf<"map">> = {
  make(place, form) {
    delete place.dataset["pin"]
    soFar(place, "no-pin")
    void draw(place, form)
    listen(place, "click", (event) => pointed(place, event))
    listen(place, "keydown", (event) => pressed(place, event))
    listen(place, "change", (event) => named(place, event))
  },
  write: (place, _form, answer: AnyAnswer) => put(place, answer as readonly number[]),
  read: (place) => pin(place),
}

async function draw(place: HTMLElement, form: FormOf<"map">): Promise<void> {
  const laid = place.firstElementChild
  const { areas, places } = await load(form.map)
  if (place.firstElementChild !== laid) return // another ballot has come since
  lay(part(place, "[data-areas]"), areas)
  part(place, "[data-places]").append(...places.map(({ name, x, y }) => new Option(name, `${x} ${y}`)))
  if (pin(place)) put(place, pin(place)!)
}

function pin(place: HTMLElement): number[] | undefined {
  return place.dataset["pin"]?.split(" ").map(Number)
}

function put(place: HTMLElement, [x, y]: readonly number[]): void {
  place.dataset["pin"] = `${x} ${y}`
  const drawn = part<SVGGElement>(place, "[data-pin]")
  drawn.removeAttribute("hidden")
  drawn.setAttribute("transform", `translate(${x} ${y})`)
  const area = areaAt(part(place, "svg"), x!, y!)
  soFar(place, area ? "pin-in" : "pin-outside", { area: area ?? "" })
}

function move(place: HTMLElement, x: number, y: number): void {
  const within = (at: number): number => Math.max(0, Math.min(SIDE, Math.round(at)))
  put(place, [within(x), within(y)])
  changed(place)
}

function pointed(place: HTMLElement, event: MouseEvent): void {
  const svg = (event.target as Element).closest<SVGSVGElement>(".map svg")
  const matrix = svg?.getScreenCTM()
  if (!matrix) return
  const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse())
  move(place, x, y)
}

function pressed(place: HTMLElement, event: KeyboardEvent): void {
  const direction = MOVES[event.key]
  if (!direction || !(event.target as Element).matches(".map")) return
  event.preventDefault()
  const [x, y] = pin(place) ?? [SIDE / 2, SIDE / 2]
  const step = event.shiftKey ? 5 * STEP : STEP
  move(place, x! + direction[0] * step, y! + direction[1] * step)
}

function named(place: HTMLElement, event: Event): void {
  const select = (event.target as Element).closest<HTMLSelectElement>("[data-places]")
  const [x, y] = (select?.value ?? "").split(" ").map(Number)
  if (select?.value) move(place, x!, y!)
}
