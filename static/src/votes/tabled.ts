/** Tables in words: the rows of an outcome with their codes put into the page's language. */

import { attribute, rows, text } from "../room/dom"
import type { AnyForm, AnyOutcome } from "../room/records"
import { locales, percent, word } from "../room/words"
import { amounts } from "./bars"
import type { Breakdown } from "./bars"
import { euros } from "./euros"
import type { Cell, Table } from "./tables"

const SHARES = ["share", "bridging"]
const NAMES = ["option", "statement", "proposal", "text", "word", "area", "from"] // what a row is about
const CODED = ["state", "from"]

/** The table with a column more for each place, where the outcome can be split. */
export function withPlaces({ header, rows }: Table, outcome: AnyOutcome, breakdown: Breakdown | undefined): Table {
  if (!breakdown || !amounts(outcome)) return { header, rows }
  const places = Object.entries(breakdown)
  return {
    header: [...header, ...places.map(([place]) => `place-${place}`)],
    rows: rows.map((row, at) => [...row, ...places.map(([, each]) => amounts(each)?.[at] ?? 0)]),
  }
}

/** Fill a head and a body of a figure with a table. */
export function fillTable(figure: HTMLElement, head: string, body: string, { header, rows: all }: Table, form: AnyForm): void {
  const cells = (row: Element | null, values: readonly string[], role?: string): void => {
    const items = values.map((cell, index) => ({ cell, index }))
    rows(row, items, ({ index }) => String(index), (element, { cell, index }) => {
      text(element, cell)
      attribute(element, "role", NAMES.includes(header[index]!) ? role : undefined)
    })
  }
  cells(figure.querySelector(`[data-rows="${head}"]`), header.map((code) => title(figure, code)))
  const items = all.map((row, index) => ({ row, index }))
  rows(figure.querySelector(`[data-rows="${body}"]`), items, ({ index }) => String(index), (element, { row }) => {
    cells(element, row.map((cell, at) => told(figure, form, header[at]!, cell)), "rowheader")
  })
}

/** An option as people read it: the choices for and against are codes. */
export function nameOf(figure: HTMLElement, form: AnyForm, option: string): string {
  return form.kind === "yes_no" ? word(figure, option) : option
}

export function decimal(value: number): string {
  return new Intl.NumberFormat(locales(), { maximumFractionDigits: 2 }).format(value)
}

/** A column's title: `round:2` is the second round. */
function title(figure: HTMLElement, code: string): string {
  if (code.startsWith("place-")) return word(figure, code)
  const [name = "", n] = code.split(":")
  return word(figure, `column-${name}`, n === undefined ? {} : { n: Number(n) })
}

function told(figure: HTMLElement, form: AnyForm, column: string, cell: Cell): string {
  if (cell === null) return "–"
  if (typeof cell === "number") return SHARES.includes(column) ? percent(cell) : column === "cost" ? euros(cell) : decimal(cell)
  if (column === "from") return word(figure, `column-${cell}`)
  if (CODED.includes(column) || (column === "option" && cell === "exhausted")) return word(figure, cell)
  return column === "option" ? nameOf(figure, form, cell) : cell
}
