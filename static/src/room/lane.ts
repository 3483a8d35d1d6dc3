/**
 * The lane: the binary side of the room's socket, for the minutes.
 *
 * Events: `open` when the room has said welcome over a socket, from when on messages are counted from
 * 1 (over a stream it stays closed: no bytes go there); `close` when the socket is gone; `message` with the bytes of one frame; `saved` and `unsaved` with the
 * frames of that type.
 */

import type { Room, RoomEvents } from "./room"

export class RoomLane extends EventTarget {
  open = false
  readonly #room: Room

  constructor(room: Room) {
    super()
    this.#room = room
    room.on("opened", () => room.slower || this.#turn("open"))
    room.on("lost", () => this.#turn("close"))
    for (const [name, as] of PASSED) {
      room.on(name, (detail) => void this.dispatchEvent(new CustomEvent(as, { detail })))
    }
  }

  send(bytes: Uint8Array): void {
    this.#room.sendBytes(bytes as Uint8Array<ArrayBuffer>)
  }

  #turn(name: "open" | "close"): void {
    if (this.open === (name === "open")) return
    this.open = name === "open"
    this.dispatchEvent(new Event(name))
  }
}

const PASSED: readonly (readonly [keyof RoomEvents, string])[] = [
  ["bytes", "message"],
  ["saved", "saved"],
  ["unsaved", "unsaved"],
]
