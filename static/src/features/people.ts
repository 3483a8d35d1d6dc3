/** Who is here: the line of presence, the seats, and one's own place. Markup: templates/features/people.html */

import { assign, attribute, fill, hide, mark, rows, say, select } from "../room/dom"
import { RoomElement } from "../room/element"
import type { Asked } from "../room/forms"
import { isPerson } from "../room/people"
import type { Place } from "../room/protocol"
import type { Axis, Seat } from "../room/records"
import { locales } from "../room/words"
import { groupsOf, offer, sorted } from "./people-axes"

const MOST = 200 // rows: a longer list is searched, and not scrolled through

class RoomPresence extends RoomElement {
  override readonly events = ["presence"] as const

  protected render(): void {
    const { presence } = this.room
    hide(this, !presence)
    if (!presence) return
    say(this, "hall", { n: presence.hall })
    say(this, "remote", { n: presence.remote })
    say(this, "watching", { n: presence.watching })
    this.show(...(presence.watching ? ["watched"] : []))
  }
}

/** Where one takes part from: in the hall, or elsewhere. */
class RoomPlace extends RoomElement {
  override readonly events = ["you"] as const

  protected override entered(signal: AbortSignal): void {
    this.addEventListener("asked:done", ({ detail }) => this.#moved(detail), { signal })
  }

  protected render(): void {
    const { place } = this.you
    for (const button of this.querySelectorAll<HTMLElement>("button[data-place]")) {
      attribute(button, "aria-pressed", String(button.dataset["place"] === place))
    }
  }

  #moved({ fields }: Asked): void {
    this.room.moveTo(fields["place"] as Place)
  }
}

/** The facilitators' list of everyone seated: their roles, their groups, and who waits for a consent. */
class RoomPeople extends RoomElement {
  override readonly kinds = ["people.seat", "people.axis"]
  override readonly events = ["you"] as const

  #axes: readonly Axis[] = []

  protected override entered(signal: AbortSignal): void {
    this.piece("filter")?.addEventListener("input", () => this.update(), { signal })
    this.piece("waiting")?.addEventListener("change", () => this.update(), { signal })
    // What can be done with somebody is made when it is looked at: there may be thousands.
    this.addEventListener("toggle", () => this.update(), { signal, capture: true })
  }

  protected render(): void {
    this.#axes = sorted(this.all<Axis>("people.axis"))
    const seats = this.all<Seat>("people.seat").filter(isPerson)
    const waiting = seats.filter((seat) => seat.waiting.length > 0)
    const found = this.#found(this.#onlyWaiting(waiting.length) ? waiting : seats)
    say(this, "seated", { n: seats.length })
    say(this, "waiting", { n: waiting.length })
    say(this, "more", { n: found.length - MOST })
    this.list("seats", found.slice(0, MOST), (row, seat) => this.#fill(row, seat))
    this.show(
      seats.length ? "some" : "nobody",
      ...(waiting.length ? ["waiting"] : []),
      ...(found.length > MOST ? ["more"] : []),
      ...(seats.length && !found.length ? ["not-found"] : []),
    )
  }

  /** When the last consent is noted, everyone is shown again. */
  #onlyWaiting(n: number): boolean {
    const box = this.piece<HTMLInputElement>("waiting")
    if (box && !n) box.checked = false
    return box?.checked ?? false
  }

  #found(seats: Seat[]): Seat[] {
    const { compare } = new Intl.Collator(locales())
    const typed = this.piece<HTMLInputElement>("filter")?.value.trim().toLocaleLowerCase() ?? ""
    const fits = (seat: Seat): boolean => `${seat.name} ${this.#groups(seat)}`.toLocaleLowerCase().includes(typed)
    const found = typed ? seats.filter(fits) : seats
    return found.sort((a, b) => rank(a) - rank(b) || compare(a.name, b.name))
  }

  #groups(seat: Seat): string {
    return groupsOf(this.#axes, [...seat.groups, ...seat.waiting]).join(" · ")
  }

  #fill(row: HTMLElement, seat: Seat): void {
    const me = seat.id === this.room.you?.id
    fill(row, { name: seat.name, groups: this.#groups(seat) })
    attribute(row, "data-role", seat.role)
    if (row.querySelector("details")?.open) this.#fillActs(row, seat)
    mark(row, [seat.place, seat.role, me ? "me" : "other", ...facts(seat)])
  }

  #fillActs(row: HTMLElement, seat: Seat): void {
    rows(row.querySelector('[data-rows="axes"]'), this.#axes, ({ id }) => id, (part, axis) => offer(part, axis, seat))
    assign(row, "person", seat.id)
    select(row.querySelector("select[name=role]"), seat.role)
    fill(row, { by: this.find<Seat>(`people.seat/${seat.consent_by}`)?.name ?? "" })
  }
}

function facts({ groups, waiting, consent }: Seat): string[] {
  return [
    ...(groups.length || waiting.length ? ["grouped"] : []),
    ...(waiting.length ? ["waiting"] : []),
    ...(consent ? ["consent"] : []),
  ]
}

function rank({ role }: Seat): number {
  return ["facilitator", "note_taker"].indexOf(role) + 1 || 3
}

customElements.define("room-presence", RoomPresence)
customElements.define("room-place", RoomPlace)
customElements.define("room-people", RoomPeople)
