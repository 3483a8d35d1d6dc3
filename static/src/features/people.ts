/** Who is here: the line of presence, the seats, and one's own place. Markup: templates/features/people.html */

import { assign, attribute, fill, hide, mark, rowsOf, say } from "../room/dom"
import { RoomElement } from "../room/element"
import type { Asked } from "../room/forms"
import type { Place } from "../room/protocol"
import type { Seat } from "../room/records"
import { locales } from "../room/words"

class RoomPresence extends RoomElement {
  protected override entered(signal: AbortSignal): void {
    this.room.on("presence", () => this.update(), signal)
  }

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
  protected override entered(signal: AbortSignal): void {
    this.room.on("you", () => this.update(), signal)
    const moved = (event: Event): void => this.#moved((event as CustomEvent<Asked>).detail)
    this.addEventListener("asked:done", moved, { signal })
  }

  protected render(): void {
    const place = this.room.you?.place ?? this.dataset["place"]
    for (const button of this.querySelectorAll<HTMLElement>("button[data-place]")) {
      attribute(button, "aria-pressed", String(button.dataset["place"] === place))
    }
  }

  #moved({ fields }: Asked): void {
    this.room.moveTo(fields["place"] as Place)
  }
}

/** The facilitators' list of everyone seated. */
class RoomPeople extends RoomElement {
  override readonly kinds = ["people.seat"]

  protected override entered(signal: AbortSignal): void {
    this.room.on("you", () => this.update(), signal)
    this.piece<HTMLInputElement>("filter")?.addEventListener("input", () => this.#filter(), { signal })
  }

  protected render(): void {
    const collator = new Intl.Collator(locales())
    const seats = this.all<Seat>("people.seat").filter(({ role }) => role !== "screen")
    const sorted = seats.sort((a, b) => rank(a) - rank(b) || collator.compare(a.name, b.name))
    say(this, "seated", { n: seats.length })
    this.list("seats", sorted, (row, seat) => this.#fill(row, seat))
    this.show(seats.length ? "some" : "nobody")
    this.#filter()
  }

  #fill(row: HTMLElement, seat: Seat): void {
    const me = seat.id === this.room.you?.id
    fill(row, { name: seat.name })
    attribute(row, "data-role", seat.role)
    assign(row, "person", seat.id)
    const given = row.querySelector<HTMLSelectElement>("select[name=role]")
    if (given && given !== document.activeElement && row.dataset["given"] !== seat.role) given.value = seat.role
    row.dataset["given"] = seat.role
    mark(row, [seat.place, seat.role, me ? "me" : "other"])
  }

  #filter(): void {
    const typed = this.piece<HTMLInputElement>("filter")?.value.trim().toLocaleLowerCase() ?? ""
    const list = this.querySelector('[data-rows="seats"]')
    for (const row of list ? rowsOf(list) : []) {
      const name = row.querySelector('[data-slot="name"]')?.textContent?.toLocaleLowerCase() ?? ""
      hide(row, !name.includes(typed))
    }
  }
}

function rank({ role }: Seat): number {
  return ["facilitator", "note_taker"].indexOf(role) + 1 || 3
}

customElements.define("room-presence", RoomPresence)
customElements.define("room-place", RoomPlace)
customElements.define("room-people", RoomPeople)
