/**
 * The provider: one text, the same here and on the server. It speaks y-protocols over the room's
 * socket, and knows what is saved: what the server has said is stored, and nothing else.
 *
 * Events: `status` when what is saved has changed; `awareness` when who is writing has; `incoming`
 * before what others have written is put into the text, or their cursors; `replacing`
 * (CustomEvent<Replaced>) when the text here is about to be thrown away, while it can still be read,
 * and `replaced` when there is another `doc` to be bound to.
 */

import { createDecoder, readVarUint, readVarUint8Array } from "lib0/decoding"
import { createEncoder, toUint8Array, writeVarUint, writeVarUint8Array } from "lib0/encoding"
import { applyAwarenessUpdate, Awareness, encodeAwarenessUpdate, removeAwarenessStates } from "y-protocols/awareness"
import * as Y from "yjs"

import { crossed } from "./crossed"
import { digest } from "./digest"
import type { Lane, Saved, Unsaved } from "./lane"
import { keptOnDevice } from "./storage"
import type { Kept } from "./storage"

export const ROOT = "minutes"

const SYNC = 0
const AWARENESS = 1
const DIGEST = 64
const STEP_1 = 0
const STEP_2 = 1
const UPDATE = 2

const BATCH = 50 // milliseconds: what one types meanwhile goes as one update
const CURSOR = 250 // milliseconds between two tellings of where one's cursor is
const COMPARED = 60_000 // milliseconds between two comparisons of the text here with the server's,
const QUIET = 5000 // for which nothing may have been written by anyone for so long
const DOUBTS = 3 // times that one may stand elsewhere than the server before it counts
const AGAIN = 1500 // milliseconds to wait before offering again what could not be taken just now

/** Codes after which the same text may be offered again; after the others it never will be taken. */
const PASSING = new Set(["gap", "too-fast", "unavailable"])

export interface Status {
  /** Changes made here of which the server has not said that they are stored. */
  readonly unsaved: number
  readonly open: boolean
  /** Whether the text here is the server's, with one's own changes. */
  readonly synced: boolean
  /** When the server last said that something was stored, in milliseconds. */
  readonly savedAt: number | undefined
  /** Whether unsaved changes survive the closing of the page. */
  readonly kept: boolean
}

export interface Replaced {
  /** Why: a code of the server's; `broken` where the text could not be read here; `differs` where it is
   * not the server's, though it should be. */
  readonly code: string
  /** Whether there may be something in it that the server has not got. */
  readonly lost: boolean
}

interface Message {
  readonly number: number
  /** How many of one's changes are stored once this message is. */
  readonly changes: number
}

export interface ProviderOptions {
  readonly lane: Lane
  /** The name under which this device keeps what is not saved. It holds the epoch: or redacted text would return. */
  readonly name: string
  readonly writes: boolean
  /** Who one is, for oneself: what others are told of it, the server writes. */
  readonly user: () => object
}

export class Provider extends EventTarget {
  doc!: Y.Doc
  awareness!: Awareness

  readonly #lane: Lane
  readonly #name: string
  readonly #user: () => object
  readonly #stop = new AbortController()
  #writes: boolean
  #kept: Kept | undefined
  #batch: Uint8Array[] = []
  #batching: ReturnType<typeof setTimeout> | undefined
  #pointing: ReturnType<typeof setTimeout> | undefined
  #offering: ReturnType<typeof setTimeout> | undefined
  #comparing: ReturnType<typeof setTimeout> | undefined
  /** When the text last changed here, by whomever, and how often it has stood elsewhere since. */
  #changedAt = 0
  #doubts = 0
  /** Sync messages sent over this connection, and those not answered yet. */
  #sent = 0
  #waiting: Message[] = []
  /** Changes made here, and how many of them are stored. */
  #made = 0
  #safe = 0
  #savedAt: number | undefined
  /** The server has said how far it is: from now on changes go out as they are made. */
  #offered = false
  #synced = false
  /** What the device kept is here. What comes from it later counts as written now. */
  #ready = false
  /** Something written here stands elsewhere on the server: to be fetched again once all is saved. */
  #crossed = false

