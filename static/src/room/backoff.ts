/** The backoff: how long to wait before coming back after a lost connection. */

const FIRST = 0.3 // seconds
const LONGEST = 5 // seconds

/** Seconds to wait before the attempt after `failures` failed ones; `chance` is within [0, 1). */
export function backoff(failures: number, chance: number): number {
  const whole = Math.min(LONGEST, FIRST * 2 ** failures)
  return whole * (0.5 + chance / 2) // a crowd that was cut off together does not return as one
}
