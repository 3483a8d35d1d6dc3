/** Preferences: what a person chose in this browser, for next time. */

import { allowed } from "./storage"

export function preference(name: string): string | undefined {
  return allowed(() => localStorage.getItem(`preference/${name}`)) ?? undefined
}

export function prefer(name: string, value: string): void {
  allowed(() => localStorage.setItem(`preference/${name}`, value))
}
