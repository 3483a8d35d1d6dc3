/** The schema: what minutes are made of. docs/minutes.md has the same names, and the server reads them. */

import { type DOMOutputSpec, type MarkSpec, type NodeSpec, Schema } from "prosemirror-model"

import { safeAddress } from "./address"
import { tableNodes } from "./table-nodes"

export const LANGUAGES: readonly string[] = ["fr", "co", "en"]

const block = (tag: string, content: string): NodeSpec => ({
  content,
  group: "block",
  defining: true,
  parseDOM: [{ tag }],
  toDOM: (): DOMOutputSpec => [tag, 0],
})

// The page has its h1, and the panel its h2: headings in the minutes begin below.
const LEVELS = [1, 2, 3] as const
const level = (given: unknown): number => Math.min(3, Math.max(1, Math.trunc(Number(given)) || 1))

const headingSpec: NodeSpec = {
  attrs: { level: { default: 1 } },
  content: "inline*",
  group: "block",
  defining: true,
  parseDOM: [
    ...LEVELS.map((each) => ({ tag: `h${each + 2}`, attrs: { level: each } })),
    { tag: "h1", attrs: { level: 1 } },
    { tag: "h2", attrs: { level: 1 } },
    { tag: "h6", attrs: { level: 3 } },
  ],
  toDOM: (node) => [`h${level(node.attrs.level) + 2}`, 0],
}

const orderedListSpec: NodeSpec = {
  ...block("ol", "list_item+"),
  attrs: { order: { default: 1 } },
  parseDOM: [{ tag: "ol", getAttrs: (dom) => ({ order: Number(dom.getAttribute("start") ?? 1) || 1 }) }],
  toDOM: ({ attrs }) => (attrs.order === 1 ? ["ol", 0] : ["ol", { start: Number(attrs.order) || 1 }, 0]),
}

const item = (parseDOM: NodeSpec["parseDOM"], toDOM: NodeSpec["toDOM"]): NodeSpec => ({
  content: "paragraph block*",
  defining: true,
  ...(parseDOM && { parseDOM }),
  ...(toDOM && { toDOM }),
})

/** On its way to other programs a task is an item with its box drawn; the editor shows a real one. */
const taskItemSpec: NodeSpec = {
  ...item(
    [
      { tag: "li[data-task]", getAttrs: (dom) => ({ checked: dom.dataset["task"] === "done" }), priority: 60 },
    ],
    ({ attrs }) => ["li", { "data-task": attrs.checked === true ? "done" : "open" }, 0],
  ),
  attrs: { checked: { default: false } },
}

const recordSpec: NodeSpec = {
  attrs: { record: { default: "" }, at: { default: null } },
  group: "block",
  atom: true,
  selectable: true,
  draggable: true,
  parseDOM: [{ tag: "div[data-record]", getAttrs: (dom) => ({ record: dom.dataset["record"], at: moment(Number(dom.dataset["at"])) }) }],
  toDOM: ({ attrs }) => ["div", { "data-record": String(attrs.record), ...(attrs.at && { "data-at": String(attrs.at) }) }],
}

const translationSpec: NodeSpec = {
  attrs: { lang: { default: "fr" } },
  content: "block+",
  group: "block",
  defining: true,
  isolating: true,
  parseDOM: [{ tag: "div[data-translation]", getAttrs: (dom) => ({ lang: language(dom.lang) }) }],
  toDOM: ({ attrs }) => ["div", { class: "translation", "data-translation": "", lang: language(attrs.lang) }, 0],
}

const linkSpec: MarkSpec = {
  attrs: { href: {} },
  inclusive: false,
  parseDOM: [
    {
      tag: "a[href]",
      getAttrs: (dom) => {
        const href = safeAddress(dom.getAttribute("href") ?? "")
        return href ? { href } : false
      },
    },
  ],
  // Others' links come from the document, not from here: they are checked again.
  toDOM: ({ attrs }) => {
    const href = safeAddress(String(attrs.href))
    return href ? ["a", { href, rel: "noopener noreferrer nofollow" }, 0] : ["span", 0]
  },
}

export const schema = new Schema({
  nodes: {
    doc: { content: "block+" },
    paragraph: { content: "inline*", group: "block", parseDOM: [{ tag: "p" }], toDOM: () => ["p", 0] },
    heading: headingSpec,
    task_list: { ...block("ul[data-tasks]", "task_item+"), toDOM: () => ["ul", { "data-tasks": "" }, 0] },
    bullet_list: block("ul", "list_item+"),
    ordered_list: orderedListSpec,
    task_item: taskItemSpec,
    list_item: item([{ tag: "li" }], () => ["li", 0]),
    blockquote: block("blockquote", "block+"),
    ...tableNodes,
    record: recordSpec,
    translation: translationSpec,
    text: { group: "inline" },
    hard_break: {
      inline: true,
      group: "inline",
      selectable: false,
      parseDOM: [{ tag: "br" }],
      toDOM: () => ["br"],
      leafText: () => "\n",
    },
  },
  marks: {
    link: linkSpec,
    em: { parseDOM: [{ tag: "em" }, { tag: "i" }], toDOM: () => ["em", 0] },
    strong: { parseDOM: [{ tag: "strong" }, { tag: "b" }], toDOM: () => ["strong", 0] },
  },
})

export const { nodes, marks } = schema

/** What we draw from a document is of our making, whatever it says. */
export function language(given: unknown): string {
  return LANGUAGES.includes(String(given)) ? String(given) : "fr"
}

/** Seconds since 1970, where a calendar has them: of any others a browser draws nothing, and says so. */
export function moment(given: unknown): number | null {
  return typeof given === "number" && given > 0 && given < 2 ** 33 ? given : null
}
