/** What is written and not saved, kept on this device; where the browser lets us, and it may not. */

import { IndexeddbPersistence } from "y-indexeddb"
import type * as Y from "yjs"

const PATIENCE = 2000 // milliseconds to wait for the device; a text that is merely kept may come later

export interface Kept {
  /** The origin of what comes from the device into the document. */
  readonly origin: unknown
  readonly loaded: Promise<void>
  readonly works: boolean
  close(): void
  forget(): Promise<void>
}

export function keptOnDevice(name: string, doc: Y.Doc): Kept {
  if (typeof indexedDB === "undefined") return NOWHERE
  const kept = new IndexeddbPersistence(name, doc)
  let works = false
  const synced = kept.whenSynced.then(() => void (works = true))
  // Private windows refuse only when asked: what cannot be kept must not stop anyone from writing.
  const refused = (kept as unknown as { _db: Promise<unknown> })._db.then(
    () => synced,
    () => undefined,
  )
  return {
    origin: kept,
    loaded: Promise.race([refused, later(PATIENCE)]),
    get works() {
      return works
    },
    close: () => void kept.destroy().catch(() => undefined),
    forget: () => kept.clearData().catch(() => undefined),
  }
}

const NOWHERE: Kept = {
  origin: undefined,
  loaded: Promise.resolve(),
  works: false,
  close: () => undefined,
  forget: () => Promise.resolve(),
}

function later(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
