/** The nodes of a table, under the names of docs/minutes.md. */

import type { Attrs, DOMOutputSpec, Node, NodeSpec } from "prosemirror-model"

const WIDEST = 50 // cells that a pasted one may span; a span of a thousand millions stops a browser

const CELL: NodeSpec["attrs"] = { colspan: { default: 1 }, rowspan: { default: 1 }, colwidth: { default: null } }

const cell = (tag: string, tableRole: string): NodeSpec => ({
  attrs: CELL,
  content: "block+",
  tableRole,
  isolating: true,
  parseDOM: [{ tag, getAttrs: spans }],
  toDOM: (node): DOMOutputSpec => [tag, shownSpans(node), 0],
})

/** A table scrolls by itself where it is wider than the page. */
export const tableNodes = {
  table: {
    content: "table_row+",
    group: "block",
    tableRole: "table",
    isolating: true,
    parseDOM: [{ tag: "table" }],
    toDOM: () => ["div", { class: "table-scroll" }, ["table", ["tbody", 0]]],
  },
  table_row: {
    content: "(table_cell | table_header)+",
    tableRole: "row",
    parseDOM: [{ tag: "tr" }],
    toDOM: () => ["tr", 0],
  },
  table_cell: cell("td", "cell"),
  table_header: cell("th", "header_cell"),
} satisfies Record<string, NodeSpec>

function spans(dom: HTMLElement): Attrs {
  return { colspan: span(dom.getAttribute("colspan")), rowspan: span(dom.getAttribute("rowspan")), colwidth: null }
}

function shownSpans({ attrs }: Node): Record<string, string> {
  const shown: Record<string, string> = {}
  for (const name of ["colspan", "rowspan"]) {
    const n = span(attrs[name])
    if (n > 1) shown[name] = String(n)
  }
  return shown
}

function span(given: unknown): number {
  return Math.min(WIDEST, Math.max(1, Math.trunc(Number(given)) || 1))
}
