/** The editor: ProseMirror bound to the shared text, and what the page may ask of it. */

import { baseKeymap } from "prosemirror-commands"
import { inputRules } from "prosemirror-inputrules"
import { keymap } from "prosemirror-keymap"
import type { Slice } from "prosemirror-model"
import { EditorState, Plugin, TextSelection, type Transaction } from "prosemirror-state"
import { EditorView } from "prosemirror-view"
import { initProseMirrorDoc, yCursorPlugin, ySyncPlugin, yUndoPlugin } from "y-prosemirror"

import { completed, safeAddress } from "./address"
import { authorship, clientAt, clientsShown, showAuthors } from "./authorship"
import { ACTIONS, KEYS } from "./commands"
import { erased } from "./erased"
import { finding, found, go, replaceAll, replaceOne, seek, step, type Found } from "./find"
import { located, passages, says, selected, showPassages, type Passage } from "./passages"
import { nodeViews, type Describe, type NodeViews, type Words } from "./node-views"
import { cleanHtml, cleanText, flattened, PASTED, tooDeep } from "./paste"
import { cursor, selection, type Author } from "./people"
import { leaving, placing, unselecting } from "./plugins"
import type { Provider } from "./provider"
import { RULES } from "./rules"
import { marks, nodes, schema } from "./schema"
import { linkAround } from "./selection"
import { slash, slashAttributes } from "./slash"
import { tables } from "./tables"
import { translatedInto, showTranslations, translations } from "./translations"

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
  readonly words: Words
  /** What the page shows for a record's key. */
  readonly describe: Describe
  /** Who a client of the text was, if that is known. */
  readonly writer: (client: number) => Author | undefined
  /** What stands where a translation is missing. */
  readonly missing: (writable: boolean) => HTMLElement
  /** The list of the slash menu. Options whose command is not the editor's are asked of `command`. */
  readonly slash: HTMLElement
  readonly command: (name: string) => void
  /** How many options the slash menu has, to be said. */
  readonly offered: (count: number) => void
  /** The text, the selection or one's rights have changed. */
  readonly moved: () => void
  /** Someone pasted more than can be sent at once. */
  readonly tooLong: () => void
  /** The key for links was pressed. */
  readonly askForLink: () => void
}

/** What was sought: how many there are, and at which of them one is, from 1; 0 where there is none. */
export interface Search {
  readonly count: number
  readonly at: number
}

export class Editor {
  readonly #view: EditorView
  readonly #options: EditorOptions
  #views!: NodeViews
  #writable = false
  #beside: string | undefined

  constructor(options: EditorOptions) {
    this.#options = options
    const { doc: found, mapping } = initProseMirrorDoc(options.provider.text, schema)
    // An empty text has not even a paragraph, in which a button could make a heading. The binding
    // does not write this one down before something is in it.
    const doc = found.childCount ? found : schema.topNodeType.createAndFill()!
    this.#view = new EditorView(options.place, {
      state: EditorState.create({ doc, schema, plugins: this.#plugins(mapping) }),
      editable: () => this.#writable,
      attributes: (state) => this.#attributes(state),
      nodeViews: this.#newViews(),
      transformPastedText: cleanText,
      transformPastedHTML: cleanHtml,
      handlePaste: (_view, _event, slice) => this.#pasted(slice),
      handleDrop: (_view, _event, slice) => this.#dropped(slice),
    })
  }

  get writable(): boolean {
    return this.#writable
  }

