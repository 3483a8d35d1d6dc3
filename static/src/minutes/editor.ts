/** The editor: ProseMirror bound to the shared text, its keys, and what its buttons do. */

import { baseKeymap, chainCommands, exitCode, lift, setBlockType, toggleMark, wrapIn } from "prosemirror-commands"
import { InputRule, inputRules, textblockTypeInputRule, wrappingInputRule } from "prosemirror-inputrules"
import { keymap } from "prosemirror-keymap"
import type { MarkType, Node, NodeType } from "prosemirror-model"
import { liftListItem, sinkListItem, splitListItem, wrapInList } from "prosemirror-schema-list"
import { AllSelection, EditorState, Plugin, Selection, TextSelection, type Command } from "prosemirror-state"
import { EditorView } from "prosemirror-view"
import { initProseMirrorDoc, redoCommand, undoCommand, yCursorPlugin, ySyncPlugin, yUndoPlugin, ySyncPluginKey } from "y-prosemirror"

import type { Provider } from "./provider"
import { safeAddress, schema } from "./schema"

const { nodes, marks } = schema as unknown as { nodes: Record<string, NodeType>; marks: Record<string, MarkType> }
const paragraph = nodes["paragraph"]!
const heading = nodes["heading"]!
const bulletList = nodes["bullet_list"]!
const orderedList = nodes["ordered_list"]!
const listItem = nodes["list_item"]!
const blockquote = nodes["blockquote"]!
const hardBreak = nodes["hard_break"]!
const strong = marks["strong"]!
const em = marks["em"]!
const link = marks["link"]!

const DEEPEST = 14 // levels of the text that our keys and buttons make; the server takes 24
const PASTED = 40_000 // characters at once; an update may hold 64 KiB

/** A person as the others see them in the text. */
export interface Author {
  readonly id: string
  readonly name: string
  /** One of the author colours, from 1. */
  readonly colour: number
}

export interface Heading {
  readonly id: string
  readonly level: number
  readonly words: string
  readonly position: number
}

export interface EditorOptions {
  readonly place: HTMLElement
  readonly provider: Provider
  readonly label: string
  /** The id of the element that says how to leave and what the keys are. */
  readonly describedBy: string
  /** The text, the selection or one's rights have changed. */
  readonly moved: () => void
  /** Someone pasted more than can be sent at once. */
  readonly tooLong: () => void
  /** The key for links was pressed. */
  readonly askForLink: () => void
}

export class Editor {
  readonly #view: EditorView
  readonly #options: EditorOptions
  #writable = false

  constructor(options: EditorOptions) {
    this.#options = options
    const { doc: found, mapping } = initProseMirrorDoc(options.provider.text, schema)
    // An empty text has not even a paragraph, in which a button could make a heading. The binding
    // does not write this one down before something is in it.
    const doc = found.childCount ? found : schema.topNodeType.createAndFill()!
    this.#view = new EditorView(options.place, {
      state: EditorState.create({ doc, schema, plugins: this.#plugins(mapping) }),
      editable: () => this.#writable,
      attributes: () => this.#attributes(),
      transformPastedText: (text) => text.replace(LONE_SURROGATE, "\ufffd"),
      handlePaste: (_view, _event, slice) => this.#pasted(slice.content.size),
      handleDrop: (_view, _event, slice) => this.#pasted(slice.content.size),
    })
  }

  get writable(): boolean {
    return this.#writable
  }

