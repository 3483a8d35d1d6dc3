/** What panels do to their markup: fill slots, keep rows, show what holds. Nothing jumps about. */

import { keepFocus } from "./focus"
import { phrase, timeOfDay } from "./words"
import type { Values } from "./words"

/** Set a text only where it differs: a screen reader and a selection notice every change. */
export function text(element: Element | null, value: string): void {
  if (element && element.textContent !== value) element.textContent = value
}

export function attribute(element: Element | null, name: string, value: string | undefined): void {
  if (!element || element.getAttribute(name) === (value ?? null)) return
  if (value === undefined) element.removeAttribute(name)
  else element.setAttribute(name, value)
}

export function hide(element: HTMLElement | null, hidden: boolean): void {
  if (!element || element.hidden === hidden) return
  if (hidden) keepFocus(element)
  element.hidden = hidden
}

/** Of two buttons in one place, show this one; the focus goes along. */
export function swap(shown: HTMLElement | null, hidden: HTMLElement | null): void {
  const focused = hidden !== null && hidden === document.activeElement
  hide(shown, false)
  if (focused) shown?.focus()
  hide(hidden, true)
}

export function slot(root: Element, name: string): HTMLElement | null {
  return root.querySelector<HTMLElement>(`[data-slot="${name}"]`)
}

export function fill(root: Element, values: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(values)) {
    for (const each of root.querySelectorAll(`[data-slot="${name}"]`)) text(each, value)
  }
}

/** Say the hour of a moment, in seconds, in the `<time>` of a row. */
export function date(row: Element, at: number): void {
  const time = slot(row, "at")
  text(time, timeOfDay(at))
  attribute(time, "datetime", new Date(at * 1000).toISOString())
}

/** Show a phrase with its values in every `[data-phrase="name"]`. The first time, its text in the
 * template becomes the pattern. */
export function say(root: Element, name: string, values: Values): void {
  for (const each of root.querySelectorAll<HTMLElement>(`[data-phrase="${name}"]`)) {
    each.dataset["other"] ??= (each.textContent ?? "").trim()
    text(each, phrase(pattern(each), values))
  }
}

function pattern(element: HTMLElement): HTMLElement {
  const copy = element.cloneNode(false) as HTMLElement
  copy.textContent = element.dataset["other"] ?? ""
  return copy
}

/** Of the parts of `root` that depend on something, show those that name one of `facts`. Parts of
 * rows and of other panels inside are their own affair. */
export function when(root: HTMLElement, facts: readonly string[]): void {
  root.dataset["scope"] = ""
  for (const part of root.querySelectorAll<HTMLElement>("[data-when]")) {
    if (part.parentElement?.closest("[data-scope]") !== root) continue
    hide(part, !part.dataset["when"]!.split(" ").some((fact) => facts.includes(fact)))
  }
}

/** Of a row's parts, show those whose `data-of` names one of `facts`. */
export function mark(row: HTMLElement, facts: readonly string[]): void {
  for (const part of row.querySelectorAll<HTMLElement>("[data-of]")) {
    hide(part, !part.dataset["of"]!.split(" ").some((fact) => facts.includes(fact)))
  }
}

/** What the forms of a row are about. */
export function assign(row: HTMLElement, name: string, value: string): void {
  for (const input of row.querySelectorAll<HTMLInputElement>(`input[name=${name}]`)) input.value = value
}

/** Choose in a list what is so, unless somebody is choosing there, or it has been shown before. */
export function select(list: HTMLSelectElement | null, value: string): void {
  if (!list) return
  if (list !== document.activeElement && list.dataset["given"] !== value) list.value = value
  list.dataset["given"] = value
}

/** Make `container` hold a row for each of `items`, from its `<template>`, in their order. Rows
 * that stay are the same elements: focus, and what is typed in them, stay too. */
export function rows<T>(
  container: Element | null,
  items: readonly T[],
  id: (item: T) => string,
  update: (row: HTMLElement, item: T) => void,
): void {
  if (!container) return
  const template = container.querySelector<HTMLTemplateElement>(":scope > template")!
  const present = new Map(rowsOf(container).map((row) => [row.dataset["id"], row]))
  const wanted = new Set(items.map(id))
  for (const [key, row] of present) if (!wanted.has(key!)) remove(row)
  let next = template.nextElementSibling
  for (const item of items) {
    const row = present.get(id(item)) ?? rowFrom(template, id(item))
    update(row, item)
    if (row === next) next = row.nextElementSibling
    else insert(container, row, next)
  }
}

function remove(row: HTMLElement): void {
  keepFocus(row)
  row.remove()
}

function insert(container: Element, row: HTMLElement, before: Element | null): void {
  keepFocus(row)
  container.insertBefore(row, before)
}

export function rowsOf(container: Element): HTMLElement[] {
  return [...container.querySelectorAll<HTMLElement>(":scope > [data-id]")]
}

function rowFrom(template: HTMLTemplateElement, id: string): HTMLElement {
  const row = template.content.firstElementChild!.cloneNode(true) as HTMLElement
  row.dataset["id"] = id
  row.dataset["scope"] = ""
  return row
}
