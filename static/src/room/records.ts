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

/** agenda.item */
export interface Item {
  readonly id: string
  readonly title: string
  readonly minutes: number
  readonly rank: number
  readonly status: "planned" | "on" | "done"
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

/** minutes.thread */
export interface Thread {
  readonly id: string
  readonly about: "comment" | "suggestion" | "remark"
  readonly person: string
  readonly name: string
  readonly at: number
  readonly begin: string
  readonly end: string
  readonly quoted: string
  readonly words: string
  readonly proposal: string
  readonly seen_by: string
  readonly status: "open" | "accepted" | "refused" | "answered" | "resolved"
  readonly settled_by: string
}

/** minutes.answer */
export interface Answer {
  readonly id: string
  readonly thread: string
  readonly person: string
  readonly name: string
  readonly at: number
  readonly words: string
  readonly seen_by: string
}

/** minutes.life */
export interface Life {
  readonly id: string
  readonly phase: "live" | "prepared" | "amendable" | "final"
  readonly since: number
  readonly approved: readonly string[]
  readonly sha256: string
}

/** minutes.lock */
export interface Lock {
  readonly id: string
  readonly locked: boolean
  readonly writing: "staff" | "admitted" | "everyone"
}

/** minutes.writer */
export interface Writer {
  readonly id: string
  readonly name: string
  readonly admitted: boolean
  readonly at: number
}

/** minutes.decision */
export interface Decision {
  readonly id: string
  readonly words: string
  readonly in_favour: number
  readonly against: number
  readonly abstained: number
  readonly at: number
}

/** minutes.action */
export interface Action {
  readonly id: string
  readonly what: string
  readonly who: string
  readonly by: string
  readonly done: boolean
  readonly at: number
}

/** minutes.turn */
export interface Turn {
  readonly id: string
  readonly name: string
  readonly place: Place
  readonly at: number
}

/** minutes.quote */
export interface Quote {
  readonly id: string
  readonly message: string
  readonly name: string
  readonly words: string
  readonly said_at: number
  readonly at: number
}

/** minutes.note */
export interface Note {
  readonly id: string
  readonly about: string
  readonly at: number
  readonly heading: string
  readonly placed: boolean
}

/** minutes.version */
export interface Version {
  readonly id: string
  readonly name: string
  readonly edit: number
  readonly by: string
  readonly at: number
}

/** people.seat */
export interface Seat {
  readonly id: string
  readonly name: string
  readonly role: Role
  readonly place: Place
  readonly at: number
}
