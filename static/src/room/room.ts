/** The room: the browser's copy of it, and the one door through which a page asks for changes. */

import { Clock } from "./clock"
import { moved, NOTHING } from "./motion"
import type { Copy } from "./motion"
import { Outbox } from "./outbox"
import type { Store, Waiting } from "./outbox"
import type {
  Changes,
  ClientFrame,
  Done,
  Ephemeral,
  Fields,
  Older,
  Presence,
  Records,
  Refused,
  Saved,
  ServerFrame,
  Unsaved,
  Welcome,
  You,
} from "./protocol"
import { Socket } from "./socket"
import type { Means } from "./socket"
import { same, stateOf } from "./state"
import type { State } from "./state"
import { uuid } from "./uuid"

const EARLY = 20 // milliseconds by which a browser's timer may fire too soon
const AGAIN = 1 // seconds to wait before asking again what could not be stored just now

/** What a room tells those who listen. */
export interface RoomEvents {
  /** Records came or went. */
  moved: Changes
  /** What is waiting to be answered has changed. */
  outbox: undefined
  /** A command was refused: here also those that a former page had asked. */
  refused: { readonly waiting: Waiting; readonly code: string }
  state: State
  /** Who one is here, or where, has changed. */
  you: You
  presence: Presence
  ephemeral: Ephemeral
  /** A connection is ready: the minutes may say their step 1. */
  opened: Welcome
  lost: undefined
  bytes: Uint8Array
  saved: Saved
  unsaved: Unsaved
}

export interface DoOptions {
  /** Worth keeping across a reload. */
  readonly keep?: boolean
  /** Only the last command of this name counts, of those not answered yet. */
  readonly place?: string
  /** Its own name, where one wants to know it. */
  readonly ref?: string
}

export interface RoomOptions extends Means {
  readonly slug: string
  /** Who the page says one is, until the server says so itself. */
  readonly me: string
  readonly store: Store | undefined
  readonly isOnline: () => boolean
}

/** Why a command was not carried out. `superseded`: a later one has taken its place. */
export class NotDone extends Error {
  constructor(readonly code: string) {
    super(code)
  }
}

interface Answer {
  readonly resolve: (seq: number) => void
  readonly reject: (error: NotDone) => void
}

export class Room extends EventTarget {
  readonly slug: string
  you: You | undefined
  presence: Presence | undefined

  readonly #options: RoomOptions
  readonly #socket: Socket
  readonly #clock: Clock
  readonly #answers = new Map<string, Answer>()
  readonly #olders = new Map<string, { resolve: (older: Older) => void; reject: (error: NotDone) => void }>()
  /** Commands by name that were too fast: from then on one at a time, after so many milliseconds. */
  readonly #held = new Map<string, number>()
  #outbox: Outbox
  #copy: Copy = NOTHING
  #epoch = ""
  #stamp = ""
  #from = 0
  #head = 0
  #welcomed = false
  #asking = false
  #lostAt: number
  #closed: string | undefined
  #state: State = { name: "connecting" }

