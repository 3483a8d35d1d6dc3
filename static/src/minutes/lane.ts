/**
 * The binary side of the room's socket, as the minutes need it. `<room-socket>` provides one as its
 * `lane`; docs/protocol.md, "The minutes", says what the bytes are.
 *
 * Events:
 * - `open`: the socket is open and the room has said welcome. Counting of messages begins at 1.
 * - `close`: the socket is gone. What was not called saved may not be.
 * - `message`: CustomEvent<Uint8Array>, one binary frame.
 * - `saved`: CustomEvent<Saved>, the text frame of that type.
 * - `unsaved`: CustomEvent<Unsaved>, the text frame of that type.
 */
export interface Lane extends EventTarget {
  readonly open: boolean
  send(bytes: Uint8Array): void
}

export interface Saved {
  readonly updates: number
}

export interface Unsaved {
  readonly update: number
  readonly code: string
}
