/** The state of a connection: what people are told about it, worked out from the facts. */

const BRIEF = 3000 // milliseconds a loss may last before it is called one
const UNSTABLE = 2000 // milliseconds that an answer may take

export type State =
  | { readonly name: "connecting" }
  | { readonly name: "catching-up"; readonly behind: number }
  | { readonly name: "in-sync" }
  | { readonly name: "unstable" }
  | { readonly name: "offline"; readonly waiting: number }
  | { readonly name: "closed"; readonly code: string }

export interface Facts {
  /** Milliseconds, as are the moments below. */
  readonly now: number
  /** Whether the server has welcomed this connection. */
  readonly welcomed: boolean
  /** Since when there is no connection. */
  readonly lostAt: number
  /** When the oldest thing was asked that nothing was heard after. */
  readonly askedAt: number | undefined
  /** How far we are, and how far the room was when it welcomed us. */
  readonly seq: number
  readonly head: number
  /** How many commands are still unanswered. */
  readonly waiting: number
  /** Why the server does not want us back. */
  readonly closed: string | undefined
  /** Whether the browser believes that there is a network. */
  readonly online: boolean
}

export function stateOf(facts: Facts): State {
  if (facts.closed !== undefined) return { name: "closed", code: facts.closed }
  if (!facts.welcomed) return without(facts)
  if (facts.askedAt !== undefined && facts.now - facts.askedAt > UNSTABLE) return { name: "unstable" }
  if (facts.seq < facts.head) return { name: "catching-up", behind: facts.head - facts.seq }
  return { name: "in-sync" }
}

function without({ online, now, lostAt, waiting }: Facts): State {
  return online && now - lostAt < BRIEF ? { name: "connecting" } : { name: "offline", waiting }
}

export function same(one: State, other: State): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
