/**
 * The way: over what a room is reached. By a WebSocket; or, where a network lets none through, by a
 * stream of what changes, with what one asks posted beside it (stream.ts).
 */

export type Way = "socket" | "stream"

const ENOUGH = 2 // sockets in a row over which nothing was heard
const FIRST = 4 // seconds on the stream, after which a socket is tried beside it
const LONGEST = 60

/** The way to try after so many mute sockets in a row. */
export function wayAfter(mute: number): Way {
  return mute < ENOUGH ? "socket" : "stream"
}

/** How many sockets in a row have been mute, now that a connection has ended. Where nothing came
 * over the stream either, it was not for the socket's sake. */
export function muteAfter(mute: number, way: Way, heard: boolean): number {
  if (way === "socket") return heard ? 0 : mute + 1
  return heard ? mute : 0
}

/** Seconds until a socket is tried beside the stream, after so many that were tried in vain. */
export function tryAfter(tries: number, chance: number): number {
  const whole = Math.min(LONGEST, FIRST * 2 ** tries)
  return whole * (0.75 + chance / 2) // who is behind one wall does not knock as one
}
