/** The records that features keep, as workshop/features/<name>/rules.py declare them. */

import type { Place, Role } from "./protocol"

export interface Plenary {
  readonly id: "plenary"
  readonly phase: "waiting" | "live" | "ended"
  readonly source: string
  readonly signal: boolean
  readonly began_at: number
  readonly ended_at: number
}

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

export interface Poll {
  readonly id: string
  readonly question: string
  readonly options: readonly string[]
  readonly seq: number
  readonly status: "draft" | "open" | "closed" | "published"
  readonly opened_at: number
  readonly closed_at: number
}

export interface Ballot {
  readonly id: string
  readonly poll: string
  readonly person: string
  readonly place: Place
  readonly option: number
  readonly seq: number
}

export interface Turnout {
  readonly id: string
  readonly hall: number
  readonly remote: number
}

export interface Tally {
  readonly id: string
  readonly hall: readonly number[]
  readonly remote: readonly number[]
  readonly at: number
  readonly upto: number
}

export interface Result {
  readonly id: string
  readonly votes: readonly number[]
  readonly hall: number
  readonly remote: number
  readonly split: readonly (readonly [number, number])[]
}

export interface Seat {
  readonly id: string
  readonly name: string
  readonly role: Role
  readonly place: Place
  readonly at: number
}

export interface Lock {
  readonly id: "lock"
  readonly locked: boolean
}
