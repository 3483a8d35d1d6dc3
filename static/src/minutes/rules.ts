/** What people type out of habit, and what it becomes: Markdown's marks at the start of a line, and around words. */

import { InputRule, textblockTypeInputRule, wrappingInputRule } from "prosemirror-inputrules"
import type { MarkType } from "prosemirror-model"
import type { Transaction } from "prosemirror-state"
import { canJoin, findWrapping } from "prosemirror-transform"

import { retyped, ticked } from "./lists"
import { marks, nodes } from "./schema"
import { listAround } from "./selection"

export const RULES: InputRule[] = [
  textblockTypeInputRule(/^(#{1,3})\s$/, nodes.heading, (match) => ({ level: match[1]!.length })),
  task(/^\s*\[([ xX]?)\]\s$/),
  wrappingInputRule(/^\s*[-*]\s$/, nodes.bullet_list),
  wrappingInputRule(
    /^(\d{1,4})\.\s$/,
    nodes.ordered_list,
    (match) => ({ order: Number(match[1]) }),
    (match, node) => node.childCount + Number(node.attrs["order"]) === Number(match[1]),
  ),
  wrappingInputRule(/^\s*>\s$/, nodes.blockquote),
  around(/(?:^|[^*\w])(\*\*([^\s*](?:[^*]*[^\s*])?)\*\*)$/, marks.strong),
  around(/(?:^|[^*\w])(\*([^\s*](?:[^*]*[^\s*])?)\*)$/, marks.em),
  around(/(?:^|[^_\w])(_([^\s_](?:[^_]*[^\s_])?)_)$/, marks.em),
]

/** `[ ] ` and `[x] `: a task, and of the list one is in, a list of tasks. */
function task(pattern: RegExp): InputRule {
  return new InputRule(pattern, (state, match, start, end) => {
    const list = listAround(state)
    const change = state.tr.delete(start, end)
    if (list && list.node.type !== nodes.task_list && list.node.childCount === 1) retyped(change, list.position, nodes.task_list)
    else if (list) return null
    else if (!wrapped(change, start)) return null
    const $at = change.doc.resolve(start)
    const depth = change.selection.$from.depth - 1
    if (/x/i.test(match[1] ?? "")) ticked(change, change.selection.$from.before(depth), true)
    const before = change.selection.$from.before(depth - 1)
    if ($at.depth && change.doc.resolve(before).nodeBefore?.type === nodes.task_list && canJoin(change.doc, before)) change.join(before)
    return change
  })
}

function wrapped(change: Transaction, position: number): boolean {
  const range = change.doc.resolve(position).blockRange()
  const wrapping = range && findWrapping(range, nodes.task_list)
  if (!wrapping) return false
  change.wrap(range, wrapping)
  return true
}

/** Words between signs get a mark, and the signs go. */
function around(pattern: RegExp, mark: MarkType): InputRule {
  return new InputRule(pattern, (state, match, start, end) => {
    const [, signed, words] = match as unknown as [string, string, string]
    if (!state.doc.resolve(start).parent.type.allowsMarkType(mark)) return null
    const from = start + match[0].length - signed.length // what was typed last may not be in the text yet
    const sign = signed.indexOf(words)
    const change = state.tr
    change.delete(from + sign + words.length, end)
    change.delete(from, from + sign)
    change.addMark(from, from + words.length, mark.create())
    return change.removeStoredMark(mark)
  })
}
