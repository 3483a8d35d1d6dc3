import assert from "node:assert/strict"
import { test } from "node:test"

import type { Node } from "prosemirror-model"
import { type Command, EditorState, TextSelection } from "prosemirror-state"
import { ySyncPluginKey } from "y-prosemirror"

import { list, tick } from "../../static/src/minutes/lists"
import { nodes, schema } from "../../static/src/minutes/schema"
import { insertTable, nextCell, TABLE_COMMANDS, tables } from "../../static/src/minutes/tables"
import { leaveTranslation, translate } from "../../static/src/minutes/translations"

const paragraph = (words = ""): Node => nodes.paragraph.create(null, words ? schema.text(words) : null)
const cell = (words: string): Node => nodes.table_cell.create(null, paragraph(words))
const row = (...words: string[]): Node => nodes.table_row.create(null, words.map(cell))
const table = (...rows: Node[]): Node => nodes.table.create(null, rows)

/** A text of these blocks, with the cursor at the end of `words`. */
function text(words: string, ...blocks: Node[]): EditorState {
  const doc = nodes.doc.create(null, blocks)
  let at = 1
  doc.descendants((node, position) => void (node.isText && node.text === words && (at = position + node.nodeSize)))
  return EditorState.create({ doc, selection: TextSelection.create(doc, at), plugins: [tables()] })
}

/** What a command makes of it; nothing where it cannot. */
function after(state: EditorState, command: Command): EditorState | undefined {
  let now = state
  const view = { get state() { return now } } // all of a view that a command asks for
  return command(state, (change) => (now = now.apply(change)), view as never) ? now : undefined
}

const shape = ({ doc }: EditorState): string => doc.toString().replace(/^doc\((.*)\)$/, "$1")
const sizes = ({ doc }: EditorState): number[] => doc.firstChild!.content.content.map(({ childCount }) => childCount)

test("a table takes the place of an empty line, and one can go on after it", () => {
  const made = after(text("", paragraph()), insertTable)!

  assert.deepEqual(sizes(made), [3, 3, 3])
  assert.equal(made.selection.$from.node(3).type, nodes.table_header)
  assert.equal(made.doc.lastChild!.type, nodes.paragraph)
})

test("tables hold no tables", () => {
  assert.equal(after(text("a", table(row("a"))), insertTable), undefined)
})

test("Tab at the end adds a row and goes there", () => {
  const longer = after(text("b", table(row("a", "b"))), nextCell)!

  assert.deepEqual(sizes(longer), [2, 2])
  assert.equal(longer.selection.$from.index(1), 1)
  assert.equal(longer.selection.$from.index(2), 0)
})

test("whoever deletes the last row is still in the table; with the only one goes the table", () => {
  const two = text("b", table(row("a"), row("b")), paragraph("après"))
  const one = after(two, TABLE_COMMANDS["delete-row"]!)!

  assert.deepEqual(sizes(one), [1])
  assert.equal(one.selection.$from.node(1).type, nodes.table)
  assert.equal(shape(after(one, TABLE_COMMANDS["delete-row"]!)!), 'paragraph("après")')
})

test("rows of different length are mended by who changes the text, not by who hears of it", () => {
  const ragged = table(row("a", "b"), row("c"))
  const state = text("", paragraph())
  const heard = state.apply(state.tr.insert(0, ragged).setMeta(ySyncPluginKey, { isChangeOrigin: true }))

  assert.deepEqual(sizes(heard), [2, 1])
  assert.deepEqual(sizes(state.apply(state.tr.insert(0, ragged))), [2, 2])
})

test("a list becomes a list of tasks, and back, and keeps its words", () => {
  const points = text("un", nodes.bullet_list.create(null, ["un", "deux"].map((words) => nodes.list_item.create(null, paragraph(words)))))
  const tasks = after(points, list(nodes.task_list))!

  assert.equal(shape(tasks), 'task_list(task_item(paragraph("un")), task_item(paragraph("deux")))')
  assert.equal(tasks.selection.from, points.selection.from)
  assert.equal(after(tasks, tick)!.doc.firstChild!.firstChild!.attrs["checked"], true)
  assert.equal(shape(after(tasks, list(nodes.bullet_list))!), shape(points))
})

test("a heading is translated by a heading, once for each language", () => {
  const state = text("Titre", nodes.heading.create({ level: 2 }, schema.text("Titre")), paragraph("Suite"))
  const once = after(state, translate("co"))!
  const twice = after(EditorState.create({ doc: once.doc, selection: TextSelection.create(once.doc, 2) }), translate("co"))!

  assert.equal(shape(once), 'heading("Titre"), translation(heading), paragraph("Suite")')
  assert.equal(shape(twice), shape(once))
  assert.equal(once.selection.$from.node(1).type, nodes.translation)
  assert.equal(after(text("", paragraph(), paragraph("x")), translate("co")), undefined)
})

test("an empty line at the end of a translation is the way out of it", () => {
  const inside = nodes.translation.create({ lang: "co" }, [paragraph("U titulu"), paragraph()])
  const state = text("", paragraph("Titre"), inside)
  const there = EditorState.create({ doc: state.doc, selection: TextSelection.create(state.doc, state.doc.content.size - 2) })

  assert.equal(shape(after(there, leaveTranslation)!), 'paragraph("Titre"), translation(paragraph("U titulu")), paragraph')
})
