/** Find and replace: what is sought is marked in the text, one of it as the current one. */

import type { Node } from "prosemirror-model"
import { type EditorState, Plugin, PluginKey, TextSelection, type Transaction } from "prosemirror-state"
import { Decoration, DecorationSet } from "prosemirror-view"
import { ySyncPluginKey } from "y-prosemirror"

import { occurrences } from "./occurrences"

const MOST = 2000 // marks drawn at once; more are of no use to anyone

export interface Found {
  readonly from: number
  readonly to: number
}

interface Finding {
  readonly sought: string
  readonly found: readonly Found[]
  /** Which of them one is at; -1 where there is none. */
  readonly current: number
}

const NOTHING: Finding = { sought: "", found: [], current: -1 }
const key = new PluginKey<Finding>("find")

export function finding(): Plugin<Finding> {
  return new Plugin<Finding>({
    key,
    state: {
      init: () => NOTHING,
      apply(change, before, _old, { doc }) {
        const asked = change.getMeta(key) as Partial<Finding> | undefined
        if (asked?.sought !== undefined) return sought(doc, asked.sought, change.selection.from)
        if (asked?.current !== undefined) return { ...before, current: asked.current }
        return change.docChanged && before.sought ? kept(before, change) : before
      },
    },
    props: { decorations: drawn },
  })
}

export function found(state: EditorState): Finding {
  return key.getState(state) ?? NOTHING
}

/** Seek these words from the selection on; an empty string ends it. */
export function seek({ tr }: EditorState, words: string): Transaction {
  return tr.setMeta(key, { sought: words }).setMeta("addToHistory", false)
}

/** Go to the next one, or with -1 to the one before, round the ends. */
export function step(state: EditorState, by: 1 | -1): Transaction {
  const { found: all, current } = found(state)
  return go(state, all.length ? (current + by + all.length) % all.length : -1)
}

/** Select the current one. */
export function go(state: EditorState, current: number): Transaction {
  const { found: all } = found(state)
  const change = state.tr.setMeta(key, { current }).setMeta("addToHistory", false)
  const at = all[current]
  return at ? change.setSelection(TextSelection.create(change.doc, at.from, at.to)) : change
}

/** Put other words in place of the current one. */
export function replaceOne(state: EditorState, words: string): Transaction {
  const { found: all, current } = found(state)
  const at = all[current]
  return at ? replaced(state.tr, at, words) : state.tr
}

/** Put other words in place of every one, in one change that is undone at once. */
export function replaceAll(state: EditorState, words: string): Transaction {
  return [...found(state).found].reverse().reduce((change, at) => replaced(change, at, words), state.tr)
}

/** The new words look as the old ones did. */
function replaced(change: Transaction, { from, to }: Found, words: string): Transaction {
  const marks = change.doc.resolve(from).marksAcross(change.doc.resolve(to)) ?? []
  return words ? change.replaceWith(from, to, change.doc.type.schema.text(words, marks)) : change.delete(from, to)
}

function sought(doc: Node, words: string, near: number): Finding {
  const all = everywhere(doc, words)
  const next = all.findIndex(({ from }) => from >= near)
  return { sought: words, found: all, current: all.length ? Math.max(0, next) : -1 }
}

/** The text has changed: the current one stays, or the next takes its place. What others write comes
 * as a whole new text, and nothing in it can be followed. */
function kept({ sought: words, found: before, current }: Finding, change: Transaction): Finding {
  const at = before[current]
  const now = sought(change.doc, words, at ? change.mapping.map(at.from) : change.selection.from)
  const theirs = change.getMeta(ySyncPluginKey)?.isChangeOrigin
  return theirs ? { ...now, current: Math.min(current, now.found.length - 1) } : now
}

function everywhere(doc: Node, words: string): Found[] {
  const all: Found[] = []
  doc.descendants((node, position) => {
    if (!node.isTextblock) return true
    const text = node.textBetween(0, node.content.size, undefined, "\ufffc")
    for (const [from, to] of occurrences(text, words)) all.push({ from: position + 1 + from, to: position + 1 + to })
    return false
  })
  return all
}

function drawn(state: EditorState): DecorationSet {
  const { found: all, current } = found(state)
  const marks = all.slice(0, MOST).map(({ from, to }, index) =>
    Decoration.inline(from, to, { class: index === current ? "found is-current" : "found" }),
  )
  return DecorationSet.create(state.doc, marks)
}