  /** Switched live: when one's role changes, the minutes are locked, or the text has come. */
  set writable(writable: boolean) {
    if (writable === this.#writable) return
    this.#writable = writable
    this.#view.setProps({})
    this.#options.moved()
  }

  /** What can be pressed: whether it holds at the selection. */
  pressed(action: string): boolean {
    return ACTIONS[action]?.holds?.(this.#view.state) ?? false
  }

  possible(action: string): boolean {
    return this.#writable && (ACTIONS[action]?.run(this.#view.state) ?? false)
  }

  press(action: string): void {
    if (!this.#writable) return
    ACTIONS[action]?.run(this.#view.state, (change) => this.#view.dispatch(change), this.#view)
    this.#view.focus()
  }

  focus(): void {
    this.#view.focus()
  }

  /** The link at the selection, to be changed. */
  get address(): string {
    const found = linkAround(this.#view.state)
    return found?.href ?? ""
  }

  /** Link the selection, or the word as it is typed. Says whether the address is one we take. */
  link(address: string): boolean {
    const href = safeAddress(completed(address))
    if (!href || !this.#writable) return false
    const { state } = this.#view
    const { from, to } = linkAround(state) ?? state.selection
    const mark = link.create({ href })
    const change = state.tr.removeMark(from, to, link)
    if (from === to) change.replaceWith(from, to, schema.text(href, [mark]))
    else change.addMark(from, to, mark)
    this.#view.dispatch(change)
    this.#view.focus()
    return true
  }

  unlink(): void {
    const { state } = this.#view
    const { from, to } = linkAround(state) ?? state.selection
    if (this.#writable) this.#view.dispatch(state.tr.removeMark(from, to, link))
    this.#view.focus()
  }

  get headings(): Heading[] {
    const found: Heading[] = []
    this.#view.state.doc.forEach((node, position) => {
      const words = node.textContent.trim()
      if (node.type === heading && words) {
        found.push({ id: String(found.length), level: Number(node.attrs["level"]), words, position })
      }
    })
    return found
  }

  /** The heading under which the selection stands. */
  get current(): Heading | undefined {
    const { from } = this.#view.state.selection
    return this.headings.filter(({ position }) => position <= from).at(-1)
  }

  show({ position }: Heading): void {
    const { state } = this.#view
    const at = TextSelection.near(state.doc.resolve(position + 1))
    this.#view.dispatch(state.tr.setSelection(at))
    const dom = this.#view.nodeDOM(position)
    if (dom instanceof HTMLElement) dom.scrollIntoView({ block: "start" })
    this.#view.focus()
  }

  get empty(): boolean {
    const { doc } = this.#view.state
    return doc.childCount === 1 && doc.firstChild!.type === paragraph && !doc.firstChild!.content.size
  }

  /** The words alone, for whoever must take them elsewhere. */
  get words(): string {
    const { doc } = this.#view.state
    return doc.textBetween(0, doc.content.size, "\n\n", "\n")
  }

  destroy(): void {
    this.#view.destroy()
  }

  #plugins(mapping: ReturnType<typeof initProseMirrorDoc>["mapping"]): Plugin[] {
    const { provider, moved } = this.#options
    return [
      ySyncPlugin(provider.text, { mapping }),
      yCursorPlugin(provider.awareness, { cursorBuilder: cursor, selectionBuilder: selection }),
      yUndoPlugin(),
      inputRules({ rules: RULES }),
      unselecting(),
      leaving(),
      keymap({ ...KEYS, "Mod-k": () => this.#askForLink() }),
      keymap(baseKeymap),
      new Plugin({ view: () => ({ update: moved }) }),
    ]
  }

  #attributes(): Record<string, string> {
    const { label, describedBy } = this.#options
    if (!this.#writable) return { class: "minutes-text", role: "article", "aria-label": label, tabindex: "0" }
    return {
      class: "minutes-text",
      role: "textbox",
      "aria-multiline": "true",
      "aria-label": label,
      "aria-describedby": describedBy,
    }
  }

  #askForLink(): boolean {
    if (this.#writable) this.#options.askForLink()
    return this.#writable
  }

  #pasted(size: number): boolean {
    if (size <= PASTED) return false
    this.#options.tooLong()
    return true
  }
}

// What one can do --------------------------------------------------------------------------------

interface Action {
  readonly run: Command
  readonly holds?: (state: EditorState) => boolean
}

const ACTIONS: Readonly<Record<string, Action>> = {
  "heading-1": block(heading, 1),
  "heading-2": block(heading, 2),
  "heading-3": block(heading, 3),
  strong: { run: toggleMark(strong), holds: (state) => marked(state, strong) },
  em: { run: toggleMark(em), holds: (state) => marked(state, em) },
  bullets: { run: list(bulletList), holds: (state) => listAround(state)?.type === bulletList },
  numbers: { run: list(orderedList), holds: (state) => listAround(state)?.type === orderedList },
  quote: { run: quote, holds: (state) => within(state, blockquote) },
  link: { run: () => true, holds: (state) => linkAround(state) !== undefined },
  undo: { run: undoCommand },
  redo: { run: redoCommand },
}

function block(type: NodeType, level: number): Action {
  const holds = (state: EditorState): boolean => {
    const { parent } = state.selection.$from
    return parent.type === type && Number(parent.attrs["level"]) === level
  }
  const run: Command = (state, dispatch, view) =>
    (holds(state) ? setBlockType(paragraph) : setBlockType(type, { level }))(state, dispatch, view)
  return { run, holds }
}

/** Make a list, change its kind, or undo it. */
function list(type: NodeType): Command {
  return (state, dispatch, view) => {
    const around = listAround(state)
    if (around?.type === type) return liftListItem(listItem)(state, dispatch, view)
    if (!around) return shallow(state) && wrapInList(type)(state, dispatch, view)
    dispatch?.(state.tr.setNodeMarkup(around.position, type))
    return true
  }
}

function quote(...[state, dispatch, view]: Parameters<Command>): boolean {
  if (within(state, blockquote)) return lift(state, dispatch, view)
  return shallow(state) && wrapIn(blockquote)(state, dispatch, view)
}

const sink: Command = (state, dispatch, view) => shallow(state) && sinkListItem(listItem)(state, dispatch, view)
const breakLine: Command = (state, dispatch) => {
  dispatch?.(state.tr.replaceSelectionWith(hardBreak.create()).scrollIntoView())
  return true
}

/** In lists Tab moves an item, and stays in the list even where it cannot; elsewhere it leaves. */
const inList = (command: Command): Command => (state, dispatch, view) =>
  listAround(state) !== undefined && (command(state, dispatch, view) || true)

const KEYS: Readonly<Record<string, Command>> = {
  "Mod-z": undoCommand,
  "Mod-y": redoCommand,
  "Mod-Shift-z": redoCommand,
  "Mod-b": toggleMark(strong),
  "Mod-i": toggleMark(em),
  "Mod-Alt-0": setBlockType(paragraph),
  "Mod-Alt-1": setBlockType(heading, { level: 1 }),
  "Mod-Alt-2": setBlockType(heading, { level: 2 }),
  "Mod-Alt-3": setBlockType(heading, { level: 3 }),
  "Mod-Shift-7": list(orderedList),
  "Mod-Shift-8": list(bulletList),
  Enter: splitListItem(listItem),
  "Shift-Enter": chainCommands(exitCode, breakLine),
  Tab: inList(sink),
  "Shift-Tab": inList(liftListItem(listItem)),
}

const RULES: InputRule[] = [
  textblockTypeInputRule(/^(#{1,3})\s$/, heading, (match) => ({ level: match[1]!.length })),
  wrappingInputRule(/^\s*[-*]\s$/, bulletList),
  wrappingInputRule(
    /^(\d{1,4})\.\s$/,
    orderedList,
    (match) => ({ order: Number(match[1]) }),
    (match, node) => node.childCount + Number(node.attrs["order"]) === Number(match[1]),
  ),
  wrappingInputRule(/^\s*>\s$/, blockquote),
]

/**
 * What others write never finds everything selected. An empty text has no other selection, and the
 * binding keeps it while the text arrives: whoever then came to the text by keyboard and typed would
 * have replaced the minutes with one letter. (It happened: tests/browser/test_writing.py.)
 */
function unselecting(): Plugin {
  return new Plugin({
    appendTransaction(changes, _before, { selection, doc, tr }) {
      const theirs = changes.some((change) => change.getMeta(ySyncPluginKey)?.isChangeOrigin)
      if (!theirs || !(selection instanceof AllSelection)) return null
      const start = Selection.atStart(doc)
      return start instanceof AllSelection ? null : tr.setSelection(start)
    },
  })
}

/** Escape, then Tab: out of the text, even where Tab means something in it (WCAG 2.1.2). */
function leaving(): Plugin {
  let escaped = false
  return new Plugin({
    props: {
      handleDOMEvents: {
        keydown: (_view, event) => {
          const leaves = escaped && event.key === "Tab"
          escaped = event.key === "Escape" || (escaped && event.key === "Shift")
          return leaves // the browser moves on, and no key of ours is asked
        },
        blur: () => (escaped = false),
      },
    },
  })
}

// What is at the selection -----------------------------------------------------------------------

function marked({ selection, storedMarks, doc }: EditorState, type: MarkType): boolean {
  const { from, to, empty, $from } = selection
  return empty ? !!type.isInSet(storedMarks ?? $from.marks()) : doc.rangeHasMark(from, to, type)
}

function within({ selection: { $from } }: EditorState, type: NodeType): boolean {
  return Array.from({ length: $from.depth }, (_, depth) => $from.node(depth + 1)).some((node) => node.type === type)
}

function listAround({ selection: { $from } }: EditorState): { type: NodeType; position: number } | undefined {
  for (let depth = $from.depth; depth > 0; depth--) {
    const { type } = $from.node(depth)
    if (type === bulletList || type === orderedList) return { type, position: $from.before(depth) }
  }
  return undefined
}

function shallow({ selection: { $from } }: EditorState): boolean {
  return $from.depth < DEEPEST
}

interface Linked {
  readonly from: number
  readonly to: number
  readonly href: string
}

/** The whole of the link that the selection begins in. */
function linkAround({ selection: { $from } }: EditorState): Linked | undefined {
  const start = $from.start()
  const { parent } = $from
  const here = parent.childAfter($from.parentOffset)
  const mark = linkOf(here.node) ?? linkOf($from.nodeBefore)
  if (!mark) return undefined
  let linked: Linked | undefined
  parent.forEach((node, offset) => {
    const from = start + offset
    const to = from + node.nodeSize
    const joins = linked?.to === from
    if (!mark.isInSet(node.marks)) return
    if (joins) linked = { from: linked!.from, to, href: linked!.href }
    else if (!linked || linked.to < $from.pos) linked = { from, to, href: String(mark.attrs["href"]) }
  })
  return linked
}

function linkOf(node: Node | null): Node["marks"][number] | undefined {
  return node ? link.isInSet(node.marks) : undefined
}

/** What people type for an address: the web's, or one's at a place. */
function completed(address: string): string {
  const trimmed = address.trim()
  if (/^[a-z][a-z0-9+.-]*:/i.test(trimmed)) return trimmed
  if (/^[^\s@/]+@[^\s@/]+\.[^\s@/]+$/.test(trimmed)) return `mailto:${trimmed}`
  return /^[^\s.]+\.[^\s]+$/.test(trimmed) ? `https://${trimmed}` : trimmed
}

const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g

// The others -------------------------------------------------------------------------------------

const COLOURS = ["#14598a", "#9c3a10", "#70337a", "#585410", "#17653a", "#8a1f50"]

/** As the server writes it: a person's colour is the same on every page and after every return. */
export function userOf({ id, name }: { readonly id: string; readonly name: string }): object {
  const bytes = new TextEncoder().encode(id)
  const colour = bytes.reduce((sum, byte) => sum + byte, 0) % COLOURS.length
  return { id, name, color: COLOURS[colour] }
}

/** Someone from the `user` of their awareness: the server has signed it. */
export function authorOf(user: { id?: unknown; name?: unknown; color?: unknown } | undefined): Author | undefined {
  if (!user || typeof user.name !== "string") return undefined
  const colour = COLOURS.indexOf(String(user.color)) + 1 || 1
  return { id: String(user.id ?? user.name), name: user.name, colour }
}

/** Their cursor with their name. Styles stand in the style sheet: the page takes none from scripts. */
function cursor(user: Parameters<typeof authorOf>[0]): HTMLElement {
  const author = authorOf(user)
  const mark = document.createElement("span")
  mark.className = `cursor author-${author?.colour ?? 1}`
  mark.ariaHidden = "true" // who is here is said on demand, not at every letter
  const name = document.createElement("b")
  name.textContent = author?.name ?? ""
  mark.append("\u2060", name, "\u2060")
  return mark
}

function selection(user: Parameters<typeof authorOf>[0]): { class: string } {
  return { class: `selected author-${authorOf(user)?.colour ?? 1}` }
}
