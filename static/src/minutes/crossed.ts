/**
 * Crossed: a piece of text whose right neighbour does not stand at its right. Yjs' undo makes one in
 * some two thousand times, and its copies then put it in different places. The server puts it where
 * everyone agrees (realtime/documents/parent_kinds.py); the copy it was made in must be fetched again.
 */

import { Item, type Transaction } from "yjs"

/** Whether this change, made here, wrote such a piece. */
export function crossed({ doc, beforeState }: Transaction): boolean {
  const since = beforeState.get(doc.clientID) ?? 0
  const made = (item: Item): boolean => item.id.client === doc.clientID && item.id.clock >= since
  const structs = doc.store.clients.get(doc.clientID) ?? []
  for (let at = structs.length - 1; at >= 0 && structs[at]!.id.clock >= since; at--) {
    const item = structs[at]!
    if (item instanceof Item && item.rightOrigin && !standsAtRight(item, made)) return true
  }
  return false
}

/** What came in between can only have been made by the same change. */
function standsAtRight({ right, rightOrigin }: Item, made: (item: Item) => boolean): boolean {
  let next = right
  while (next && made(next) && !is(next, rightOrigin!)) next = next.right
  return next !== null && is(next, rightOrigin!)
}

function is({ id }: Item, { client, clock }: Item["id"]): boolean {
  return id.client === client && id.clock === clock
}
