/**
 * The outbox: commands that have not been answered yet, in the order in which they were asked.
 *
 * Those worth keeping (a message, a vote) are also written to the browser's storage, so that what
 * was said in a tunnel survives a reload. Each stands under its own key: tabs that share the
 * storage never overwrite one another, and what both of them send is carried out once, by its ref.
 */

import type { Fields } from "./protocol"
import { allowed } from "./storage"

const KEPT_FOR = 24 * 3600 * 1000 // milliseconds; what is older was meant for another moment
const PREFIX = "outbox/"

export interface Command {
  readonly do: string
  readonly ref: string
  readonly with: Fields
  /** The server's own proof of when we were last connected before we asked. */
  readonly seen?: string
}

/** Where a command has got to: kept here, sent on this connection, or stored as entry `seq`. */
export interface Waiting {
  readonly command: Command
  readonly asked: number
  /** A later command in the same place takes this one's place: a changed vote. */
  readonly place: string | undefined
  sent: boolean
  seq: number | undefined
}

export interface Store {
  readonly length: number
  key(index: number): string | null
  getItem(key: string): string | null
  setItem(key: string, value: string): void
  removeItem(key: string): void
}

export class Outbox {
  readonly #store: Store | undefined
  readonly #prefix: string
  #waiting: readonly Waiting[] = []

  /** `owner` tells the commands of one person in one session from those of another. */
  constructor(store: Store | undefined, owner: string, now: number) {
    this.#store = store
    this.#prefix = `${PREFIX}${owner}/`
    this.#waiting = this.#kept(now)
  }

  /** All that is not answered, or whose consequence has not been seen yet. */
  get all(): readonly Waiting[] {
    return this.#waiting
  }

  get unanswered(): readonly Waiting[] {
    return this.#waiting.filter(({ seq }) => seq === undefined)
  }

  find(ref: string): Waiting | undefined {
    return this.#waiting.find(({ command }) => command.ref === ref)
  }

  /** Returns those whose place the new command has taken. */
  add(command: Command, { now, keep, place }: { now: number; keep: boolean; place?: string }): readonly Waiting[] {
    const replaced = place ? this.unanswered.filter((each) => each.place === place) : []
    for (const each of replaced) this.remove(each.command.ref)
    const asked = Math.max(now, (this.#waiting.at(-1)?.asked ?? 0) + 1)
    this.#waiting = [...this.#waiting, { command, asked, place, sent: false, seq: undefined }]
    if (keep) this.#write(command.ref, JSON.stringify({ command, asked, place }))
    return replaced
  }

  /** It is stored as entry `seq`; we go on showing it until we have been told that far. */
  done(ref: string, seq: number): Waiting | undefined {
    const done = this.find(ref)
    if (done) done.seq = seq
    this.#forget(ref)
    return done
  }

  remove(ref: string): Waiting | undefined {
    const removed = this.find(ref)
    this.#waiting = this.#waiting.filter((each) => each !== removed)
    this.#forget(ref)
    return removed
  }

  /** Let go of what has been seen to happen. Says whether there was any. */
  seen(upTo: number): boolean {
    const before = this.#waiting.length
    this.#waiting = this.#waiting.filter(({ seq }) => seq === undefined || seq > upTo)
    return this.#waiting.length < before
  }

  /** The connection is gone: nothing counts as sent. */
  unsent(): void {
    for (const each of this.#waiting) each.sent = false
  }

  #kept(now: number): Waiting[] {
    const kept = this.#keys().flatMap((key) => read(this.#store?.getItem(key)) ?? [])
    for (const { command, asked } of kept) if (now - asked > KEPT_FOR) this.#forget(command.ref)
    return kept.filter(({ asked }) => now - asked <= KEPT_FOR).sort((a, b) => a.asked - b.asked)
  }

  #keys(): string[] {
    const indices = Array.from({ length: this.#store?.length ?? 0 }, (_, index) => index)
    const keys = indices.map((index) => this.#store?.key(index) ?? "")
    return keys.filter((key) => key.startsWith(this.#prefix))
  }

  #write(ref: string, value: string): void {
    allowed(() => this.#store?.setItem(this.#prefix + ref, value))
  }

  #forget(ref: string): void {
    this.#store?.removeItem(this.#prefix + ref)
  }
}

function read(text: string | null | undefined): Waiting | undefined {
  try {
    const { command, asked, place } = JSON.parse(text ?? "") as Waiting
    return { command, asked, place, sent: false, seq: undefined }
  } catch {
    return undefined // written by something else, or half
  }
}