  /** Switched live: when one's role changes, the minutes are locked, or the text has come. */
  set writable(writable: boolean) {
    if (writable === this.#writable) return
    this.#writable = writable
    this.#view.setProps({ nodeViews: this.#newViews() })
    this.#show(this.#beside)
    this.#options.moved()
  }

  // What one can press ----------------------------------------------------------------------------

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

  /** The records have changed: live blocks show them as they are now. */
  redraw(): void {
    this.#views.redraw()
  }

  /** Put a live block after the block at the selection. `at` is in seconds since 1970. */
  insertRecord(record: string, at: number | null): void {
    if (!this.#writable) return
    const { state } = this.#view
    const { $from } = state.selection
    const after = $from.depth ? $from.after(1) : $from.pos
    this.#view.dispatch(state.tr.insert(after, nodes.record.create({ record, at })).scrollIntoView())
  }

  // Passages --------------------------------------------------------------------------------------

  /** Whether any words are selected. */
  get selects(): boolean {
    const { doc, selection: { from, to } } = this.#view.state
    return from < to && doc.textBetween(from, to).trim() !== ""
  }

  /** What is selected, as an anchor that moves with the text. */
  get passage(): Passage | undefined {
    return selected(this.#view.state)
  }

  /** Mark these passages in the text. */
  showPassages(passages: readonly Passage[]): void {
    this.#view.dispatch(showPassages(this.#view.state.tr, passages))
  }

  /** Go to a passage. Says whether it is still there. */
  goTo(passage: Passage): boolean {
    const range = located(this.#view.state, passage)
    if (!range) return false
    const { doc, tr } = this.#view.state
    this.#view.dispatch(tr.setSelection(TextSelection.create(doc, range.from, range.to)))
    this.#view.focus()
    this.#reveal(range.from)
    return true
  }

  /** Something now covers what is below this height, in pixels of the window: the selection is not. */
  uncover(top: number): void {
    const { from, to } = this.#view.state.selection
    if (this.#view.coordsAtPos(to).bottom > top) this.#elementAt(from)?.scrollIntoView({ block: "center" })
  }

  /** The library scrolls only to where one writes: who reads wants to see it, too. */
  #reveal(position: number): void {
    this.#elementAt(position)?.scrollIntoView({ block: "center" })
    this.#view.dom.focus({ preventScroll: true })
  }

  #elementAt(position: number): Element | null {
    const { node } = this.#view.domAtPos(position)
    return node instanceof Element ? node : node.parentElement
  }

  /** Put other words in the place of a passage, as long as it says what it said. */
  replacePassage(passage: Passage, words: string): boolean {
    const range = located(this.#view.state, passage)
    if (!range || !this.#writable || !says(this.#view.state, range, passage)) return false
    this.#view.dispatch(this.#view.state.tr.insertText(words, range.from, range.to))
    return true
  }

  // Links -----------------------------------------------------------------------------------------

  /** The link at the selection, to be changed. */
  get address(): string {
    return linkAround(this.#view.state)?.href ?? ""
  }

  /** Link the selection, or the word as it is typed. Says whether the address is one we take. */
  link(address: string): boolean {
    const href = safeAddress(completed(address))
    if (!href || !this.#writable) return false
    const { state } = this.#view
    const { from, to } = linkAround(state) ?? state.selection
    const mark = marks.link.create({ href })
    const change = state.tr.removeMark(from, to, marks.link)
    if (from === to) change.replaceWith(from, to, schema.text(href, [mark]))
    else change.addMark(from, to, mark)
    this.#view.dispatch(change)
    this.#view.focus()
    return true
  }

  unlink(): void {
    const { state } = this.#view
    const { from, to } = linkAround(state) ?? state.selection
    if (this.#writable) this.#view.dispatch(state.tr.removeMark(from, to, marks.link))
    this.#view.focus()
  }

  // The outline -----------------------------------------------------------------------------------

  get headings(): Heading[] {
    const found: Heading[] = []
    this.#view.state.doc.forEach((node, position) => {
      const words = node.textContent.trim()
      if (node.type === nodes.heading && words) {
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

  // Finding ---------------------------------------------------------------------------------------

  get search(): Search {
    const { found: all, current } = found(this.#view.state)
    return { count: all.length, at: current + 1 }
  }

  /** What is selected, if it is a few words of one block: one may want to find more of it. */
  get selected(): string {
    const { doc, selection: { $from, $to, from, to } } = this.#view.state
    return $from.sameParent($to) && to - from < 100 ? doc.textBetween(from, to) : ""
  }

  /** Mark these words in the text; none where there are none to be found. */
  seek(words: string): void {
    this.#view.dispatch(seek(this.#view.state, words))
    this.#goTo(go(this.#view.state, this.search.at - 1))
  }

  step(by: 1 | -1): void {
    this.#goTo(step(this.#view.state, by))
  }

  replace(words: string): void {
    if (!this.#writable) return
    this.#view.dispatch(replaceOne(this.#view.state, words))
    this.#goTo(go(this.#view.state, this.search.at - 1))
  }

  /** Replace all that was found; return how many. */
  replaceAll(words: string): number {
    const { count } = this.search
    if (this.#writable && count) this.#view.dispatch(replaceAll(this.#view.state, words))
    return this.#writable ? count : 0
  }

  // What is shown on demand -----------------------------------------------------------------------

  /** Underline who wrote what; again, when more is known of who is who. */
  showAuthors(on: boolean): void {
    if (!this.#view.isDestroyed) this.#view.dispatch(showAuthors(this.#view.state.tr, on))
  }

  /** Clients that wrote what is there, in the order of their first words. */
  get clients(): readonly number[] {
    return clientsShown(this.#view.state)
  }

  /** The client that wrote what stands at the cursor. */
  get clientHere(): number | undefined {
    return clientAt(this.#view.state)
  }

  /** Show the text beside its translation into this language, or alone. */
  showBeside(lang: string | undefined): void {
    this.#beside = lang
    this.#show(lang)
  }

  /** The language that some of the text is translated into. */
  get translatedInto(): string | undefined {
    return translatedInto(this.#view.state)
  }

  get empty(): boolean {
    const { doc } = this.#view.state
    return doc.childCount === 1 && doc.firstChild!.type === nodes.paragraph && !doc.firstChild!.content.size
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
    const { provider, moved, missing, writer } = this.#options
    return [
      ySyncPlugin(provider.text, { mapping }),
      yCursorPlugin(provider.awareness, { cursorBuilder: cursor, selectionBuilder: selection }),
      // One's undo takes nothing of others with it: not the words they put into what one had made.
      yUndoPlugin({ protectedNodes: new Set(Object.keys(schema.nodes)) }),
      slash({
        list: this.#options.slash,
        choose: (name) => this.#choose(name),
        possible: (name, state) => !(name in ACTIONS) || (this.#writable && ACTIONS[name]!.run(state)),
        offered: this.#options.offered,
      }),
      inputRules({ rules: RULES }),
      placing(provider),
      unselecting(),
      leaving(),
      keymap({ ...KEYS, "Mod-k": () => this.#askForLink() }),
      keymap(baseKeymap),
      tables(),
      finding(),
      authorship({ text: () => provider.text, writer }),
      translations({ missing }),
      passages(),
      erased(this.#options.words("erased")),
      new Plugin({ view: () => ({ update: moved }) }),
    ]
  }

  #newViews(): NodeViews["constructors"] {
    this.#views = nodeViews(this.#options.describe, this.#options.words)
    return this.#views.constructors
  }

  #attributes(state: EditorState): Record<string, string> {
    const { label, describedBy } = this.#options
    const named = { class: "minutes-text", "aria-label": label }
    if (!this.#writable) return { ...named, role: "article", tabindex: "0" }
    const writing = slashAttributes(state, this.#options.slash) ?? { role: "textbox", "aria-multiline": "true" }
    return { ...named, ...writing, "aria-describedby": describedBy }
  }

  #choose(name: string): void {
    if (name in ACTIONS) this.press(name)
    else this.#options.command(name)
  }

  #askForLink(): boolean {
    if (this.#writable) this.#options.askForLink()
    return this.#writable
  }

  #pasted(slice: Slice): boolean {
    if (slice.content.size > PASTED) return this.#refused()
    const { state } = this.#view
    if (!tooDeep(state, slice)) return false
    this.#view.dispatch(state.tr.replaceSelection(flattened(slice)).scrollIntoView())
    return true
  }

  #dropped(slice: Slice): boolean {
    return (slice.content.size > PASTED || tooDeep(this.#view.state, slice)) && this.#refused()
  }

  #refused(): true {
    this.#options.tooLong()
    return true
  }

  /** Go to what was found, without taking the focus from the field one types in. */
  #goTo(change: Transaction): void {
    this.#view.dispatch(change)
    const { found: all, current } = found(this.#view.state)
    const at: Found | undefined = all[current]
    const { node } = this.#view.domAtPos(at?.from ?? 0)
    const element = node instanceof HTMLElement ? node : node.parentElement
    if (at) element?.scrollIntoView({ block: "center" })
  }

  #show(lang: string | undefined): void {
    this.#view.dispatch(showTranslations(this.#view.state.tr, undefined))
    if (lang) this.#view.dispatch(showTranslations(this.#view.state.tr, lang))
  }
}

export { lineOf } from "./authorship"
export { authorOf, userOf, writerOf, type Author } from "./people"
