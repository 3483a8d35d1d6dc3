/** A network, a clock and a storage that do what a test says. */

import type { ClientFrame, ServerFrame, Welcome } from "../../static/src/room/protocol"
import { Room } from "../../static/src/room/room"
import type { Store } from "../../static/src/room/outbox"
import type { WebSocketLike } from "../../static/src/room/socket"
import type { Timers } from "../../static/src/room/timers"
import type { Way } from "../../static/src/room/way"

export class FakeTimers implements Timers {
  #now = 1_700_000_000_000
  #due: { at: number; run: () => void }[] = []

  now(): number {
    return this.#now
  }

  after(milliseconds: number, run: () => void): () => void {
    const timer = { at: this.#now + milliseconds, run }
    this.#due.push(timer)
    return () => (this.#due = this.#due.filter((each) => each !== timer))
  }

  pass(seconds: number): void {
    const until = this.#now + seconds * 1000
    for (let next = this.#next(until); next; next = this.#next(until)) {
      this.#now = next.at
      this.#due = this.#due.filter((each) => each !== next)
      next.run()
    }
    this.#now = until
  }

  #next(until: number): { at: number; run: () => void } | undefined {
    return this.#due.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0]
  }
}

export class FakeSocket implements WebSocketLike {
  binaryType = "blob"
  onopen: (() => void) | null = null
  onmessage: ((event: { data: unknown }) => void) | null = null
  onclose: ((event: { code: number }) => void) | null = null
  readonly said: ClientFrame[] = []
  closed = false
  bufferedAmount = 0

  constructor(readonly way: Way = "socket") {}

  send(data: string | Uint8Array): void {
    if (typeof data === "string") this.said.push(JSON.parse(data) as ClientFrame)
  }

  close(): void {
    this.closed = true
  }

  hear(...frames: ServerFrame[]): void {
    for (const frame of frames) this.onmessage?.({ data: JSON.stringify(frame) })
  }

  cut(code = 1006): void {
    this.onclose?.({ code })
  }

  /** What was asked of the room, without pings. */
  get asked(): ClientFrame[] {
    return this.said.filter(({ type }) => type !== "ping")
  }

  get refs(): string[] {
    return this.said.flatMap((frame) => (frame.type === "do" ? [frame.ref] : []))
  }

  get texts(): unknown[] {
    return this.said.flatMap((frame) => (frame.type === "do" ? [frame.with["text"] ?? frame.with["answer"]] : []))
  }
}

export class FakeStore implements Store {
  readonly #values = new Map<string, string>()

  get length(): number {
    return this.#values.size
  }

  key(index: number): string | null {
    return [...this.#values.keys()][index] ?? null
  }

  getItem(key: string): string | null {
    return this.#values.get(key) ?? null
  }

  setItem(key: string, value: string): void {
    this.#values.set(key, value)
  }

  removeItem(key: string): void {
    this.#values.delete(key)
  }
}

export const ANA: Welcome = {
  type: "welcome",
  you: { id: "ana", name: "Ana", role: "participant", place: "hall" },
  epoch: "e1",
  now: 5000,
  seq: 0,
  stamp: "s1",
}

/** A page that Ana has open, and its network. */
export class Page {
  readonly timers: FakeTimers
  readonly store: FakeStore
  readonly sockets: FakeSocket[] = []
  readonly room: Room
  online = true

  constructor({ timers = new FakeTimers(), store = new FakeStore() } = {}) {
    this.timers = timers
    this.store = store
    this.room = new Room({
      slug: "plenary",
      me: "ana",
      store,
      timers,
      chance: () => 0.999,
      isOnline: () => this.online,
      connect: (_, way) => this.#connect(way),
    })
    this.room.start()
  }

  get socket(): FakeSocket {
    return this.sockets.at(-1)!
  }

  open(welcome: Partial<Welcome> = {}): FakeSocket {
    this.socket.onopen?.()
    this.socket.hear({ ...ANA, ...welcome })
    return this.socket
  }

  #connect(way: Way): FakeSocket {
    const socket = new FakeSocket(way)
    this.sockets.push(socket)
    return socket
  }
}
