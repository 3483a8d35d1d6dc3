/** Find and replace: what is sought is marked in the text, one of it as the current one. */

import type { Node } from "prosemirror-model"
import { type EditorState, Plugin, PluginKey, TextSelection, type Transaction } from "prosemirror-state"
import { Decoration, DecorationSet } from "prosemirror-view"

import { occurrences, type Span } from "./occurrences"
import { fromText } from "./origin"

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
  readonly marks: DecorationSet
  /** Where the words stand in each block. Blocks that do not change are read once: of a long text, all but one. */
  readonly read: WeakMap<Node, Span[]>
}

const NOTHING: Finding = { sought: "", found: [], current: -1, marks: DecorationSet.empty, read: new WeakMap() }
const key = new PluginKey<Finding>("find")

export function finding(): Plugin<Finding> {
  return new Plugin<Finding>({
    key,
    state: {
      init: () => NOTHING,
      apply(change, before) {
        const asked = change.getMeta(key) as Partial<Finding> | undefined
        if (asked?.sought !== undefined) return sought(change, asked.sought)
        if (asked?.current !== undefined) return at(change.doc, before, asked.current)
        return change.docChanged && before.sought ? kept(before, change) : before
      },
    },
    props: { decorations: (state) => key.getState(state)?.marks },
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

/** Seek anew, from the selection on. */
function sought({ doc, selection }: Transaction, words: string): Finding {
  const read = new WeakMap<Node, Span[]>()
  const all = everywhere(doc, words, read)
  return at(doc, { ...NOTHING, sought: words, found: all, read }, next(all, selection.from))
}

/** The text has changed: the current one stays, or the next takes its place. What others write comes
 * as a whole new text, and nothing in it can be followed. */
function kept(before: Finding, change: Transaction): Finding {
  const { sought: words, found: former, current, read } = before
  const all = everywhere(change.doc, words, read)
  const here = former[current]
  const theirs = fromText(change)
  const now = theirs || !here ? Math.min(current, all.length - 1) : next(all, change.mapping.map(here.from))
  return at(change.doc, { ...before, found: all }, now)
}

function next(all: readonly Found[], near: number): number {
  return all.length ? Math.max(0, all.findIndex(({ from }) => from >= near)) : -1
}

function at(doc: Node, finding: Finding, current: number): Finding {
  const marks = finding.found.slice(0, MOST).map(({ from, to }, index) =>
    Decoration.inline(from, to, { class: index === current ? "found is-current" : "found" }),
  )
  return { ...finding, current, marks: DecorationSet.create(doc, marks) }
}

function everywhere(doc: Node, words: string, read: WeakMap<Node, Span[]>): Found[] {
  const all: Found[] = []
  doc.descendants((node, position) => {
    if (!node.isTextblock) return true
    for (const [from, to] of inBlock(node, words, read)) all.push({ from: position + 1 + from, to: position + 1 + to })
    return false
  })
  return all
}

function inBlock(node: Node, words: string, read: WeakMap<Node, Span[]>): Span[] {
  const known = read.get(node)
  if (known) return known
  const spans = occurrences(node.textBetween(0, node.content.size, undefined, "\ufffc"), words)
  read.set(node, spans)
  return spans
}
