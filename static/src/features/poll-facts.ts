/** What is so of a poll, for whoever shows it: where it stands, how much time is left, what is on now. */

import type { Poll } from "../room/records"

const SHOWN_FOR = 600 // seconds a published result stays in the bar; the list keeps it

/** The polls that matter now, the one opened last first: those that are open or in their grace; or
 * else the last that closed. */
export function current(polls: readonly Poll[], now: number): Poll[] {
  const open = polls.filter(({ status }) => status === "open" || status === "closing")
  if (open.length) return open.sort((a, b) => b.opened_at - a.opened_at)
  const over = polls.filter(({ status }) => isOver(status))
  const [last] = over.sort((a, b) => b.closed_at - a.closed_at)
  if (!last) return []
  return isPast(last, now) ? [] : [last]
}

/** Whether a result has been in the bar for long enough. */
export function isPast({ status, closed_at }: Poll, now: number): boolean {
  return status === "published" && now - closed_at >= SHOWN_FOR
}

/** Where a vote stands, for those who do not count it: after the close they wait for the result. */
export function stepOf({ status }: Poll): Poll["status"] {
  return status === "closing" || status === "counting" ? "closed" : status
}

/** Seconds until a vote closes, or until ballots on their way are waited for no longer; nothing where
 * neither has a time. */
export function secondsLeft({ status, ends_at, until }: Poll, now: number): number | undefined {
  const end = status === "closing" ? until : status === "open" ? ends_at : 0
  return end ? Math.max(0, Math.ceil(end - now)) : undefined
}

/** Whether a vote has ended, whether or not it is counted. */
export function isOver(status: Poll["status"]): boolean {
  return status !== "draft" && status !== "open"
}
