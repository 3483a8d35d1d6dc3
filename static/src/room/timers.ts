/** Timers: the browser's clock as the room uses it, so that tests may bring their own. */

export interface Timers {
  /** Milliseconds since 1970. */
  now(): number
  /** Run once after so many milliseconds. Returns how to call it off. */
  after(milliseconds: number, run: () => void): () => void
}

/** Run again and again, every so many seconds, until the signal. */
export function every(seconds: number, run: () => void, signal: AbortSignal): void {
  const timer = setInterval(run, seconds * 1000)
  signal.addEventListener("abort", () => clearInterval(timer))
}

export const browserTimers: Timers = {
  now: () => Date.now(),
  after(milliseconds, run) {
    const timer = setTimeout(run, milliseconds)
    return () => clearTimeout(timer)
  },
}
