/** What is said of a question wherever it stands: who asked it, and when it was answered. */

import type { Records } from "../room/protocol"
import type { Question } from "../room/records"
import { timeOfDay, word } from "../room/words"
import { offsetIn } from "./recording"

export function askedBy({ name, typed, place }: Question): string[] {
  const who = name ? "with-name" : typed ? "somebody" : "without-name"
  return [who, ...(typed ? ["typed"] : []), ...(place ? [place] : [])]
}

/** The hour of the answer; and where in the recording it begins, if the plenary was on. */
export function answeredAt(near: Element, records: Records, { answering_at, answered_at }: Question): string {
  const at = timeOfDay(answered_at)
  const offset = offsetIn(records, answering_at)
  return offset ? word(near, "answered-recorded", { at, offset }) : word(near, "answered", { at })
}
