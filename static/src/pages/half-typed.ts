/**
 * Half-typed: what stands in the fields of a page is kept while its language is switched, as that
 * fetches the page anew. It is kept in this tab only, until the page is back; passwords never are.
 */

import { allowed } from "../room/storage"

type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement

const FIELDS = "input:not([type=hidden], [type=password], [type=file], [type=submit], [readonly]), textarea:not([readonly]), select"

/** What is in one field: the value, and whether it is ticked. */
type Kept = readonly [name: string, value: string, checked: boolean]

function keep(): void {
  const kept: Kept[] = fields().map((field) => [field.name || field.id, field.value, ticked(field)])
  allowed(() => sessionStorage.setItem(key(), JSON.stringify(kept)))
}

function bringBack(): void {
  const kept = allowed(() => sessionStorage.getItem(key()))
  if (!kept) return
  allowed(() => sessionStorage.removeItem(key()))
  const seen = new Map<string, number>()
  for (const [name, value, checked] of JSON.parse(kept) as Kept[]) {
    const nth = seen.get(name) ?? 0
    seen.set(name, nth + 1)
    put(nthField(name, nth), value, checked)
  }
}

function put(field: Field | undefined, value: string, checked: boolean): void {
  if (!field || (field.value === value && ticked(field) === checked)) return
  if ("checked" in field && isTicked(field)) field.checked = checked
  else field.value = value
  field.dispatchEvent(new Event("input", { bubbles: true }))
  unfold(field)
}

/** Show what was brought back, however it is folded away. */
function unfold(field: Element): void {
  for (let fold = field.closest("details"); fold; fold = fold.parentElement!.closest("details")) fold.open = true
}

/** A list that grows while one writes has to grow again: see templates/room/poll_desk.html. */
function nthField(name: string, nth: number): Field | undefined {
  const named = (): Field[] => fields().filter((field) => (field.name || field.id) === name)
  if (nth >= named().length) named()[0]?.form?.querySelector<HTMLElement>("[data-add]")?.click()
  return named()[nth]
}

function fields(): Field[] {
  return [...document.querySelectorAll<Field>(FIELDS)]
}

function ticked(field: Field): boolean {
  return isTicked(field) && (field as HTMLInputElement).checked
}

function isTicked({ type }: Field): boolean {
  return type === "radio" || type === "checkbox"
}

function key(): string {
  return `half-typed/${location.pathname}`
}

bringBack()
document.addEventListener("submit", ({ target }) => (target as Element).closest(".languages") && keep())
