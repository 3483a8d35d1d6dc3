/**
 * The stream: a room without a WebSocket, behind the same few words that a WebSocket has. A hello
 * opens a stream of events; anything else is posted, one after the other, and its answer is heard as
 * a frame. Whatever fails ends it, as a lost socket: what was not answered is asked again by its ref.
 * The minutes' bytes do not go this way.
 */

import type { ClientFrame, ServerFrame } from "./protocol"
import type { WebSocketLike } from "./socket"
import type { Timers } from "./timers"

const SILENCE = 40_000 // milliseconds: the server shows a sign of life every 15 seconds
const PATIENCE = 10_000 // milliseconds to wait for one answer

export interface StreamMeans {
  /** The room's address: `/rooms/<slug>`. */
  readonly room: string
  readonly fetch: (address: string, options: RequestInit) => Promise<Response>
  readonly timers: Timers
}

type Hello = Extract<ClientFrame, { type: "hello" }>

export class StreamSocket implements WebSocketLike {
  binaryType = "arraybuffer"
  onopen: (() => void) | null = null
  onmessage: ((event: { data: unknown }) => void) | null = null
  onclose: ((event: { code: number }) => void) | null = null

  readonly #means: StreamMeans
  readonly #stop = new AbortController()
  #stream: AbortController | undefined
  /** What is to be posted; the first is on its way. */
  #queue: readonly string[] = []
  #spoken = false
  #callOffSilence: () => void = () => {}

  constructor(means: StreamMeans) {
    this.#means = means
    queueMicrotask(() => this.onopen?.())
  }

  /** How much is not answered yet. */
  get bufferedAmount(): number {
    return this.#queue.length
  }

  send(data: string | Uint8Array<ArrayBuffer>): void {
    if (typeof data !== "string" || this.#ended) return
    const frame = JSON.parse(data) as ClientFrame
    if (frame.type === "hello") return void this.#listen(frame)
    // An answer to it would be a sign of life, of a stream that may be none.
    if (frame.type === "ping" && !this.#spoken) return
    this.#queue = [...this.#queue, data]
    if (this.#queue.length === 1) void this.#post()
  }

  close(): void {
    this.#stop.abort()
    this.#stream?.abort()
    this.#callOffSilence()
  }

  get #ended(): boolean {
    return this.#stop.signal.aborted
  }

  // What one asks -------------------------------------------------------------------------------

  async #post(): Promise<void> {
    for (let next = this.#queue[0]; next !== undefined && !this.#ended; next = this.#queue[0]) {
      try {
        await this.#ask(next)
      } catch {
        return this.#end()
      }
      this.#queue = this.#queue.slice(1)
    }
  }

  async #ask(body: string): Promise<void> {
    const callOff = this.#means.timers.after(PATIENCE, () => this.#end())
    const headers = { "Content-Type": "application/json" }
    try {
      const options = { method: "POST", body, headers, signal: this.#stop.signal }
      const answer = await this.#means.fetch(`${this.#means.room}/ask`, options)
      const text = await answer.text()
      if (answer.status !== 204) this.#answered(understood(text))
    } finally {
      callOff()
    }
  }

  #answered(frame: ServerFrame): void {
    // It says how far the room is, and not how far this stream has been told.
    this.#tell(frame.type === "pong" ? { ...frame, seq: 0 } : frame)
    if (frame.type === "bye") this.#end()
  }

  // What one is told ----------------------------------------------------------------------------

  async #listen(hello: Hello): Promise<void> {
    this.#stream?.abort()
    const stream = (this.#stream = new AbortController())
    try {
      await this.#hear(hello, stream.signal)
    } catch {
      // The network is gone, or what answered is no room.
    }
    if (stream === this.#stream) this.#end()
  }

  async #hear({ epoch, since }: Hello, signal: AbortSignal): Promise<void> {
    this.#wait()
    const headers = { Accept: "text/event-stream" }
    const asked = new URLSearchParams({ epoch, since: String(since) })
    const options: RequestInit = { headers, signal, cache: "no-store" }
    const answer = await this.#means.fetch(`${this.#means.room}/changes?${asked}`, options)
    if (!answer.ok) return this.#tell(understood(await answer.text())) // why one is turned away
    for await (const text of events(answer.body!, () => this.#wait())) {
      if (signal.aborted) return
      this.#spoken = true
      this.#tell(understood(text))
    }
  }

  /** There is a sign of life: wait for the next. */
  #wait(): void {
    this.#callOffSilence()
    this.#callOffSilence = this.#means.timers.after(SILENCE, () => this.#end())
  }

  #tell(frame: ServerFrame): void {
    if (!this.#ended) this.onmessage?.({ data: JSON.stringify(frame) })
  }

  #end(): void {
    if (this.#ended) return
    this.close()
    this.onclose?.({ code: 1006 })
  }
}

/** A frame of the room's; throws where something else has answered, such as a wall's own page. */
function understood(text: string): ServerFrame {
  const frame = JSON.parse(text) as ServerFrame
  if (typeof frame?.type !== "string") throw new TypeError("not a frame")
  return frame
}

/** The data of each event, as the server writes them: one line each. `alive` is called whenever
 * anything has come, be it a comment. */
async function* events(body: ReadableStream<Uint8Array>, alive: () => void): AsyncGenerator<string> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let rest = ""
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    alive()
    const lines = (rest + decoder.decode(part.value, { stream: true })).split("\n")
    rest = lines.pop()!
    for (const line of lines) if (line.startsWith("data: ")) yield line.slice(6)
  }
}
