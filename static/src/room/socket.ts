/**
 * The socket: a WebSocket that comes back, or a stream where there can be none. It knows when to try
 * again, over what, and when a connection is dead; what is said over it is the room's business.
 */

import { backoff } from "./backoff"
import type { ClientFrame, ServerFrame } from "./protocol"
import { SUBPROTOCOL } from "./protocol"
import type { Timers } from "./timers"
import { muteAfter, tryAfter, wayAfter } from "./way"
import type { Way } from "./way"

const SILENCE = 5000 // milliseconds without a word, after which we ask for a sign of life
const PATIENCE = 5000 // milliseconds to wait for it; a cut network may leave a socket open for minutes
const SHORT_PATIENCE = 2500 // when there is reason to think that the network is gone
const STAMPED = 30_000 // milliseconds, after which we ask for another proof that we are here
const LOOK = 500 // milliseconds between looks at all this

/** Codes after which one does not come back, in case the bye itself was lost. */
const FINAL: Readonly<Record<number, string>> = {
  4400: "malformed",
  4401: "seat",
  4404: "no-room",
  4409: "tabs",
}

export interface WebSocketLike {
  binaryType: string
  /** Above 0 while something waits to be sent. */
  readonly bufferedAmount: number
  onopen: (() => void) | null
  onmessage: ((event: { data: unknown }) => void) | null
  onclose: ((event: { code: number }) => void) | null
  send(data: string | Uint8Array<ArrayBuffer>): void
  close(): void
}

export interface Ears {
  opened(): void
  /** What is said first, over a socket that is tried beside the stream. */
  greeting(): ClientFrame
  heard(frame: ServerFrame): void
  heardBytes(bytes: Uint8Array): void
  /** The connection is gone; `code` says why, if the server does not want us back. */
  lost(code: string | undefined): void
  /** Time has passed. */
  looked(): void
}

export interface Means {
  readonly connect: (protocol: string, way: Way) => WebSocketLike
  readonly timers: Timers
  readonly chance: () => number
}

export class Socket {
  /** When the oldest thing was asked that nothing was heard after. */
  askedAt: number | undefined

  readonly #means: Means
  readonly #ears: Ears
  #socket: WebSocketLike | undefined
  #way: Way = "socket"
  #open = false
  /** Whether anything was heard over the present connection. */
  #heardOf = false
  /** Sockets in a row over which nothing was. */
  #mute = 0
  /** The socket that is tried beside the stream, and how many were tried in vain. */
  #beside: WebSocketLike | undefined
  #tries = 0
  #stopped = false
  #failures = 0
  #heardAt = 0
  #pingedAt: number | undefined
  #lastPing = 0
  #patience = PATIENCE
  #bye: { code: string; again: boolean; wait: number } | undefined
  #callOff: () => void = () => {}
  #callOffTrying: () => void = () => {}
  #stopLooking: () => void = () => {}

  constructor(means: Means, ears: Ears) {
    this.#means = means
    this.#ears = ears
  }

  /** Over what we are connected, or try to be. */
  get way(): Way {
    return this.#way
  }

  start(): void {
    this.#stopped = false
    this.#look()
    this.#connect()
  }

  stop(): void {
    this.#stopped = true
    this.#callOff()
    this.#stopLooking()
    this.#drop()
  }

