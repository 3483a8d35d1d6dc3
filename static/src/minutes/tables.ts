/** Tables: made, grown and shrunk; Tab goes from cell to cell. */

import type { Node } from "prosemirror-model"
import { type Command, type EditorState, Plugin, TextSelection, type Transaction } from "prosemirror-state"
import {
  addColumnAfter,
  addColumnBefore,
  addRowAfter,
  addRowBefore,
  CellSelection,
  deleteColumn,
  deleteRow,
  deleteTable,
  goToNextCell,
  isInTable,
  tableEditing,
  toggleHeaderRow,
} from "prosemirror-tables"

import { fromText } from "./origin"
import { nodes } from "./schema"
import { around, shallow, within } from "./selection"

const ROWS = 3
const COLUMNS = 3

export const TABLE_COMMANDS: Readonly<Record<string, Command>> = {
  "row-before": addRowBefore,
  "row-after": addRowAfter,
  "column-before": addColumnBefore,
  "column-after": addColumnAfter,
  "delete-row": orTable(deleteRow),
  "delete-column": orTable(deleteColumn),
  "header-row": toggleHeaderRow,
  "delete-table": deleteTable,
}

/** A table after the block at the selection, in place of it where it is empty. Tables hold no tables. */
export const insertTable: Command = (state, dispatch) => {
  if (within(state, nodes.table) || !shallow(state)) return false
  const { $from } = state.selection
  if (!$from.depth || !$from.node(-1).canReplaceWith($from.indexAfter(-1), $from.indexAfter(-1), nodes.table)) return false
  if (dispatch) {
    const empty = $from.parent.type === nodes.paragraph && !$from.parent.content.size && !inItem(state)
    const [from, to] = empty ? [$from.before(), $from.after()] : [$from.after(), $from.after()]
    const change = state.tr.replaceWith(from, to, withParagraphAfter(state, to))
    dispatch(change.setSelection(TextSelection.near(change.doc.resolve(from + 1))).scrollIntoView())
  }
  return true
}

/** Tab in a table: the next cell, and after the last one a new row. */
export const nextCell: Command = (state, dispatch, view) => {
  if (!isInTable(state)) return false
  if (goToNextCell(1)(state, dispatch, view)) return true
  if (!dispatch || !view) return true
  addRowAfter(state, dispatch)
  return goToNextCell(1)(view.state, dispatch, view)
}

export const previousCell: Command = (state, dispatch, view) =>
  isInTable(state) && (goToNextCell(-1)(state, dispatch, view) || true)

export function hasHeaderRow(state: EditorState): boolean {
  const first = around(state, ({ type }) => type === nodes.table)?.node.firstChild
  return first?.firstChild?.type === nodes.table_header
}

/**
 * The library mends tables whose rows differ in length, in every copy that hears of one. Of two
 * copies both would, and a reader's would write though it may not: so only who changes the text here
 * mends it.
 */
export function tables(): Plugin {
  const { spec } = tableEditing()
  return new Plugin({
    ...spec,
    appendTransaction(changes, before, after) {
      const theirs = changes.some(fromText)
      return theirs ? null : spec.appendTransaction!.call(this, changes, before, after)
    },
  })
}

/** Of the last row, or the last column, goes the table with it. */
function orTable(command: Command): Command {
  return (state, dispatch, view) => {
    if (!isInTable(state)) return false
    const { selection } = state
    const { node: table, position } = around(state, ({ type }) => type === nodes.table)!
    const one = command === deleteRow ? table.childCount === 1 : table.firstChild?.childCount === 1
    const whole = selection instanceof CellSelection && (command === deleteRow ? selection.isColSelection() : selection.isRowSelection())
    return one || whole ? deleteTable(state, dispatch) : command(state, dispatch && ((change) => dispatch(staying(change, position))), view)
  }
}

/** Whoever deletes the last row, or column, is still in the table. */
function staying(change: Transaction, position: number): Transaction {
  const end = position + change.doc.nodeAt(position)!.nodeSize
  const { from } = change.selection
  return position < from && from < end ? change : change.setSelection(TextSelection.near(change.doc.resolve(end - 1), -1))
}

function inItem(state: EditorState): boolean {
  const { $from } = state.selection
  return [nodes.list_item, nodes.task_item].includes($from.node(-1).type)
}

/** After a table at the very end one could not go on. */
function withParagraphAfter({ doc }: EditorState, position: number): Node[] {
  const $after = doc.resolve(position)
  return $after.nodeAfter ? [table()] : [table(), nodes.paragraph.create()]
}

function table(): Node {
  const row = (type: Node["type"]): Node =>
    nodes.table_row.create(null, Array.from({ length: COLUMNS }, () => type.createAndFill()!))
  const body = Array.from({ length: ROWS - 1 }, () => row(nodes.table_cell))
  return nodes.table.create(null, [row(nodes.table_header), ...body])
}
