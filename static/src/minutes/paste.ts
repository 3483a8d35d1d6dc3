/**
 * Paste: what comes from Word, LibreOffice, Google Docs or a page, made what minutes are made of. The
 * schema drops what it does not know; here is what it would misunderstand.
 */

import { Fragment, type Node, Slice } from "prosemirror-model"
import type { EditorState } from "prosemirror-state"

import { nodes } from "./schema"

export const PASTED = 40_000 // characters at once; an update may hold 64 KiB
const DEEPEST = 20 // levels that a paste may reach; the server takes 24

const GONE = [
  ...["head", "title", "meta", "link", "style", "script", "noscript", "template", "[hidden]"],
  ...["img", "picture", "svg", "math", "canvas", "video", "audio", "object", "embed", "iframe"],
  ...["button", "select", "textarea"],
].join()
const KEPT = new Set([
  ...["href", "start", "colspan", "rowspan", "lang"],
  ...["data-tasks", "data-task", "data-record", "data-at", "data-translation", "data-pm-slice"],
])
const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g

export function cleanText(text: string): string {
  return text.replace(LONE_SURROGATE, "\ufffd")
}

/** What is on the clipboard, as the schema reads it. What was copied in these minutes is that already. */
export function cleanHtml(html: string): string {
  const own = html.includes("data-pm-slice")
  const { body } = new DOMParser().parseFromString(quiet(cleanText(html)), "text/html")
  remove(body)
  if (!own) adapt(body)
  for (const each of all(body, "*")) for (const name of each.getAttributeNames()) if (!KEPT.has(name)) each.removeAttribute(name)
  return body.innerHTML
}

