/** Axes, by which people are grouped, and the groups on them, as lists to choose from. */

import { assign, fill, rows, select, text } from "../room/dom"
import type { Axis, Belonging } from "../room/records"
import { locales } from "../room/words"

export type Grouped = Pick<Belonging, "groups" | "waiting">

export function sorted(axes: readonly Axis[]): Axis[] {
  const { compare } = new Intl.Collator(locales())
  return [...axes].sort((a, b) => compare(a.name, b.name))
}

/** Where someone who is in these groups is on an axis, or "". */
export function valueIn(axis: Axis, groups: readonly string[]): string {
  return axis.values.find((value) => groups.includes(`${axis.id}:${value}`)) ?? ""
}

/** These groups as people read them, in the order of the axes. */
export function groupsOf(axes: readonly Axis[], groups: readonly string[]): string[] {
  return groups.length ? axes.flatMap((axis) => valueIn(axis, groups) || []) : []
}

/** A form that says in which group of an axis someone is. */
export function offer(part: HTMLElement, axis: Axis, { groups, waiting }: Grouped): void {
  const list = part.querySelector<HTMLSelectElement>("select[name=value]")
  const fillOption = (option: HTMLElement, value: string): void => text(option, value)
  rows(list, axis.values, (value) => value, fillOption)
  fill(part, { axis: axis.name })
  assign(part, "axis", axis.id)
  select(list, valueIn(axis, [...groups, ...waiting]))
}
