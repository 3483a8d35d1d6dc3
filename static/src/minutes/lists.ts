/** Lists: of points, of numbers, of tasks. Made, changed into each other, undone. */

import { chainCommands } from "prosemirror-commands"
import { Fragment, type Node, type NodeType } from "prosemirror-model"
import { liftListItem, sinkListItem, splitListItem, wrapInList } from "prosemirror-schema-list"
import { TextSelection, type Command, type Transaction } from "prosemirror-state"

import { nodes } from "./schema"
import { around, listAround, shallow } from "./selection"

/** Make a list, change its kind, or undo it. */
export function list(type: NodeType): Command {
  return (state, dispatch, view) => {
    const found = listAround(state)
    if (found?.node.type === type) return liftItem(state, dispatch, view)
    if (!found) return shallow(state) && wrapInList(type)(state, dispatch, view)
    dispatch?.(retyped(state.tr, found.position, type))
    return true
  }
}

/** Put the list at this position as one of another kind; the selection stays where it is. */
export function retyped(change: Transaction, position: number, type: NodeType): Transaction {
  const before = change.doc.nodeAt(position)!
  const { anchor, head } = change.selection
  const items = before.content.content.map((item) => itemOf(type).create(null, item.content))
  change.replaceWith(position, position + before.nodeSize, type.create(null, Fragment.from(items)))
  return change.setSelection(TextSelection.create(change.doc, anchor, head))
}

function itemOf(type: NodeType): NodeType {
  return type === nodes.task_list ? nodes.task_item : nodes.list_item
}

export const splitItem = chainCommands(splitListItem(nodes.list_item), splitListItem(nodes.task_item, { checked: false }))
export const liftItem = chainCommands(liftListItem(nodes.list_item), liftListItem(nodes.task_item))
const sink = chainCommands(sinkListItem(nodes.list_item), sinkListItem(nodes.task_item))
export const sinkItem: Command = (state, dispatch, view) => shallow(state) && sink(state, dispatch, view)

/** In lists Tab moves an item, and stays in the list even where it cannot; elsewhere it leaves. */
export const inList = (command: Command): Command => (state, dispatch, view) =>
  listAround(state) !== undefined && (command(state, dispatch, view) || true)

/** Tick the task at the selection, or untick it. */
export const tick: Command = (state, dispatch) => {
  const found = around(state, ({ type }) => type === nodes.task_item)
  if (!found) return false
  dispatch?.(ticked(state.tr, found.position, !isDone(found.node)))
  return true
}

export function ticked(change: Transaction, position: number, checked: boolean): Transaction {
  return change.setNodeAttribute(position, "checked", checked)
}

export function isDone(item: Node): boolean {
  return item.attrs["checked"] === true
}
