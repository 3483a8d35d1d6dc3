/** Preferences: what a person chose in this browser, for next time. */

import { storage } from "./room-socket"

export function preference(name: string): string | undefined {
  return storage()?.getItem(`preference/${name}`) ?? undefined
}

export function prefer(name: string, value: string): void {
  try {
    storage()?.setItem(`preference/${name}`, value)
  } catch {
    // A full or forbidden storage: the choice holds as long as the page is open.
  }
}
