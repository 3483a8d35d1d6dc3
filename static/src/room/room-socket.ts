/**
 * `<room-socket data-room="slug" data-me="id">`: the part of a page that is in a room. The panels
 * inside find their room through it, and its forms ask things of it.
 */

import { askFrom } from "./forms"
import { RoomLane } from "./lane"
import { Room } from "./room"
import type { You } from "./protocol"
import type { WebSocketLike } from "./socket"
import { allowed } from "./storage"
import { StreamSocket } from "./stream"
import { browserTimers } from "./timers"

interface Shared {
  readonly room: Room
  readonly lane: RoomLane
  users: number
}

/** A page may show a room in several places; it is one room with one connection. */
const rooms = new Map<string, Shared>()

export class RoomSocket extends HTMLElement {
  #shared: Shared | undefined
  #stop = new AbortController()

  get room(): Room {
    return this.#entered.room
  }

  /** The binary side of the socket, for the minutes. */
  get lane(): RoomLane {
    return this.#entered.lane
  }

  get #entered(): Shared {
    return (this.#shared ??= enter(this.dataset["room"]!, this.dataset["me"] ?? ""))
  }

  connectedCallback(): void {
    this.#stop = new AbortController()
    const { signal } = this.#stop
    askFrom(this, this.room, signal)
    this.room.on("state", ({ name }) => (this.dataset["state"] = name), signal)
    this.room.on("you", (you) => this.#become(you), signal)
    this.dataset["state"] = this.room.state.name
    for (const name of ["online", "offline", "pageshow"]) addEventListener(name, () => this.room.probe(), { signal })
    document.addEventListener("visibilitychange", () => this.#seen(), { signal })
  }

  disconnectedCallback(): void {
    this.#stop.abort()
    if (this.#shared) leave(this.#shared)
    this.#shared = undefined
  }

  /** A page made for a role, `data-for`, is left by whoever loses it. */
  #become({ role, place }: You): void {
    this.dataset["place"] = place
    const { for: needed, otherwise } = this.dataset
    if (needed && otherwise && needed !== role) location.replace(otherwise)
  }

  #seen(): void {
    if (document.visibilityState === "visible") this.room.probe()
  }
}

function enter(slug: string, me: string): Shared {
  const shared = rooms.get(slug) ?? opened(slug, me)
  shared.users++
  return shared
}

function opened(slug: string, me: string): Shared {
  const room = new Room({
    slug,
    me,
    store: allowed(() => localStorage),
    timers: browserTimers,
    chance: Math.random,
    isOnline: () => navigator.onLine,
    connect: (protocol, way) => (way === "socket" ? socket(slug, protocol) : stream(slug)),
  })
  const shared = { room, lane: new RoomLane(room), users: 0 }
  rooms.set(slug, shared)
  room.start()
  return shared
}

function leave(shared: Shared): void {
  if (--shared.users > 0) return
  rooms.delete(shared.room.slug)
  shared.room.stop()
}

function socket(slug: string, protocol: string): WebSocketLike {
  const scheme = location.protocol === "https:" ? "wss" : "ws"
  return new WebSocket(`${scheme}://${location.host}/rooms/${slug}/live`, protocol) as WebSocketLike
}

function stream(slug: string): WebSocketLike {
  const ask = (address: string, options: RequestInit): Promise<Response> => fetch(address, options)
  return new StreamSocket({ room: `/rooms/${slug}`, fetch: ask, timers: browserTimers })
}

customElements.define("room-socket", RoomSocket)
