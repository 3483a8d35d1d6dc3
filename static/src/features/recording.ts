/** The recording: how far into it something was, where the plenary was on then. */

import type { Records } from "../room/protocol"
import type { Plenary } from "../room/records"

/** As one writes it down, 0:12:34; nothing for a moment, in seconds, that is not in it. */
export function offsetIn(records: Records, at: number): string | undefined {
  const { began_at = 0, ended_at = 0 } = (records["stage.plenary/plenary"] ?? {}) as Partial<Plenary>
  if (!began_at || at < began_at || (ended_at && at > ended_at)) return undefined
  const two = (n: number): string => String(Math.floor(n) % 60).padStart(2, "0")
  const seconds = at - began_at
  return `${Math.floor(seconds / 3600)}:${two(seconds / 60)}:${two(seconds)}`
}
