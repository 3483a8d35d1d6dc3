/** Authorship: who wrote what, shown on demand. Each one's words are underlined, in a colour and a kind of line. */

import type { EditorState, Transaction } from "prosemirror-state"
import { Plugin, PluginKey } from "prosemirror-state"
import { Decoration, DecorationSet } from "prosemirror-view"
import type * as Y from "yjs"

import type { Author } from "./people"
import { piecesOf, type Piece } from "./pieces"

const LINES = 4 // kinds of line, for when two have the same colour, or one sees none

interface Shown {
  readonly on: boolean
  readonly pieces: readonly Piece[]
  readonly marks: DecorationSet
}

export interface Writers {
  readonly text: () => Y.XmlFragment
  /** Who a client of the text was, if that is known. */
  readonly writer: (client: number) => Author | undefined
}

const NOTHING: Shown = { on: false, pieces: [], marks: DecorationSet.empty }
const key = new PluginKey<Shown>("authorship")

export function authorship(writers: Writers): Plugin<Shown> {
  return new Plugin<Shown>({
    key,
    state: {
      init: () => NOTHING,
      apply(change, before, _old, state) {
        const asked = change.getMeta(key) as boolean | undefined
        const on = asked ?? before.on
        if (!on) return NOTHING
        if (asked !== undefined) return shown(state, writers)
        return change.docChanged ? { ...before, marks: before.marks.map(change.mapping, state.doc) } : before
      },
    },
    props: { decorations: (state) => key.getState(state)?.marks },
    // Yjs learns of a change made here after ProseMirror has it: only then one looks again.
    view: () => ({
      update(view, before) {
        if (!key.getState(view.state)?.on || view.state.doc === before.doc) return
        queueMicrotask(() => !view.isDestroyed && view.dispatch(showAuthors(view.state.tr, true)))
      },
    }),
  })
}

export function showAuthors(change: Transaction, on: boolean): Transaction {
  return change.setMeta(key, on).setMeta("addToHistory", false)
}

/** The clients that have written, in the order of their first words. */
export function clientsShown(state: EditorState): number[] {
  return [...new Set((key.getState(state) ?? NOTHING).pieces.map(({ client }) => client))]
}

/** The client that wrote what stands before the cursor. */
export function clientAt(state: EditorState): number | undefined {
  const { from, to } = state.selection
  const at = from === to ? from : from + 1
  return key.getState(state)?.pieces.find((piece) => piece.from < at && at <= piece.to)?.client
}

/** The kind of line, from 1, of each person, in the order in which they are given. */
export function lineOf(index: number): number {
  return (index % LINES) + 1
}

function shown({ doc }: EditorState, { text, writer }: Writers): Shown {
  const pieces = piecesOf(text(), doc)
  const people: string[] = []
  const marks = pieces.map(({ from, to, client }) => {
    const author = writer(client)
    if (!author) return Decoration.inline(from, to, { class: "wrote is-unknown" })
    if (!people.includes(author.id)) people.push(author.id)
    const line = lineOf(people.indexOf(author.id))
    return Decoration.inline(from, to, { class: `wrote author-${author.colour} line-${line}`, title: author.name })
  })
  return { on: true, pieces, marks: DecorationSet.create(doc, marks) }
}
