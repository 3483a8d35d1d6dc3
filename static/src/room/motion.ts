/** The rule of motion: how a frame moves the copy of the room, or that something is missing. */

import { fold } from "./fold"
import type { Changes, Records } from "./protocol"

export interface Copy {
  readonly records: Records
  readonly seq: number
}

export const NOTHING: Copy = { records: {}, seq: 0 }

/** The copy after this frame. Undefined where the frame begins further on than we have got to. */
export function moved(copy: Copy, frame: Changes): Copy | undefined {
  if (frame.fresh) return { records: fold({}, frame), seq: frame.seq }
  if (frame.since > copy.seq) return undefined
  return { records: fold(copy.records, frame), seq: Math.max(copy.seq, frame.seq) }
}
