import { type DOMOutputSpec, type MarkSpec, type NodeSpec, Schema } from "prosemirror-model"

const SCHEMES = new Set(["http:", "https:", "mailto:"])

/** The address a link may lead to, or null: whatever else a scheme can do stays out. */
export function safeAddress(address: string): string | null {
  const trimmed = address.trim()
  try {
    return SCHEMES.has(new URL(trimmed).protocol) ? trimmed : null
  } catch {
    return null
  }
}

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

const heading: NodeSpec = {
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

const orderedList: NodeSpec = {
  ...block("ol", "list_item+"),
  attrs: { order: { default: 1 } },
  parseDOM: [{ tag: "ol", getAttrs: (dom) => ({ order: Number(dom.getAttribute("start") ?? 1) || 1 }) }],
  toDOM: ({ attrs }) => (attrs.order === 1 ? ["ol", 0] : ["ol", { start: Number(attrs.order) || 1 }, 0]),
}

const link: MarkSpec = {
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

/** What minutes are made of. `workshop/features/minutes/text.py` reads the same names. */
export const schema = new Schema({
  nodes: {
    doc: { content: "block+" },
    paragraph: { content: "inline*", group: "block", parseDOM: [{ tag: "p" }], toDOM: () => ["p", 0] },
    heading,
    bullet_list: block("ul", "list_item+"),
    ordered_list: orderedList,
    list_item: { content: "paragraph block*", defining: true, parseDOM: [{ tag: "li" }], toDOM: () => ["li", 0] },
    blockquote: block("blockquote", "block+"),
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
    link,
    em: { parseDOM: [{ tag: "em" }, { tag: "i" }], toDOM: () => ["em", 0] },
    strong: { parseDOM: [{ tag: "strong" }, { tag: "b" }], toDOM: () => ["strong", 0] },
  },
})
