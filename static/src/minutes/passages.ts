/** Passages: places in the text that move with it, whatever is written around them. */

import { fromBase64, toBase64 } from "lib0/buffer"
import { Plugin, PluginKey, type EditorState, type Transaction } from "prosemirror-state"
import { Decoration, DecorationSet } from "prosemirror-view"
import { absolutePositionToRelativePosition, relativePositionToAbsolutePosition, ySyncPluginKey } from "y-prosemirror"
import * as Y from "yjs"

import { fromText } from "./origin"

/**
 * As records have it: the Yjs relative positions, in base64, of its first letter and of its last, and
 * the words. An anchor after the last letter would take in whatever is written there.
 */
export interface Passage {
  readonly begin: string
  readonly end: string
  readonly quoted: string
}

export interface Range {
  readonly from: number
  readonly to: number
}

const QUOTED = 2000 // characters of a passage that are kept

/** What is selected; nothing where that says nothing. */
export function selected(state: EditorState): Passage | undefined {
  const { from, to } = state.selection
  const quoted = state.doc.textBetween(from, to, "\n", "\n").slice(0, QUOTED)
  if (!quoted.trim()) return undefined
  return { begin: anchored(state, from), end: anchored(state, to - 1), quoted }
}

/** Where a passage stands now; nothing where it is gone. */
export function located(state: EditorState, { begin, end }: Passage): Range | undefined {
  const from = position(state, begin)
  const last = position(state, end)
  return from === null || last === null || from > last || last >= state.doc.content.size ? undefined : { from, to: last + 1 }
}

/** Whether a range still says what the passage said when it was taken: no more, as somebody may quote the beginning alone. */
export function says(state: EditorState, { from, to }: Range, { quoted }: Passage): boolean {
  return to <= state.doc.content.size && state.doc.textBetween(from, to, "\n", "\n") === quoted
}

interface Drawn {
  readonly shown: readonly Passage[]
  readonly marks: DecorationSet
}

const KEY = new PluginKey<Drawn>("passages")

/** Draws the passages that something was said about. */
export function passages(): Plugin {
  return new Plugin<Drawn>({
    key: KEY,
    state: { init: () => ({ shown: [], marks: DecorationSet.empty }), apply: redrawn },
    props: { decorations: (state) => KEY.getState(state)?.marks },
  })
}

export function showPassages(change: Transaction, shown: readonly Passage[]): Transaction {
  return change.setMeta(KEY, shown)
}

/** Marks move with what one types; looked up anew is only what came from others, as it may be rewritten nodes. */
function redrawn(change: Transaction, { shown, marks }: Drawn, _before: EditorState, state: EditorState): Drawn {
  const news = change.getMeta(KEY) as readonly Passage[] | undefined
  if (news || fromText(change)) return { shown: news ?? shown, marks: drawn(state, news ?? shown) }
  return { shown, marks: marks.map(change.mapping, change.doc) }
}

function drawn(state: EditorState, shown: readonly Passage[]): DecorationSet {
  const ranges = shown.flatMap((each) => located(state, each) ?? [])
  return DecorationSet.create(state.doc, ranges.map(({ from, to }) => Decoration.inline(from, to, { class: "passage" })))
}

function anchored(state: EditorState, at: number): string {
  const { type, binding } = ySyncPluginKey.getState(state)
  return toBase64(Y.encodeRelativePosition(absolutePositionToRelativePosition(at, type, binding.mapping) as Y.RelativePosition))
}

function position(state: EditorState, anchor: string): number | null {
  const { doc, type, binding } = ySyncPluginKey.getState(state)
  try {
    const relative = Y.decodeRelativePosition(fromBase64(anchor))
    return relativePositionToAbsolutePosition(doc, type, relative, binding.mapping)
  } catch {
    return null // whoever wrote it did not use this script
  }
}
