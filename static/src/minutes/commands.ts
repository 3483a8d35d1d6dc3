/** Commands: what buttons, keys and the slash menu do, under the names that the page gives them. */

import { baseKeymap, chainCommands, exitCode, lift, setBlockType, toggleMark, wrapIn } from "prosemirror-commands"
import { undoInputRule } from "prosemirror-inputrules"
import type { NodeType } from "prosemirror-model"
import type { Command, EditorState } from "prosemirror-state"
import { isInTable } from "prosemirror-tables"
import { redoCommand, undoCommand } from "y-prosemirror"

import { inList, liftItem, list, sinkItem, splitItem, tick } from "./lists"
import { marks, nodes } from "./schema"
import { linkAround, listAround, marked, shallow, within } from "./selection"
import { hasHeaderRow, insertTable, nextCell, previousCell, TABLE_COMMANDS } from "./tables"
import { leaveTranslation, translate } from "./translations"

interface Action {
  readonly run: Command
  readonly holds?: (state: EditorState) => boolean
}

const listed = (type: NodeType): Action => ({
  run: list(type),
  holds: (state) => listAround(state)?.node.type === type,
})

const tableActions = Object.entries(TABLE_COMMANDS).map(([name, run]) => [name, { run }] as const)

export const ACTIONS: Readonly<Record<string, Action>> = {
  paragraph: { run: setBlockType(nodes.paragraph) },
  "heading-1": heading(1),
  "heading-2": heading(2),
  "heading-3": heading(3),
  strong: { run: toggleMark(marks.strong), holds: (state) => marked(state, marks.strong) },
  em: { run: toggleMark(marks.em), holds: (state) => marked(state, marks.em) },
  bullets: listed(nodes.bullet_list),
  numbers: listed(nodes.ordered_list),
  tasks: listed(nodes.task_list),
  quote: { run: quote, holds: (state) => within(state, nodes.blockquote) },
  link: { run: () => true, holds: (state) => linkAround(state) !== undefined },
  insert: { run: insertSlash },
  table: { run: insertTable, holds: isInTable },
  ...Object.fromEntries(tableActions),
  "header-row": { run: TABLE_COMMANDS["header-row"]!, holds: hasHeaderRow },
  "translation-fr": { run: translate("fr") },
  "translation-co": { run: translate("co") },
  "translation-en": { run: translate("en") },
  undo: { run: undoCommand },
  redo: { run: redoCommand },
}

function heading(level: number): Action {
  const holds = (state: EditorState): boolean => {
    const { parent } = state.selection.$from
    return parent.type === nodes.heading && Number(parent.attrs["level"]) === level
  }
  const run: Command = (state, dispatch, view) =>
    (holds(state) ? setBlockType(nodes.paragraph) : setBlockType(nodes.heading, { level }))(state, dispatch, view)
  return { run, holds }
}

function quote(...[state, dispatch, view]: Parameters<Command>): boolean {
  if (within(state, nodes.blockquote)) return lift(state, dispatch, view)
  return shallow(state) && wrapIn(nodes.blockquote)(state, dispatch, view)
}

/** Type what opens the slash menu, for those who have no key for it. */
function insertSlash(...[state, dispatch]: Parameters<Command>): boolean {
  const { $from, to } = state.selection
  if (!$from.parent.isTextblock) return false
  const before = $from.parent.textBetween(0, $from.parentOffset, undefined, "\ufffc")
  dispatch?.(state.tr.insertText(/(^|\s)$/.test(before) ? "/" : " /", to).scrollIntoView())
  return true
}

const breakLine: Command = (state, dispatch) => {
  dispatch?.(state.tr.replaceSelectionWith(nodes.hard_break.create()).scrollIntoView())
  return true
}

export const KEYS: Readonly<Record<string, Command>> = {
  "Mod-z": undoCommand,
  "Mod-y": redoCommand,
  "Mod-Shift-z": redoCommand,
  "Mod-b": toggleMark(marks.strong),
  "Mod-i": toggleMark(marks.em),
  "Mod-Alt-0": setBlockType(nodes.paragraph),
  "Mod-Alt-1": setBlockType(nodes.heading, { level: 1 }),
  "Mod-Alt-2": setBlockType(nodes.heading, { level: 2 }),
  "Mod-Alt-3": setBlockType(nodes.heading, { level: 3 }),
  "Mod-Shift-7": list(nodes.ordered_list),
  "Mod-Shift-8": list(nodes.bullet_list),
  "Mod-Shift-9": list(nodes.task_list),
  "Mod-Enter": chainCommands(tick, baseKeymap["Mod-Enter"]!),
  Enter: chainCommands(leaveTranslation, splitItem),
  "Shift-Enter": chainCommands(exitCode, breakLine),
  Backspace: undoInputRule,
  Tab: chainCommands(inList(sinkItem), nextCell),
  "Shift-Tab": chainCommands(inList(liftItem), previousCell),
}
