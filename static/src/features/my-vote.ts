/** My vote in a poll: whether I may, what I said, and where that has got to, as far as this browser knows. */

import type { Waiting } from "../room/outbox"
import type { AnyAnswer, Ballot, Belonging, Poll } from "../room/records"
import type { Room } from "../room/room"

export class MyVote {
  readonly #room: Room
  readonly #me: string
  readonly #poll: Poll

  constructor(room: Room, me: string, poll: Poll) {
    this.#room = room
    this.#me = me
    this.#poll = poll
  }

  /** The room itself decides. */
  get isAllowed(): boolean {
    const { you, records } = this.#room
    const { id, plan, listed } = this.#poll
    if (you && plan.places.length && !plan.places.includes(you.place)) return false
    if (listed && !records[`polls.invitation/${id}:${this.#me}`]) return false
    const { groups = [] } = (records[`people.belonging/${this.#me}`] ?? {}) as Partial<Belonging>
    return !plan.groups.length || plan.groups.some((group) => groups.includes(group))
  }

  get isAwaited(): boolean {
    return this.#poll.status === "open" && this.isAllowed && this.way === "to-vote"
  }

  /** The last asked, or else what the room has. */
  get answer(): AnyAnswer | undefined {
    const asked = this.#waiting?.command.with["answer"] as AnyAnswer | undefined
    return asked ?? this.ballot?.answer ?? undefined
  }

  get ballot(): Ballot | undefined {
    return this.#room.records[`polls.ballot/${this.#poll.id}:${this.#me}`] as Ballot | undefined
  }

  /** Only what the server called done is counted. */
  get way(): "kept" | "sent" | "counted" | "to-vote" {
    const waiting = this.#waiting
    if (waiting && waiting.seq === undefined) return waiting.sent ? "sent" : "kept"
    return this.isCounted ? "counted" : "to-vote"
  }

  get isCounted(): boolean {
    const waiting = this.#waiting
    return waiting ? waiting.seq !== undefined : this.ballot !== undefined
  }

  get #waiting(): Waiting | undefined {
    const votes = this.#room.waiting.filter(({ command }) => command.do === "polls.vote")
    return votes.filter(({ command }) => command.with["poll"] === this.#poll.id).at(-1)
  }
}
