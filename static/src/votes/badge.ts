/** The letter and the shape of an option, the same on ballots and in figures. */

import { attribute, fill } from "../room/dom"

const SHAPES = 4 // letters beyond D have no shape of their own

export function badge(root: Element, index: number): void {
  attribute(root.querySelector(".badge"), "data-shape", index < SHAPES ? String(index) : "letter")
  fill(root, { letter: letter(index) })
}

/** A to Z, then AA, AB, …: there may be fifty statements. */
export function letter(index: number): string {
  const last = String.fromCharCode(65 + (index % 26))
  return index < 26 ? last : letter(Math.floor(index / 26) - 1) + last
}
