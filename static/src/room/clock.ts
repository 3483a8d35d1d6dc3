/** The room's clock: the server's, as far as a browser can know it. */

export class Clock {
  readonly #local: () => number
  #ahead: number | undefined

  /** `local` tells milliseconds. */
  constructor(local: () => number) {
    this.#local = local
  }

  /** The server has just said what time it is, in seconds. */
  set(now: number): void {
    const ahead = now * 1000 - this.#local()
    // What took longest to arrive is the most behind: the greatest difference is the truest.
    // Only a leap, such as a clock put right, starts afresh.
    const leap = this.#ahead === undefined || Math.abs(ahead - this.#ahead) > 5000
    this.#ahead = leap ? ahead : Math.max(ahead, this.#ahead ?? ahead)
  }

  /** Seconds. */
  now(): number {
    return (this.#local() + (this.#ahead ?? 0)) / 1000
  }
}
