/** A batch: things to be told, gathered so that nobody is spoken to more than once in a while. */

import type { Timers } from "./timers"

export class Batch<T> {
  readonly #timers: Timers
  readonly #seconds: number
  readonly #tell: (items: readonly T[]) => void
  #items: T[] = []
  #toldAt = -Infinity
  #due = false

  constructor(timers: Timers, seconds: number, tell: (items: readonly T[]) => void) {
    this.#timers = timers
    this.#seconds = seconds
    this.#tell = tell
  }

  add(...items: readonly T[]): void {
    this.#items.push(...items)
    if (this.#due || !this.#items.length) return
    this.#due = true
    const since = this.#timers.now() - this.#toldAt
    this.#timers.after(Math.max(0, this.#seconds * 1000 - since), () => this.#flush())
  }

  #flush(): void {
    const items = this.#items
    this.#items = []
    this.#due = false
    this.#toldAt = this.#timers.now()
    this.#tell(items)
  }
}
