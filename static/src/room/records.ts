// Generated from workshop/features by `make types`. Do not edit.

import type { Place, Role } from "./protocol"

/** stage.plenary */
export interface Plenary {
  readonly id: string
  readonly phase: "waiting" | "live" | "ended"
  readonly source: string
  readonly signal: boolean
  readonly began_at: number
  readonly ended_at: number
}

/** polls.poll */
export interface Poll {
  readonly id: string
  readonly question: string
  readonly options: readonly string[]
  readonly seq: number
  readonly status: "draft" | "open" | "closed" | "published"
  readonly opened_at: number
  readonly closed_at: number
}

/** polls.ballot */
export interface Ballot {
  readonly id: string
  readonly poll: string
  readonly person: string
  readonly place: Place
  readonly option: number
  readonly seq: number
}

/** polls.turnout */
export interface Turnout {
  readonly id: string
  readonly hall: number
  readonly remote: number
}

/** polls.tally */
export interface Tally {
  readonly id: string
  readonly hall: readonly number[]
  readonly remote: readonly number[]
  readonly at: number
  readonly upto: number
}

/** polls.result */
export interface Result {
  readonly id: string
  readonly votes: readonly number[]
  readonly hall: number
  readonly remote: number
  readonly split: readonly (readonly [number, number])[]
}

/** chat.message */
export interface Message {
  readonly id: string
  readonly person: string
  readonly name: string
  readonly role: Role
  readonly place: Place
  readonly text: string
  readonly at: number
  readonly seq: number
  readonly removed: boolean
}

/** minutes.lock */
export interface Lock {
  readonly id: string
  readonly locked: boolean
}

/** people.seat */
export interface Seat {
  readonly id: string
  readonly name: string
  readonly role: Role
  readonly place: Place
  readonly at: number
}
