/** Pieces: of the text, who wrote which. Yjs keeps with every letter the client that put it there. */

import type { Node } from "prosemirror-model"
import * as Y from "yjs"

/** A part of the text, in ProseMirror's positions, and the client that wrote it. */
export interface Piece {
  readonly from: number
  readonly to: number
  readonly client: number
}

/** Every piece of the text. Where document and text differ, as in the middle of a change, that part is left out. */
export function piecesOf(text: Y.XmlFragment, doc: Node): Piece[] {
  const pieces: Piece[] = []
  walk(text, doc, 0, pieces)
  return pieces
}

type Child = { readonly node: Node; readonly offset: number }

function walk(element: Y.XmlFragment, node: Node, start: number, pieces: Piece[]): void {
  const children = blocksAndTexts(node)
  const theirs = element.toArray().filter((each) => !(each instanceof Y.XmlText && each.length === 0))
  if (children.length !== theirs.length) return
  theirs.forEach((each, index) => {
    const { node: child, offset } = children[index]!
    if (each instanceof Y.XmlText) read(each, start + offset, pieces)
    else if (each instanceof Y.XmlElement && child.type.name === each.nodeName) walk(each, child, start + offset + 1, pieces)
  })
}

/** The children of a node as Yjs has them: texts of different marks are one. */
function blocksAndTexts(node: Node): Child[] {
  const children: Child[] = []
  node.forEach((child, offset, index) => {
    const joins = child.isText && index > 0 && node.child(index - 1).isText
    if (!joins) children.push({ node: child, offset })
  })
  return children
}

function read(text: Y.XmlText, start: number, pieces: Piece[]): void {
  let at = start
  for (let item = text._start; item; item = item.right) {
    if (item.deleted || !item.countable) continue
    const last = pieces.at(-1)
    const to = at + item.length
    if (last?.to === at && last.client === item.id.client) pieces[pieces.length - 1] = { ...last, to }
    else pieces.push({ from: at, to, client: item.id.client })
    at = to
  }
}
