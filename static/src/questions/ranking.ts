/** Ranking: in what order questions stand. `workshop/features/questions/ranking.py` says why, and is its twin. */

export const ORDERS = ["support", "best", "newest", "controversy"] as const
export type Order = (typeof ORDERS)[number]

export interface Ranked {
  readonly up: number
  readonly down: number
  /** When it was asked, in seconds. */
  readonly at: number
}

const CONFIDENCE = 1.959964 // standard deviations: 95 %

/** The share in favour that is at least to be expected, were everybody asked: 0 to 1. */
export function wilson(up: number, down: number): number {
  if (!up) return 0
  const n = up + down
  const [z2, share] = [CONFIDENCE ** 2, up / n]
  const spread = CONFIDENCE * Math.sqrt((share * (1 - share) + z2 / (4 * n)) / n)
  return (share + z2 / (2 * n) - spread) / (1 + z2 / n)
}

/** 0 where all agree; as many as speak where they are divided evenly. */
export function controversy(up: number, down: number): number {
  if (!up || !down) return 0
  return (up + down) ** (Math.min(up, down) / Math.max(up, down))
}

/** To sort by: the greatest first; of equals, the one that has waited longest. */
export function compare(order: Order): (a: Ranked, b: Ranked) => number {
  if (order === "newest") return (a, b) => b.at - a.at
  return (a, b) => score(order, b) - score(order, a) || a.at - b.at
}

function score(order: Exclude<Order, "newest">, { up, down }: Ranked): number {
  if (order === "best") return wilson(up, down)
  return order === "controversy" ? controversy(up, down) : up - down
}