  constructor(options: RoomOptions) {
    super()
    this.slug = options.slug
    this.#options = options
    this.#clock = new Clock(() => options.timers.now())
    this.#lostAt = options.timers.now()
    this.#outbox = this.#outboxOf(options.me)
    this.#socket = new Socket(options, {
      opened: () => this.#hello(),
      greeting: () => this.#greeting(),
      heard: (frame) => this.#receive(frame),
      heardBytes: (bytes) => this.#tell("bytes", bytes),
      lost: (code) => this.#lost(code),
      looked: () => this.#look(),
    })
  }

  get records(): Records {
    return this.#copy.records
  }

  get seq(): number {
    return this.#copy.seq
  }

  /** The identity of the log, as this reader may know it. Empty before the first welcome. */
  get epoch(): string {
    return this.#epoch
  }

  get state(): State {
    return this.#state
  }

  /** Whether we are here by the slower way, which the minutes do not go. */
  get slower(): boolean {
    return this.#socket.way === "stream"
  }

  /** Commands not answered yet, and those whose consequence is still on its way. */
  get waiting(): readonly Waiting[] {
    return this.#outbox.all
  }

  start(): void {
    this.#socket.start()
  }

  stop(): void {
    this.#socket.stop()
  }

  /** Try to connect at once, even where the server has said not to come back. */
  retry(): void {
    this.#closed = undefined
    this.#socket.retry()
    this.#look()
  }

  /** The network or the page woke up or fell asleep. */
  probe(): void {
    const useful = this.#welcomed || this.#options.isOnline()
    if (this.#closed === undefined && useful) this.#socket.probe()
    this.#look()
  }

  /** The room's clock, in seconds. */
  now(): number {
    return this.#clock.now()
  }

  on<N extends keyof RoomEvents>(name: N, listener: (detail: RoomEvents[N]) => void, signal?: AbortSignal): void {
    const heard = (event: Event): void => listener((event as CustomEvent<RoomEvents[N]>).detail)
    this.addEventListener(name, heard, signal ? { signal } : {})
  }

  /** Ask for a change. Resolves once it is stored, however long that takes; rejects if refused. */
  do(name: string, fields: Fields = {}, { keep = false, place, ref = uuid() }: DoOptions = {}): Promise<number> {
    const command = { do: name, ref, with: fields, ...(keep && this.#stamp && { seen: this.#stamp }) }
    return new Promise((resolve, reject) => {
      this.#answers.set(command.ref, { resolve, reject })
      const options = { now: this.#options.timers.now(), keep, ...(place && { place }) }
      const replaced = this.#outbox.add(command, options)
      for (const each of replaced) this.#answerOf(each)?.reject(new NotDone("superseded"))
      this.#post()
      this.#tell("outbox", undefined)
      this.#look()
    })
  }

  /** Records of a kind from before the entry `before`. They join the others. */
  older(kind: string, before: number): Promise<Older> {
    return new Promise((resolve, reject) => {
      this.#olders.set(`${kind} ${before}`, { resolve, reject })
      if (!this.#socket.send({ type: "older", kind, before })) this.#lostOlders()
    })
  }

  /** Tell the others something that nobody keeps. */
  pass(what: string): void {
    if (this.#welcomed) this.#socket.send({ type: "ephemeral", what, with: {} })
  }

  /** Send a y-protocols message. Says whether there was a connection to send it over. */
  sendBytes(bytes: Uint8Array<ArrayBuffer>): boolean {
    return this.#welcomed && this.#socket.sendBytes(bytes)
  }

  /** One's own place, once the server has agreed to it. */
  moveTo(place: You["place"]): void {
    if (this.you) this.#tell("you", (this.you = { ...this.you, place }))
  }

  #hello(): void {
    this.#asking = true
    this.#socket.send(this.#greeting())
    // What concerns nobody here is not sent; the answer says how far we have been told all the same.
    this.#socket.send({ type: "ping" })
  }

  #greeting(): ClientFrame {
    this.#from = this.#copy.seq
    return { type: "hello", epoch: this.#epoch, since: this.#from }
  }

  #receive(frame: ServerFrame): void {
    switch (frame.type) {
      case "welcome":
        this.#enter(frame)
        break
      case "changes":
        this.#move(frame)
        break
      case "done":
        this.#done(frame)
        break
      case "refused":
        this.#refused(frame)
        break
      case "older":
        this.#addOlder(frame)
        break
      case "pong":
        this.#clock.set(frame.now)
        this.#stamp = frame.stamp
        this.#stand(frame.seq)
        break
      case "presence":
        this.#tell("presence", (this.presence = frame))
        break
      case "ephemeral":
        this.#tell("ephemeral", frame)
        break
      case "saved":
        this.#tell("saved", frame)
        break
      case "unsaved":
        this.#tell("unsaved", frame)
        break
    }
    this.#look()
  }

  #enter(welcome: Welcome): void {
    const again = this.#welcomed
    this.#asking = false
    this.#clock.set(welcome.now)
    this.#stamp = welcome.stamp
    // What follows goes on from where we said hello, and may repeat what another way has told since.
    this.#copy = { ...this.#copy, seq: welcome.epoch === this.#epoch ? this.#from : 0 }
    this.#epoch = welcome.epoch
    this.#head = welcome.seq
    this.#become(welcome.you)
    if (again) return // we had missed something; the connection is the same
    this.#welcomed = true
    this.#socket.settled()
    this.#post()
    this.#tell("opened", welcome)
  }

  #become(you: You): void {
    if (you.id !== (this.you?.id ?? this.#options.me)) this.#outbox = this.#outboxOf(you.id)
    this.you = you
    this.#tell("you", you)
  }

  #move(frame: Changes): void {
    const next = moved(this.#copy, frame)
    if (!next) return this.#asking ? undefined : this.#hello()
    this.#copy = next
    this.#tell("moved", frame)
    if (this.#outbox.seen(next.seq)) this.#tell("outbox", undefined)
  }

  /** We have been told everything up to here, although nothing of it concerned us. */
  #stand(seq: number): void {
    if (this.#asking || seq <= this.#copy.seq) return
    this.#copy = { ...this.#copy, seq }
    if (this.#outbox.seen(seq)) this.#tell("outbox", undefined)
  }

  #done({ ref, seq }: Done): void {
    const done = this.#outbox.done(ref, seq)
    if (!done) return
    this.#answerOf(done)?.resolve(seq)
    this.#outbox.seen(this.#copy.seq)
    if (!this.#unanswered(done.command.do).length) this.#held.delete(done.command.do)
    this.#tell("outbox", undefined)
    this.#post()
  }

  #refused({ ref, code, wait = AGAIN }: Refused): void {
    const waiting = this.#outbox.find(ref)
    if (!ref) return this.#misunderstood()
    if (!waiting || waiting.seq !== undefined) return
    if (code === "too-fast" || code === "unavailable") return this.#hold(waiting, wait)
    this.#outbox.remove(ref)
    this.#answerOf(waiting)?.reject(new NotDone(code))
    this.#tell("refused", { waiting, code })
    this.#tell("outbox", undefined)
    this.#post()
  }

  /** Ask again after a while, this and all of its kind asked since, so that their order stays. */
  #hold({ command }: Waiting, seconds: number): void {
    const until = this.#options.timers.now() + seconds * 1000
    this.#held.set(command.do, Math.max(until, this.#held.get(command.do) ?? 0))
    for (const each of this.#unanswered(command.do)) each.sent = false
    this.#options.timers.after(seconds * 1000 + EARLY, () => this.#post())
  }

  /** Send what may be sent now. */
  #post(): void {
    if (!this.#welcomed) return
    for (const each of this.#outbox.unanswered) if (this.#mayGo(each)) each.sent = this.#send(each)
  }

  #mayGo({ command, sent }: Waiting): boolean {
    const until = this.#held.get(command.do)
    if (sent || until === undefined) return !sent
    const first = this.#unanswered(command.do)[0]
    return this.#options.timers.now() >= until && first?.command.ref === command.ref
  }

  #unanswered(name: string): readonly Waiting[] {
    return this.#outbox.unanswered.filter(({ command }) => command.do === name)
  }

  #send({ command }: Waiting): boolean {
    return this.#socket.send({ type: "do", ...command })
  }

  #addOlder(frame: Older): void {
    const known = this.#copy.records
    const put = Object.fromEntries(Object.entries(frame.put).filter(([key]) => !(key in known)))
    const { seq } = this.#copy
    this.#copy = { seq, records: { ...put, ...this.#copy.records } }
    this.#tell("moved", { type: "changes", since: seq, seq, fresh: false, gone: [], put })
    const key = `${frame.kind} ${frame.before}`
    this.#olders.get(key)?.resolve(frame)
    this.#olders.delete(key)
  }

  #lost(code: string | undefined): void {
    if (this.#welcomed) this.#lostAt = this.#options.timers.now()
    this.#welcomed = this.#asking = false
    this.#closed = code
    this.#held.clear()
    this.#outbox.unsent()
    this.#lostOlders()
    this.#tell("lost", undefined)
    this.#tell("outbox", undefined)
    this.#look()
  }

  /** Something without a ref was refused: a hello or a question for older records. */
  #misunderstood(): void {
    this.#asking = false
    this.#lostOlders()
  }

  #lostOlders(): void {
    for (const { reject } of this.#olders.values()) reject(new NotDone("lost"))
    this.#olders.clear()
  }

  #look(): void {
    const state = stateOf({
      now: this.#options.timers.now(),
      welcomed: this.#welcomed,
      lostAt: this.#lostAt,
      askedAt: this.#socket.askedAt,
      seq: this.#copy.seq,
      head: this.#head,
      waiting: this.#outbox.unanswered.length,
      closed: this.#closed,
      online: this.#options.isOnline(),
    })
    if (same(state, this.#state)) return
    this.#state = state
    this.#tell("state", state)
  }

  #answerOf({ command }: Waiting): Answer | undefined {
    const answer = this.#answers.get(command.ref)
    this.#answers.delete(command.ref)
    return answer
  }

  #outboxOf(person: string): Outbox {
    const { slug, store, timers } = this.#options
    return new Outbox(store, `${slug}/${person}`, timers.now())
  }

  #tell<N extends keyof RoomEvents>(name: N, detail: RoomEvents[N]): void {
    this.dispatchEvent(new CustomEvent(name, { detail }))
  }
}
