/**
 * The slash menu: "/" at the start of a block or after a space opens a list of what can be put there,
 * narrowed by what one types. The list stands in the page (`role=listbox`, its options with
 * `data-command`, the words one may type in `data-words`); the focus stays in the text, which tells
 * screen readers the option (`aria-activedescendant`).
 */

import { EditorState, Plugin, PluginKey, type Transaction } from "prosemirror-state"
import type { EditorView } from "prosemirror-view"

import { matches } from "./matches"
import { fromText } from "./origin"

const TYPED = /(?:^|\s)\/([\p{Letter}\p{Number}-]{0,20})$/u

interface Asked {
  /** Where the sign stands. */
  readonly from: number
  readonly words: string
}

export interface SlashOptions {
  readonly list: HTMLElement
  /** Do what was chosen. The sign and what followed it are gone by then. */
  readonly choose: (command: string) => void
  /** Whether a command can be done in this state: that without the sign and what followed it. */
  readonly possible: (command: string, state: EditorState) => boolean
  /** How many options there are, to be said. */
  readonly offered: (count: number) => void
}

const key = new PluginKey<Asked | null>("slash")

export function slash(options: SlashOptions): Plugin<Asked | null> {
  let menu: Menu | undefined
  return new Plugin<Asked | null>({
    key,
    state: { init: () => null, apply: (change, before, _old, state) => asked(change, before, state) },
    props: {
      handleKeyDown: (_view, event) => menu?.pressed(event) ?? false,
      handleDOMEvents: {
        blur: (view) => void close(view),
      },
    },
    view: (view) => (menu = new Menu(view, options)),
  })
}

/** While the menu is open the text is what it belongs to: a combobox, to screen readers. */
export function slashAttributes(state: EditorState, list: HTMLElement): Record<string, string> | undefined {
  if (!key.getState(state)) return undefined
  const current = list.querySelector("[aria-selected=true]:not([hidden])")
  return {
    role: "combobox",
    "aria-expanded": String(current !== null),
    "aria-haspopup": "listbox",
    "aria-autocomplete": "list",
    "aria-controls": list.id,
    ...(current && { "aria-activedescendant": current.id }),
  }
}

/** Only what is typed here opens the menu: not the cursor that comes by, nor what others write. */
function asked(change: Transaction, before: Asked | null, state: EditorState): Asked | null {
  if (change.getMeta(key) === "close" || !state.selection.empty) return null
  if (fromText(change)) return before && here(state)
  if (!change.docChanged && !change.selectionSet) return before
  if (!before && !(change.docChanged && justTyped(state))) return null
  return here(state, before ? change.mapping.map(before.from, -1) : undefined)
}

function justTyped(state: EditorState): boolean {
  return typed(state)?.[1] === ""
}

function here(state: EditorState, from?: number): Asked | null {
  const found = typed(state)
  if (!found) return null
  const start = state.selection.from - found[1]!.length - 1
  return from === undefined || from === start ? { from: start, words: found[1]! } : null
}

function typed({ selection: { $from } }: EditorState): RegExpExecArray | null {
  if (!$from.parent.isTextblock) return null
  return TYPED.exec($from.parent.textBetween(0, $from.parentOffset, undefined, "\ufffc"))
}

function without({ selection, tr }: EditorState, { from }: Asked): EditorState {
  const { doc: bare, selection: there } = tr.delete(from, selection.from)
  return EditorState.create({ doc: bare, selection: there })
}

function close(view: EditorView): void {
  if (key.getState(view.state)) view.dispatch(view.state.tr.setMeta(key, "close"))
}

class Menu {
  readonly #view: EditorView
  readonly #options: SlashOptions
  readonly #stop = new AbortController()
  #asked: Asked | null = null
  #at = 0

  constructor(view: EditorView, options: SlashOptions) {
    this.#view = view
    this.#options = options
    const { signal } = this.#stop
    const { list } = options
    list.addEventListener("mousedown", (event) => event.preventDefault(), { signal }) // the focus stays in the text
    list.addEventListener("click", (event) => this.#clicked(event), { signal })
  }

  update(): void {
    const now = key.getState(this.#view.state) ?? null
    if (now === this.#asked) return
    const other = now?.words !== this.#asked?.words
    this.#asked = now
    if (other) this.#at = 0
    this.#draw(other)
  }

  destroy(): void {
    this.#stop.abort()
    this.#options.list.hidden = true
  }

  pressed(event: KeyboardEvent): boolean {
    if (!this.#asked || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return false
    const offered = this.#offered
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (event.key === "Escape") return (close(this.#view), true)
    if (!offered.length) return false
    if (step) return (this.#go((this.#at + step + offered.length) % offered.length), true)
    if (event.key !== "Enter" && event.key !== "Tab") return false
    this.#choose(this.#current!)
    return true
  }

  get #all(): HTMLElement[] {
    return [...this.#options.list.querySelectorAll<HTMLElement>("[role=option]")]
  }

  get #offered(): HTMLElement[] {
    return this.#all.filter((each) => !each.hidden)
  }

  get #current(): HTMLElement | undefined {
    return this.#offered[this.#at]
  }

  #go(at: number): void {
    this.#at = at
    this.#mark()
    this.#view.setProps({}) // its attributes name the option
  }

  #draw(other: boolean): void {
    const { list, possible, offered } = this.#options
    if (!this.#asked) return void (list.hidden = true)
    const { words } = this.#asked
    if (other || list.hidden) {
      const bare = without(this.#view.state, this.#asked)
      for (const each of this.#all) {
        const meant = matches(`${each.textContent} ${each.dataset["words"] ?? ""}`, words)
        each.hidden = !meant || !possible(each.dataset["command"]!, bare)
      }
      offered(this.#offered.length)
    }
    list.hidden = this.#offered.length === 0
    this.#place(this.#asked.from)
    this.#go(Math.min(this.#at, Math.max(0, this.#offered.length - 1)))
  }

  #mark(): void {
    for (const each of this.#all) each.setAttribute("aria-selected", String(each === this.#current))
    this.#current?.scrollIntoView({ block: "nearest" })
  }

  /** Under the sign, or above it where there is more room; never out of the page's sides. */
  #place(position: number): void {
    const { list } = this.#options
    if (list.hidden) return
    const around = list.offsetParent?.getBoundingClientRect()
    if (!around) return
    const sign = this.#view.coordsAtPos(position)
    const height = window.visualViewport?.height ?? window.innerHeight
    const above = sign.bottom + list.offsetHeight > height && sign.top > list.offsetHeight
    const top = above ? sign.top - list.offsetHeight - 4 : sign.bottom + 4
    list.style.insetBlockStart = `${top - around.top + list.offsetParent!.scrollTop}px`
    list.style.insetInlineStart = `${Math.max(0, Math.min(sign.left - around.left, around.width - list.offsetWidth - 8))}px`
  }

  #clicked(event: Event): void {
    const option = (event.target as Element).closest<HTMLElement>("[role=option]")
    if (option) this.#choose(option)
  }

  #choose(option: HTMLElement): void {
    const { state } = this.#view
    const { from } = key.getState(state)!
    this.#view.dispatch(state.tr.delete(from, state.selection.from).setMeta(key, "close"))
    this.#options.choose(option.dataset["command"]!)
  }
}
