/** Who may do what, by role: the twins of those in workshop/people.py. */

import type { Seat } from "./records"

export const WRITERS: readonly string[] = ["facilitator", "note_taker"]
export const MEMBERS: readonly string[] = [...WRITERS, "participant"]

/** Whether a person sits there, and not one of the hall’s machines. */
export function isPerson({ role }: Seat): boolean {
  return role !== "screen" && role !== "kiosk"
}