  /** The server knows us again: the next loss starts counting afresh. */
  settled(): void {
    this.#failures = 0
    if (this.#way === "stream") this.#tryLater()
  }

  /** Someone asks to try at once. */
  retry(): void {
    if (this.#socket && this.#open) return this.probe()
    this.#stopped = false
    this.#drop()
    this.#connect()
  }

  /** Something happened to the network or the page: find out soon whether we are still connected,
   * or connect at once, unless that is just being tried. */
  probe(): void {
    this.#patience = SHORT_PATIENCE
    if (this.#open) this.#ping()
    else if (!this.#socket || this.#now() - this.#heardAt > SHORT_PATIENCE) this.retry()
  }

  send(frame: ClientFrame): boolean {
    if (!this.#socket || !this.#open) return false
    if (frame.type === "hello" && this.#beside) this.#tryLater() // what was said there no longer holds
    this.#socket.send(JSON.stringify(frame))
    this.askedAt ??= this.#now()
    return true
  }

  sendBytes(bytes: Uint8Array<ArrayBuffer>): boolean {
    if (!this.#socket || !this.#open) return false
    this.#socket.send(bytes)
    return true
  }

  #connect(): void {
    this.#callOff()
    this.#bye = undefined
    this.#way = wayAfter(this.#mute)
    this.#take(this.#means.connect(SUBPROTOCOL, this.#way))
  }

  #take(socket: WebSocketLike): void {
    socket.binaryType = "arraybuffer"
    socket.onopen = () => this.#opened(socket)
    socket.onmessage = ({ data }) => this.#heard(socket, data)
    socket.onclose = ({ code }) => this.#closed(socket, code)
    this.#socket = socket
    this.#heardOf = false
    this.#heardAt = this.#now()
  }

  #opened(socket: WebSocketLike): void {
    if (socket !== this.#socket) return
    this.#open = true
    this.#lastPing = this.#now()
    this.#sign()
    this.#ears.opened()
  }

  #heard(socket: WebSocketLike, data: unknown): void {
    if (socket !== this.#socket) return
    this.#heardOf = true
    this.#sign()
    if (typeof data !== "string") return this.#ears.heardBytes(new Uint8Array(data as ArrayBuffer))
    const frame = JSON.parse(data) as ServerFrame
    if (frame.type === "bye") this.#bye = frame
    this.#ears.heard(frame)
  }

  /** A sign of life: whatever was asked before it is on its way. */
  #sign(): void {
    this.#heardAt = this.#now()
    this.#pingedAt = this.askedAt = undefined
    this.#patience = PATIENCE
  }

  #closed(socket: WebSocketLike, closeCode: number): void {
    if (socket !== this.#socket) return
    const final = this.#bye ? (this.#bye.again ? undefined : this.#bye.code) : FINAL[closeCode]
    const earliest = this.#bye?.wait ?? 0
    this.#learn()
    this.#drop()
    if (final === undefined && !this.#stopped) this.#comeBack(earliest)
    this.#ears.lost(final)
  }

  /** The connection has ended: what it says of the ways there are. */
  #learn(): void {
    this.#mute = muteAfter(this.#mute, this.#way, this.#heardOf)
  }

  #comeBack(earliest: number): void {
    const seconds = Math.max(earliest, backoff(this.#failures++, this.#means.chance()))
    this.#callOff = this.#means.timers.after(seconds * 1000, () => this.#connect())
  }

  /** Have nothing more to do with the present socket. */
  #drop(): void {
    const socket = this.#socket
    this.#socket = undefined
    this.#open = false
    this.#pingedAt = this.askedAt = undefined
    this.#callOffTrying()
    this.#leaveBeside()
    if (socket) leave(socket)
  }

  // Beside the stream ---------------------------------------------------------------------------

  #tryLater(): void {
    this.#callOffTrying()
    this.#leaveBeside()
    const seconds = tryAfter(this.#tries++, this.#means.chance())
    this.#callOffTrying = this.#means.timers.after(seconds * 1000, () => this.#tryBeside())
  }

  /** See whether a socket gets through, while the stream goes on. */
  #tryBeside(): void {
    const socket = this.#means.connect(SUBPROTOCOL, "socket")
    socket.onopen = () => socket.send(JSON.stringify(this.#ears.greeting()))
    socket.onmessage = ({ data }) => this.#answeredBeside(socket, data)
    socket.onclose = () => this.#tryLater()
    this.#beside = socket
    this.#callOffTrying = this.#means.timers.after(2 * PATIENCE, () => this.#tryLater())
  }

  /** It was welcomed: move over. Not while an answer is awaited here: what one has changed one's
   * mind about could arrive last. */
  #answeredBeside(socket: WebSocketLike, data: unknown): void {
    const welcomed = typeof data === "string" && (JSON.parse(data) as ServerFrame).type === "welcome"
    if (!welcomed || this.#socket?.bufferedAmount) return this.#tryLater()
    this.#beside = undefined
    this.#drop()
    this.#ears.lost(undefined)
    this.#way = "socket"
    this.#tries = 0
    this.#bye = undefined
    this.#take(socket)
    this.#open = true
    this.#lastPing = this.#now()
    this.#heard(socket, data)
  }

  #leaveBeside(): void {
    if (this.#beside) leave(this.#beside)
    this.#beside = undefined
  }

  // Signs of life -------------------------------------------------------------------------------

  #look(): void {
    this.#stopLooking = this.#means.timers.after(LOOK, () => this.#look())
    const silent = this.#now() - this.#heardAt
    if (this.#pingedAt !== undefined && this.#now() - this.#pingedAt > this.#patience) this.#giveUp()
    else if (this.#open && (silent > SILENCE || this.#now() - this.#lastPing > STAMPED)) this.#ping()
    else if (this.#socket && !this.#open && silent > 2 * PATIENCE) this.#giveUp()
    this.#ears.looked()
  }

  #ping(): void {
    if (this.#pingedAt !== undefined) return
    this.#pingedAt = this.#lastPing = this.#now()
    this.send({ type: "ping" })
  }

  #giveUp(): void {
    this.#learn()
    this.#drop()
    this.#comeBack(0)
    this.#ears.lost(undefined)
  }

  #now(): number {
    return this.#means.timers.now()
  }
}

function leave(socket: WebSocketLike): void {
  socket.onopen = socket.onmessage = socket.onclose = null
  socket.close()
}
