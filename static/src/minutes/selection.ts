/** What is at the selection: marks, lists, links, and how deep it stands. */

import type { Mark, MarkType, Node, NodeType } from "prosemirror-model"
import type { EditorState } from "prosemirror-state"

import { marks, nodes } from "./schema"

const DEEPEST = 14 // levels of the text that our keys and buttons make; the server takes 24

export interface Around {
  readonly node: Node
  readonly position: number
  readonly depth: number
}

/** Of what the selection begins in, the innermost that passes. */
export function around({ selection: { $from } }: EditorState, passes: (node: Node) => boolean): Around | undefined {
  for (let depth = $from.depth; depth > 0; depth--) {
    const node = $from.node(depth)
    if (passes(node)) return { node, position: $from.before(depth), depth }
  }
  return undefined
}

export function within(state: EditorState, type: NodeType): boolean {
  return around(state, (node) => node.type === type) !== undefined
}

/** The list around the selection; a list around the table it stands in is not meant. */
export function listAround(state: EditorState): Around | undefined {
  const found = around(state, ({ type }) => isList(type) || type === nodes.table)
  return found && isList(found.node.type) ? found : undefined
}

export function isList(type: NodeType): boolean {
  return type === nodes.bullet_list || type === nodes.ordered_list || type === nodes.task_list
}

/** Whether one may still go a level deeper here. */
export function shallow({ selection: { $from } }: EditorState): boolean {
  return $from.depth < DEEPEST
}

export function marked({ selection, storedMarks, doc }: EditorState, type: MarkType): boolean {
  const { from, to, empty, $from } = selection
  return empty ? !!type.isInSet(storedMarks ?? $from.marks()) : doc.rangeHasMark(from, to, type)
}

export interface Linked {
  readonly from: number
  readonly to: number
  readonly href: string
}

/** The whole of the link that the selection begins in. */
export function linkAround({ selection: { $from } }: EditorState): Linked | undefined {
  const start = $from.start()
  const { parent } = $from
  const here = parent.childAfter($from.parentOffset)
  const mark = linkOf(here.node) ?? linkOf($from.nodeBefore)
  if (!mark) return undefined
  let linked: Linked | undefined
  parent.forEach((node, offset) => {
    const from = start + offset
    const to = from + node.nodeSize
    const joins = linked?.to === from
    if (!mark.isInSet(node.marks)) return
    if (joins) linked = { from: linked!.from, to, href: linked!.href }
    else if (!linked || linked.to < $from.pos) linked = { from, to, href: String(mark.attrs["href"]) }
  })
  return linked
}

function linkOf(node: Node | null): Mark | undefined {
  return node ? marks.link.isInSet(node.marks) : undefined
}