/** Without what the page's policy would complain of to the console, though it never runs. */
function quiet(html: string): string {
  const unstyled = html.replace(/<style\b[^]*?<\/style\s*>/gi, "")
  return unstyled.replace(/<[a-z][^>]*>/gi, (tag) => tag.replace(/\son\w+\s*=\s*("[^"]*"|'[^']*'|[^\s>]+)/gi, ""))
}

/** What other programs write, in the words of the schema. */
function adapt(body: HTMLElement): void {
  wordLists(body)
  nestedLists(body)
  taskLists(body)
  tables(body)
  headings(body)
  marks(body)
  for (const each of all(body, "p")) if (!each.textContent!.trim() && !each.closest("td, th, li")) each.remove()
}

/** Whether a paste here would nest deeper than the server takes. */
export function tooDeep({ selection: { $from } }: EditorState, { content }: Slice): boolean {
  return $from.depth + levels(content.content) > DEEPEST
}

/** The same words in paragraphs, for what is nested too deep. */
export function flattened({ content }: Slice): Slice {
  const paragraphs: Node[] = []
  content.descendants((node) => {
    if (node.isTextblock) paragraphs.push(nodes.paragraph.create(null, node.content))
    return !node.isTextblock
  })
  return new Slice(Fragment.from(paragraphs), 0, 0)
}

function levels(content: readonly Node[]): number {
  return content.reduce((most, node) => Math.max(most, 1 + levels(node.content.content)), 0)
}

function all(root: Element, selector: string): HTMLElement[] {
  return [...root.querySelectorAll<HTMLElement>(selector)]
}

function remove(body: HTMLElement): void {
  for (const each of all(body, GONE)) each.remove()
  for (const each of all(body, "[style]")) if (/(^|[;\s])display:\s*none|mso-hide:\s*all/i.test(styleOf(each))) each.remove()
}

function styleOf(element: Element): string {
  return element.getAttribute("style") ?? ""
}

function unwrap(element: Element): void {
  element.replaceWith(...element.childNodes)
}

function become(element: Element, tag: string): HTMLElement {
  const other = element.ownerDocument.createElement(tag)
  other.append(...element.childNodes)
  element.replaceWith(other)
  return other
}

// Lists ------------------------------------------------------------------------------------------

const WORD_ITEM = /mso-list:\s*(l\d+)\s+level(\d+)/i

interface WordItem {
  readonly list: string
  readonly level: number
  /** What Word drew before the item: a sign, or a number. */
  readonly marker: string
}

/** Word has no lists, only paragraphs that look like items and say so in their style. */
function wordLists(body: HTMLElement): void {
  let open: { list: HTMLElement; of: string }[] = []
  let last: Element | undefined
  for (const paragraph of all(body, "p[style*='mso-list'], h1[style*='mso-list'], div[style*='mso-list']")) {
    const item = wordItem(paragraph)
    if (!item || /^h\d$/i.test(paragraph.tagName)) continue
    if (previous(paragraph) !== last) open = []
    open.length = Math.min(open.length, item.level)
    if (open.length && open.length === item.level && differs(open.at(-1)!, item)) open.pop()
    while (open.length < item.level) open.push({ list: newList(paragraph, open.at(-1)?.list, item), of: item.list })
    const li = paragraph.ownerDocument.createElement("li")
    open.at(-1)!.list.append(li)
    li.append(paragraph)
    last = open[0]!.list
  }
}

function wordItem(paragraph: HTMLElement): WordItem | undefined {
  const found = WORD_ITEM.exec(styleOf(paragraph))
  const signs = all(paragraph, "[style*='mso-list']").filter((each) => /mso-list:\s*ignore/i.test(styleOf(each)))
  const marker = signs.map((each) => each.textContent!.trim()).join("")
  for (const each of signs) each.remove()
  return found ? { list: found[1]!, level: Math.min(6, Number(found[2])), marker } : undefined
}

function previous(element: Element): Element | undefined {
  return element.previousElementSibling ?? undefined
}

function differs({ list, of }: { list: HTMLElement; of: string }, item: WordItem): boolean {
  return of !== item.list || (list.tagName === "OL") !== isNumber(item.marker)
}

function isNumber(marker: string): boolean {
  return /^[(]?(\d+|[a-z]|[ivxlc]+)[.)]/i.test(marker)
}

/** A list before this paragraph, or in the last item of the list around it. */
function newList(paragraph: HTMLElement, around: HTMLElement | undefined, { marker }: WordItem): HTMLElement {
  const list = paragraph.ownerDocument.createElement(isNumber(marker) ? "ol" : "ul")
  const start = Number.parseInt(marker, 10)
  if (start > 1) list.setAttribute("start", String(start))
  if (!around) paragraph.before(list)
  else (around.lastElementChild ?? around.appendChild(paragraph.ownerDocument.createElement("li"))).append(list)
  return list
}

/** Lists that lie in lists without an item around them belong to the item before. */
function nestedLists(body: HTMLElement): void {
  for (const list of all(body, "ul > ul, ul > ol, ol > ul, ol > ol")) {
    const before = list.previousElementSibling
    if (before?.tagName === "LI") before.append(list)
  }
}

/** Items with a box: of pages, of GitHub, of Google Docs. */
function taskLists(body: HTMLElement): void {
  for (const list of all(body, "ul")) {
    const items = [...list.children] as HTMLElement[]
    if (!items.length || !items.every((item) => boxOf(item))) continue
    list.setAttribute("data-tasks", "")
    for (const item of items) item.setAttribute("data-task", isTicked(boxOf(item)!) ? "done" : "open")
  }
  for (const box of all(body, "input")) box.remove()
}

function boxOf(item: HTMLElement): Element | null {
  if (item.matches("[role=checkbox]")) return item
  return item.querySelector(":scope > input[type=checkbox], :scope > :is(p, label) > input[type=checkbox]")
}

function isTicked(box: Element): boolean {
  return box.getAttribute("aria-checked") === "true" || box.hasAttribute("checked")
}

// All else ---------------------------------------------------------------------------------------

/** Pages and letters are laid out in tables: of one cell, or in each other. */
function tables(body: HTMLElement): void {
  for (const table of all(body, "table")) {
    const cells = all(table, "td, th").filter((cell) => cell.closest("table") === table)
    if (cells.length !== 1 && !table.parentElement?.closest("table")) continue
    table.replaceWith(...cells.map((cell) => become(cell, "div")))
  }
}

/** Three levels, under the names that our own headings have. */
function headings(body: HTMLElement): void {
  for (const each of all(body, "h1, h2, h3, h4, h5, h6")) become(each, `h${Math.min(5, Number(each.tagName[1]) + 2)}`)
  for (const each of all(body, "p.MsoTitle")) become(each, "h3")
}

/** What is only drawn heavy or slanted; and what is named so, but drawn otherwise. */
function marks(body: HTMLElement): void {
  for (const each of all(body, "b, strong")) if (/(^|[;\s])font-weight:\s*(normal|[1-4]00)/i.test(styleOf(each))) unwrap(each)
  for (const each of all(body, "i, em")) if (/(^|[;\s])font-style:\s*normal/i.test(styleOf(each))) unwrap(each)
  for (const each of all(body, "span, font")) {
    const style = styleOf(each)
    if (/(^|[;\s])font-weight:\s*(bold|[6-9]00)/i.test(style)) wrapContent(each, "strong")
    if (/(^|[;\s])font-style:\s*italic/i.test(style)) wrapContent(each, "em")
  }
}

function wrapContent(element: Element, tag: string): void {
  const mark = element.ownerDocument.createElement(tag)
  mark.append(...element.childNodes)
  element.append(mark)
}
