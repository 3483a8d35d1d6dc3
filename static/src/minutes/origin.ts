/** Where a change comes from: one's own hands, or the shared text. */

import type { Transaction } from "prosemirror-state"
import { ySyncPluginKey } from "y-prosemirror"

/** Whether it came out of the shared text: from others, or by an undo. What one types oneself is not in that yet while the editor draws. */
export function fromText(change: Transaction): boolean {
  return change.getMeta(ySyncPluginKey)?.isChangeOrigin === true
}