  constructor({ lane, name, writes, user }: ProviderOptions) {
    super()
    this.#lane = lane
    this.#name = name
    this.#writes = writes
    this.#user = user
    const { signal } = this.#stop
    lane.addEventListener("open", () => this.#opened(), { signal })
    lane.addEventListener("close", () => this.#closed(), { signal })
    lane.addEventListener("message", (event) => this.#heard((event as CustomEvent<Uint8Array>).detail), { signal })
    lane.addEventListener("saved", (event) => this.#saved((event as CustomEvent<Saved>).detail), { signal })
    lane.addEventListener("unsaved", (event) => this.#unsaved((event as CustomEvent<Unsaved>).detail), { signal })
    addEventListener("pagehide", () => this.#leave(), { signal })
    this.#compareIn(COMPARED)
    void this.#begin()
  }

  get text(): Y.XmlFragment {
    return this.doc.getXmlFragment(ROOT)
  }

  get status(): Status {
    const { open } = this.#lane
    const kept = this.#kept?.works ?? false
    return { unsaved: this.#made - this.#safe, open, synced: this.#synced, savedAt: this.#savedAt, kept }
  }

  /** Whether one may write has changed. What was written and is not saved is then taken out. */
  allow(writes: boolean): void {
    if (writes === this.#writes) return
    this.#writes = writes
    this.#appear()
    if (!writes && this.status.unsaved) return this.#replace("not-allowed")
    if (writes) void this.#keep()
    this.#greet()
  }

  /** End, and throw away what this device kept: something was taken out of the text for good. */
  forget(): void {
    const kept = this.#kept
    this.destroy()
    void kept?.forget()
  }

  destroy(): void {
    this.#leave()
    this.#stop.abort()
    for (const timer of [this.#batching, this.#pointing, this.#offering, this.#comparing]) clearTimeout(timer)
    this.#kept?.close()
    this.doc.destroy()
  }

  async #begin(forgotten: Promise<void> = Promise.resolve()): Promise<void> {
    const doc = (this.doc = new Y.Doc())
    this.awareness = new Awareness(doc)
    this.#appear()
    doc.on("update", (update: Uint8Array, origin: unknown) => this.#changed(update, origin))
    doc.on("afterTransaction", (change: Y.Transaction) => (this.#crossed ||= change.local && crossed(change)))
    this.awareness.on("change", () => this.#tell("awareness"))
    this.awareness.on("update", (_: unknown, origin: unknown) => origin === "local" && this.#point())
    this.#ready = false
    await forgotten
    if (this.#writes && this.doc === doc) await this.#keep()
    if (this.doc !== doc || this.#stop.signal.aborted) return
    this.#ready = true
    this.#greet()
    this.#tell("status")
  }

  /** What one types offline, or just before the page closes, is there again after a reload. */
  async #keep(): Promise<void> {
    this.#kept ??= keptOnDevice(this.#name, this.doc)
    await this.#kept.loaded
  }

  // Here ----------------------------------------------------------------------------------------

  #changed(update: Uint8Array, origin: unknown): void {
    this.#changedAt = Date.now()
    this.#doubts = 0
    if (origin === this || (origin === this.#kept?.origin && !this.#ready)) return
    this.#made++
    this.#batch.push(update)
    this.#batching ??= setTimeout(() => this.#flush(), BATCH)
    this.#tell("status")
  }

  /** Send what was typed. Before the handshake it stays: the answer to the server's step 1 has it. */
  #flush(): void {
    this.#batching = undefined
    const batch = this.#batch
    if (!this.#offered || !batch.length) return
    this.#batch = []
    this.#sendSync(UPDATE, batch.length === 1 ? batch[0]! : Y.mergeUpdates(batch))
  }

  #point(): void {
    this.#pointing ??= setTimeout(() => {
      this.#pointing = undefined
      this.#sendCursor()
    }, CURSOR)
  }

  #sendCursor(): void {
    if (!this.#synced) return
    const encoder = createEncoder()
    writeVarUint(encoder, AWARENESS)
    writeVarUint8Array(encoder, encodeAwarenessUpdate(this.awareness, [this.doc.clientID]))
    this.#lane.send(toUint8Array(encoder))
  }

  /** Whoever may write has a cursor; readers leave no trace. */
  #appear(): void {
    this.awareness.setLocalState(this.#writes ? { user: this.#user() } : null)
  }

  #leave(): void {
    if (!this.awareness.getLocalState()) return
    this.awareness.setLocalState(null)
    if (this.#lane.open) this.#sendCursor()
  }

  #sendSync(kind: number, bytes: Uint8Array): void {
    const encoder = createEncoder()
    writeVarUint(encoder, SYNC)
    writeVarUint(encoder, kind)
    writeVarUint8Array(encoder, bytes)
    if (kind !== STEP_1) this.#waiting.push({ number: ++this.#sent, changes: this.#made })
    this.#lane.send(toUint8Array(encoder))
    this.#tell("status")
  }

  // There ---------------------------------------------------------------------------------------

  #opened(): void {
    this.#sent = 0
    this.#waiting = []
    this.#greet()
  }

  #closed(): void {
    this.#waiting = []
    this.#offered = this.#synced = false
    const others = [...this.awareness.getStates().keys()].filter((client) => client !== this.doc.clientID)
    removeAwarenessStates(this.awareness, others, this)
    for (const client of others) this.awareness.meta.delete(client) // or their return would be no news
    this.#tell("status")
  }

  /** Sync step 1: how far we are. The server answers with what we lack, and asks for what it lacks. */
  #greet(): void {
    if (this.#lane.open && this.#ready) this.#sendSync(STEP_1, Y.encodeStateVector(this.doc))
  }

  #heard(message: Uint8Array): void {
    const decoder = createDecoder(message)
    const lane = readVarUint(decoder)
    this.#tell("incoming")
    if (lane === AWARENESS) return applyAwarenessUpdate(this.awareness, readVarUint8Array(decoder), this)
    if (lane === DIGEST) return this.#compare(readVarUint8Array(decoder), readVarUint8Array(decoder))
    if (lane !== SYNC) return
    const kind = readVarUint(decoder)
    const bytes = readVarUint8Array(decoder)
    if (kind === STEP_1) this.#offer(bytes)
    else this.#apply(bytes, kind === STEP_2)
  }

  /** The server's step 1: send all that it lacks, whenever it was written, and whatever it deletes. */
  #offer(stateVector: Uint8Array): void {
    if (!this.#writes) return
    this.#offered = true
    this.#batch = []
    const before = isAhead(this.doc, stateVector) && this.#made === this.#safe
    if (before) this.#made++ // from before this page was opened
    this.#sendSync(STEP_2, Y.encodeStateAsUpdate(this.doc, stateVector))
  }

  #apply(update: Uint8Array, answer: boolean): void {
    try {
      Y.applyUpdate(this.doc, update, this)
    } catch (error) {
      console.error("The minutes could not be read; they are fetched again.", error)
      return this.#replace("broken")
    }
    if (this.doc.store.pendingStructs) return this.#greet() // something before it has not come
    if (answer && !this.#synced) this.#entered()
  }

  #entered(): void {
    this.#synced = true
    // By now the room has said who one is.
    if (this.awareness.getLocalState()) this.awareness.setLocalStateField("user", this.#user())
    this.#tell("status")
  }

  #saved({ updates }: Saved): void {
    let stored = this.#safe
    while (this.#waiting.length && this.#waiting[0]!.number <= updates) stored = this.#waiting.shift()!.changes
    if (stored === this.#safe) return
    this.#safe = stored
    this.#savedAt = Date.now()
    this.#tell("status")
    if (this.#crossed && this.#safe === this.#made) this.#replace("crossed")
  }

  /** Refused. What only came too fast, or too early, is offered again with all that followed it. */
  #unsaved({ update, code }: Unsaved): void {
    if (!this.#waiting.some(({ number }) => number === update)) return // told already, or of a former text
    this.#waiting = []
    if (!PASSING.has(code)) return this.#replace(code)
    this.#offered = false
    if (code === "gap") return // its step 1 follows
    this.#offering ??= setTimeout(() => {
      this.#offering = undefined
      this.#greet()
    }, AGAIN)
  }

  // Comparing -----------------------------------------------------------------------------------

  #compareIn(milliseconds: number): void {
    clearTimeout(this.#comparing)
    this.#comparing = setTimeout(() => this.#askDigest(), milliseconds)
  }

  /** When all is quiet, and what is here should be what the server has. */
  #askDigest(): void {
    this.#compareIn(COMPARED)
    if (this.#isQuiet()) this.#lane.send(new Uint8Array([DIGEST, 0]))
  }

  #isQuiet(): boolean {
    const settled = this.#lane.open && this.#synced && this.#made === this.#safe && !this.#waiting.length
    return settled && Date.now() - this.#changedAt >= QUIET
  }

  /** The same edits must be the same text. That one of us has other edits may be chance: something may
   * be on its way; but not again and again. */
  #compare(stateVector: Uint8Array, hash: Uint8Array): void {
    if (!this.#isQuiet()) return
    const same = standsAt(this.doc, stateVector)
    if (same && equal(digest(this.text), hash)) return void (this.#doubts = 0)
    if (!same && ++this.#doubts < DOUBTS) return this.#compareIn(QUIET)
    console.error("The minutes here are not the server's; they are fetched again.")
    this.#replace("differs", true)
  }

  /** Throw this copy away and fetch the text again. Whoever listens keeps what would be lost. */
  #replace(code: string, lost = this.status.unsaved > 0): void {
    this.#tell("replacing", { code, lost })
    this.#leave()
    clearTimeout(this.#batching)
    this.#batching = undefined
    this.#batch = []
    this.#waiting = []
    this.#made = this.#safe = this.#doubts = 0
    this.#offered = this.#synced = this.#crossed = false
    const former = this.doc
    const kept = this.#kept
    this.#kept = undefined
    void this.#begin(kept?.forget())
    this.#tell("replaced")
    former.destroy()
  }

  #tell(name: string, detail?: Replaced): void {
    this.dispatchEvent(new CustomEvent(name, { detail }))
  }
}

const equal = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, at) => byte === b[at])

/** Whether what is here is exactly what is there, deletions aside. */
function standsAt(doc: Y.Doc, stateVector: Uint8Array): boolean {
  const [ours, theirs] = [Y.encodeStateVector(doc), stateVector].map((each) => Y.decodeStateVector(each))
  return ours!.size === theirs!.size && [...ours!].every(([client, clock]) => theirs!.get(client) === clock)
}

/** Whether there is something here that someone who is as far as this has not got. */
function isAhead(doc: Y.Doc, stateVector: Uint8Array): boolean {
  const theirs = Y.decodeStateVector(stateVector)
  return [...Y.decodeStateVector(Y.encodeStateVector(doc))].some(([client, clock]) => clock > (theirs.get(client) ?? 0))
}
