/**
 * Translations: blocks that say in another language what the block before them says. Beside each
 * other when the text is shown in two languages; then what lacks one is marked, with a button.
 */

import type { Node } from "prosemirror-model"
import { type Command, type EditorState, Plugin, PluginKey, TextSelection, type Transaction } from "prosemirror-state"
import { Decoration, DecorationSet, type EditorView } from "prosemirror-view"

import { language, nodes } from "./schema"

interface Shown {
  /** The language wanted beside the text, where it is shown in two. */
  readonly lang: string | undefined
  readonly marks: DecorationSet
}

export interface Missing {
  /** What stands where a translation is missing: an element of the page, with or without a button. */
  readonly missing: (writable: boolean) => HTMLElement
}

const key = new PluginKey<Shown>("translations")

export function translations({ missing }: Missing): Plugin<Shown> {
  return new Plugin<Shown>({
    key,
    state: {
      init: () => ({ lang: undefined, marks: DecorationSet.empty }),
      apply(change, before, _old, { doc }) {
        const asked = change.getMeta(key) as { lang: string | undefined } | undefined
        const lang = asked ? asked.lang : before.lang
        if (!asked && !change.docChanged) return before
        return { lang, marks: lang ? gaps(doc, lang, missing) : DecorationSet.empty }
      },
    },
    props: {
      decorations: (state) => key.getState(state)?.marks,
      attributes: (state): Record<string, string> => (key.getState(state)?.lang ? { class: "two-languages" } : {}),
    },
  })
}

/** Show the text beside its translation into this language, or alone. */
export function showTranslations(change: Transaction, lang: string | undefined): Transaction {
  return change.setMeta(key, { lang }).setMeta("addToHistory", false)
}

/** The language of the first one, if there is any: something to be shown to readers. */
export function translatedInto({ doc }: EditorState): string | undefined {
  const first = doc.content.content.find(({ type }) => type === nodes.translation)
  return first && language(first.attrs["lang"])
}

/** Begin the translation of the block at the selection, or go to the one that is there. */
export const translate = (lang: string): Command => (state, dispatch) => {
  const { $from } = state.selection
  if (!$from.depth || !translatable($from.node(1))) return false
  if (dispatch) dispatch(translated(state, $from.before(1), lang))
  return true
}

/** Enter on an empty line at the end of a translation: out of it, to what follows. */
export const leaveTranslation: Command = (state, dispatch) => {
  const { $from, empty } = state.selection
  const outer = $from.depth === 2 && $from.node(1).type === nodes.translation ? $from.node(1) : undefined
  if (!outer || !empty || $from.parent.content.size || outer.childCount === 1 || $from.index(1) < outer.childCount - 1) return false
  if (!dispatch) return true
  const change = state.tr.delete($from.before(), $from.after())
  const after = change.mapping.map($from.after(1))
  if (after === change.doc.content.size) change.insert(after, nodes.paragraph.create())
  dispatch(change.setSelection(TextSelection.near(change.doc.resolve(after + 1))).scrollIntoView())
  return true
}

function translated(state: EditorState, position: number, lang: string): Transaction {
  const block = state.doc.nodeAt(position)!
  const change = state.tr
  let at = position + block.nodeSize
  for (let next = state.doc.nodeAt(at); next?.type === nodes.translation; next = state.doc.nodeAt(at)) {
    if (next.attrs["lang"] === lang) return selected(change, at)
    at += next.nodeSize
  }
  return selected(change.insert(at, nodes.translation.create({ lang }, like(block))), at)
}

function selected(change: Transaction, position: number): Transaction {
  return change.setSelection(TextSelection.near(change.doc.resolve(position + 1))).scrollIntoView()
}

/** A heading is translated by a heading, all else by paragraphs to begin with. */
function like({ type, attrs }: Node): Node {
  return type === nodes.heading ? nodes.heading.create({ level: attrs["level"] }) : nodes.paragraph.create()
}

function translatable({ type, textContent }: Node): boolean {
  return type !== nodes.translation && type !== nodes.record && textContent.trim() !== ""
}

function gaps(doc: Node, lang: string, missing: Missing["missing"]): DecorationSet {
  const marks: Decoration[] = []
  doc.forEach((block, position, index) => {
    if (!translatable(block) || isTranslated(doc, index, lang)) return
    const draw = (view: EditorView, where: () => number | undefined): HTMLElement => gap(view, where, lang, missing)
    const options = { side: -1, key: `gap-${lang}`, stopEvent: () => true, ignoreSelection: true }
    marks.push(Decoration.widget(position + block.nodeSize, draw, options))
  })
  return DecorationSet.create(doc, marks)
}

function isTranslated(doc: Node, index: number, lang: string): boolean {
  for (let at = index + 1; at < doc.childCount && doc.child(at).type === nodes.translation; at++) {
    if (language(doc.child(at).attrs["lang"]) === lang) return true
  }
  return false
}

function gap(view: EditorView, where: () => number | undefined, lang: string, missing: Missing["missing"]): HTMLElement {
  const shown = missing(view.editable)
  shown.contentEditable = "false"
  shown.querySelector("button")?.addEventListener("click", () => {
    const after = where()
    if (after === undefined || !view.editable) return
    const $after = view.state.doc.resolve(after)
    view.dispatch(translated(view.state, after - $after.nodeBefore!.nodeSize, lang))
    view.focus()
  })
  return shown
}
