/** Erased words: the sign that stands for them has a name, as readers aloud pass it over in silence. */

import type { Node } from "prosemirror-model"
import { Plugin } from "prosemirror-state"
import { Decoration, DecorationSet } from "prosemirror-view"

import { fromText } from "./origin"

const ERASED = /█████/g // as workshop/erasure.py writes it

export function erased(name: string): Plugin {
  const plugin: Plugin<DecorationSet> = new Plugin<DecorationSet>({
    state: {
      init: (_, { doc }) => drawn(doc, name),
      apply: (change, before) => (fromText(change) ? drawn(change.doc, name) : before.map(change.mapping, change.doc)),
    },
    props: { decorations: (state) => plugin.getState(state) },
  })
  return plugin
}

function drawn(doc: Node, name: string): DecorationSet {
  const found: Decoration[] = []
  doc.descendants((node, position) => {
    for (const { index, 0: sign } of node.text?.matchAll(ERASED) ?? []) {
      const from = position + index
      found.push(Decoration.inline(from, from + sign.length, { role: "img", "aria-label": name }))
    }
  })
  return DecorationSet.create(doc, found)
}
