/** What is said of a question wherever it stands: who asked it, and when it was answered. */

import type { Plenary, Question } from "../room/records"
import { timeOfDay, word } from "../room/words"

type Records = Readonly<Record<string, unknown>>

export function askedBy({ name, typed, place }: Question): string[] {
  const who = name ? "with-name" : typed ? "somebody" : "without-name"
  return [who, ...(typed ? ["typed"] : []), ...(place ? [place] : [])]
}

/** The hour of the answer; and where in the recording it begins, if the plenary was on. */
export function answeredAt(near: Element, records: Records, { answering_at, answered_at }: Question): string {
  const { began_at = 0, ended_at = 0 } = (records["stage.plenary/plenary"] ?? {}) as Partial<Plenary>
  const at = timeOfDay(answered_at)
  if (!began_at || answering_at < began_at || (ended_at && answering_at > ended_at)) return word(near, "answered", { at })
  return word(near, "answered-recorded", { at, offset: lasting(answering_at - began_at) })
}

/** 0:12:34 */
function lasting(seconds: number): string {
  const two = (n: number): string => String(Math.floor(n)).padStart(2, "0")
  return `${Math.floor(seconds / 3600)}:${two((seconds / 60) % 60)}:${two(seconds % 60)}`
}
