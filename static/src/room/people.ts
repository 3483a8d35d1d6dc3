/** Who may do what, by role: the twins of those in workshop/people.py. */

export const WRITERS: readonly string[] = ["facilitator", "note_taker"]
export const MEMBERS: readonly string[] = [...WRITERS, "participant"]
