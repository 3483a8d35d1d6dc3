/** The fold: the one way state moves forward. `workshop/records.py` has its twin. */

import type { Changes, Records } from "./protocol"

export function fold(records: Records, { gone, put }: Pick<Changes, "gone" | "put">): Records {
  const next: Record<string, unknown> = { ...records }
  for (const key of gone) delete next[key]
  return Object.assign(next, put)
}
