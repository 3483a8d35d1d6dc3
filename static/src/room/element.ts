/**
 * A panel of the room. Subclasses say which kinds of record they show and how to show them; every
 * word and tag the reader sees stands in the Django template.
 */

import { rows, when } from "./dom"
import type { Room, RoomEvents } from "./room"
import { RoomSocket } from "./room-socket"
import { word } from "./words"
import type { Values } from "./words"

type Me = Readonly<Record<"id" | "name" | "role" | "place", string>>

export abstract class RoomElement extends HTMLElement {
  /** Kinds of record whose changes concern this panel. */
  readonly kinds: readonly string[] = []
  /** What else of the room does. */
  readonly events: readonly (keyof RoomEvents)[] = []

  #room: Room | undefined
  #stop = new AbortController()
  #due = false

  protected abstract render(): void

  /** The panel is in its room: the place to listen to more than records. */
  protected entered(_signal: AbortSignal): void {}

  protected get room(): Room {
    return this.#room!
  }

  /** Who one is here: as the room has said, or as the page says until then. */
  protected get you(): Me {
    const { me = "", role = "", place = "" } = this.dataset
    return this.room.you ?? { id: me, name: "", role, place }
  }

  /** Whether the room has told us anything yet. Before that, what the page came with stands. */
  protected get told(): boolean {
    return this.room.epoch !== ""
  }

  connectedCallback(): void {
    this.#room = this.closest<RoomSocket>("room-socket")?.room
    if (!this.#room) return
    this.#stop = new AbortController()
    const { signal } = this.#stop
    this.#room.on("moved", ({ fresh, gone, put }) => this.#moved(fresh, gone, put), signal)
    for (const name of this.events) this.#room.on(name, () => this.update(), signal)
    this.entered(signal)
    this.update()
  }

  disconnectedCallback(): void {
    this.#stop.abort()
  }

  /** Render soon; once, however many reasons there are. */
  protected update(): void {
    if (this.#due) return
    this.#due = true
    queueMicrotask(() => {
      this.#due = false
      if (this.isConnected && this.#room) this.render()
    })
  }

  /** Every record of one kind. Sort them by what they say: order of arrival means nothing. */
  protected all<R>(kind: string): R[] {
    const prefix = `${kind}/`
    const { records } = this.room
    return Object.keys(records).flatMap((key) => (key.startsWith(prefix) ? [records[key] as R] : []))
  }

  protected find<R>(key: string): R | undefined {
    return this.room.records[key] as R | undefined
  }

  /** Make the list called `name` show exactly `items`, reusing the rows already there. */
  protected list<R extends { readonly id: string }>(
    name: string,
    items: readonly R[],
    fill: (row: HTMLElement, item: R) => void,
  ): void {
    rows(this.querySelector(`[data-rows="${name}"]`), items, ({ id }) => id, fill)
  }

  /** Show the parts that depend on one of these facts, hide the others that depend on some. */
  protected show(...facts: readonly string[]): void {
    when(this, facts)
  }

  protected word(name: string, values: Values = {}): string {
    return word(this, name, values)
  }

  protected piece<E extends HTMLElement = HTMLElement>(name: string): E | null {
    return this.querySelector<E>(`[data-piece="${name}"]`)
  }

  #moved(fresh: boolean, gone: readonly string[], put: Readonly<Record<string, unknown>>): void {
    const concerned = (key: string): boolean => this.kinds.includes(key.slice(0, key.indexOf("/")))
    if (fresh || gone.some(concerned) || Object.keys(put).some(concerned)) this.update()
  }
}
