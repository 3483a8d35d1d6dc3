/** Node views: tasks with a box to tick, live blocks that show a record, tables that scroll alone. */

import type { Node } from "prosemirror-model"
import type { EditorView, NodeView, NodeViewConstructor, ViewMutationRecord } from "prosemirror-view"

import { isDone, ticked } from "./lists"
import { moment, nodes } from "./schema"

/**
 * What a record block shows: an element that the page fills from the room's records. What is shown
 * already is given along, to be filled again. Of a record that is gone the element says so.
 */
export type Describe = (record: string, at: number | null, shown: HTMLElement | undefined) => HTMLElement

export interface Words {
  /** Names of what the editor draws by itself; `values` stand for the `{names}` in them. */
  (name: "task" | "table" | "erased", values?: Readonly<Record<string, string>>): string
}

/** A task: its box is a real one, named after its words. */
class TaskView implements NodeView {
  readonly dom = document.createElement("li")
  readonly contentDOM = document.createElement("div")
  readonly #box = document.createElement("input")
  readonly #words: Words

  constructor(node: Node, view: EditorView, position: () => number | undefined, words: Words) {
    this.#words = words
    this.dom.className = "task"
    this.contentDOM.className = "task-text"
    this.#box.type = "checkbox"
    this.#box.disabled = !view.editable
    this.#box.addEventListener("change", () => this.#tick(view, position()))
    const handle = document.createElement("label")
    handle.contentEditable = "false"
    handle.append(this.#box)
    this.dom.append(handle, this.contentDOM)
    this.update(node)
  }

  update(node: Node): boolean {
    if (node.type !== nodes.task_item) return false
    this.#box.checked = isDone(node)
    this.#box.setAttribute("aria-label", this.#words("task", { task: node.firstChild!.textContent.trim() }))
    this.dom.toggleAttribute("data-done", isDone(node))
    return true
  }

  stopEvent(event: Event): boolean {
    return event.target === this.#box
  }

  ignoreMutation(mutation: ViewMutationRecord): boolean {
    return mutation.type !== "selection" && !this.contentDOM.contains(mutation.target)
  }

  #tick(view: EditorView, position: number | undefined): void {
    if (position !== undefined) view.dispatch(ticked(view.state.tr, position, this.#box.checked))
  }
}

/** A live block: nothing of it stands in the text but the key of a record. */
class RecordView implements NodeView {
  readonly dom = document.createElement("div")
  readonly #describe: Describe
  readonly #views: Set<RecordView>
  #node: Node
  #shown: HTMLElement | undefined

  constructor(node: Node, describe: Describe, views: Set<RecordView>) {
    this.#node = node
    this.#describe = describe
    this.#views = views
    this.dom.className = "live-block"
    this.dom.contentEditable = "false"
    views.add(this)
    this.draw()
  }

  draw(): void {
    const { record, at } = this.#node.attrs as { record: string; at: unknown }
    const shown = this.#describe(record, moment(at), this.#shown)
    if (shown !== this.#shown) this.dom.replaceChildren(shown)
    this.#shown = shown
  }

  update(node: Node): boolean {
    if (node.type !== nodes.record) return false
    const other = node.attrs["record"] !== this.#node.attrs["record"]
    this.#node = node
    if (other) this.#shown = undefined
    this.draw()
    return true
  }

  /** Tables to be unfolded and links to be followed work as on the page. */
  stopEvent(event: Event): boolean {
    return event.target instanceof Element && event.target.closest("summary, a, button, input") !== null
  }

  ignoreMutation(): boolean {
    return true
  }

  destroy(): void {
    this.#views.delete(this)
  }
}

/** A table. Who reads by keyboard must be able to scroll it; who writes goes there with the cursor. */
class TableView implements NodeView {
  readonly dom = document.createElement("div")
  readonly contentDOM = document.createElement("tbody")

  constructor(view: EditorView, words: Words) {
    const table = document.createElement("table")
    table.append(this.contentDOM)
    this.dom.className = "table-scroll"
    if (!view.editable) {
      this.dom.tabIndex = 0
      this.dom.setAttribute("role", "group")
      this.dom.setAttribute("aria-label", words("table"))
    }
    this.dom.append(table)
  }

  update(node: Node): boolean {
    return node.type === nodes.table
  }

  ignoreMutation(mutation: ViewMutationRecord): boolean {
    return mutation.type !== "selection" && !this.contentDOM.contains(mutation.target)
  }
}

export interface NodeViews {
  readonly constructors: Readonly<Record<string, NodeViewConstructor>>
  /** Draw all live blocks again: the room's records have changed. */
  redraw(): void
}

/** The views of an editor. Its rights are drawn into them: on a change of rights, make them anew. */
export function nodeViews(describe: Describe, words: Words): NodeViews {
  const records = new Set<RecordView>()
  return {
    constructors: {
      task_item: (node, view, position) => new TaskView(node, view, position, words),
      record: (node) => new RecordView(node, describe, records),
      table: (_node, view) => new TableView(view, words),
    },
    redraw: () => records.forEach((each) => each.draw()),
  }
}
