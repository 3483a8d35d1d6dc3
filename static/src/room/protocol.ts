/** The words spoken over a room's socket, as docs/protocol.md explains them. */

export const SUBPROTOCOL = "workshop.v1"

export type Role =
  | "facilitator"
  | "note_taker"
  | "participant"
  | "observer"
  | "screen"
  | "kiosk"
  | "system"
export type Place = "hall" | "remote"

/** What a room is: whole records by `kind/id`. */
export type Records = Readonly<Record<string, unknown>>
export type Fields = Readonly<Record<string, unknown>>

export interface You {
  readonly id: string
  readonly name: string
  readonly role: Role
  readonly place: Place
}

export interface Welcome {
  readonly type: "welcome"
  readonly you: You
  readonly epoch: string
  readonly now: number
  readonly seq: number
  readonly stamp: string
}

export interface Changes {
  readonly type: "changes"
  readonly since: number
  readonly seq: number
  readonly fresh: boolean
  readonly gone: readonly string[]
  readonly put: Records
}

export interface Done {
  readonly type: "done"
  readonly ref: string
  readonly seq: number
}

export interface Refused {
  readonly type: "refused"
  readonly ref: string
  readonly code: string
  readonly wait?: number
}

export interface Older {
  readonly type: "older"
  readonly kind: string
  readonly before: number
  readonly put: Records
  readonly more: boolean
}

export interface Ephemeral {
  readonly type: "ephemeral"
  readonly what: string
  readonly from: string
  readonly name: string
  readonly with: Fields
}

export interface Presence {
  readonly type: "presence"
  readonly hall: number
  readonly remote: number
  readonly watching: number
}

export interface Pong {
  readonly type: "pong"
  readonly seq: number
  readonly now: number
  readonly stamp: string
}

export interface Saved {
  readonly type: "saved"
  readonly updates: number
}

export interface Unsaved {
  readonly type: "unsaved"
  readonly update: number
  readonly code: string
}

export interface Bye {
  readonly type: "bye"
  readonly code: string
  readonly again: boolean
  readonly wait: number
}

export type ServerFrame =
  | Welcome
  | Changes
  | Done
  | Refused
  | Older
  | Ephemeral
  | Presence
  | Pong
  | Saved
  | Unsaved
  | Bye

export type ClientFrame =
  | { readonly type: "hello"; readonly epoch: string; readonly since: number }
  | { readonly type: "do"; readonly do: string; readonly ref: string; readonly with: Fields; readonly seen?: string }
  | { readonly type: "older"; readonly kind: string; readonly before: number }
  | { readonly type: "ephemeral"; readonly what: string; readonly with: Fields }
  | { readonly type: "ping" }
