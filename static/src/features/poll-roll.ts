/** The roll of a draft: the people who alone may vote in it. Markup: templates/room/roll.html */

import { fill, hide, say } from "../room/dom"
import { RoomElement } from "../room/element"
import { isPerson } from "../room/people"
import type { Poll, Roll, Seat } from "../room/records"

const SHOWN = 50 // people at once: of more, one looks for a name
const AT_ONCE = 300 // people in one command: it takes no more than 16 KiB

class RoomPollRoll extends RoomElement {
  override readonly kinds = ["polls.poll", "polls.roll", "people.seat"]

  /** Who is ticked, and not sent yet. */
  #chosen: Set<string> | undefined

  protected override entered(signal: AbortSignal): void {
    this.addEventListener("input", (event) => this.#changed(event.target as HTMLInputElement), { signal })
    this.addEventListener("click", (event) => this.#send((event.target as Element).closest("button")), { signal })
    this.addEventListener("toggle", () => this.update(), { signal, capture: true })
  }

  protected render(): void {
    const listed = this.find<Poll>(`polls.poll/${this.#poll}`)?.listed ?? false
    const { size } = this.#people
    hide(this.piece("everyone"), listed)
    hide(this.piece("listed"), !listed)
    say(this, "listed", { n: this.find<Roll>(`polls.roll/${this.#poll}`)?.people.length ?? 0 })
    say(this, "chosen", { n: size })
    if (this.querySelector("details")?.open) this.#offer()
  }

  get #poll(): string {
    return this.closest<HTMLElement>("[data-id]")?.dataset["id"] ?? ""
  }

  get #people(): ReadonlySet<string> {
    return this.#chosen ?? new Set(this.find<Roll>(`polls.roll/${this.#poll}`)?.people)
  }

  #offer(): void {
    const sought = (this.piece<HTMLInputElement>("sought")?.value ?? "").trim().toLocaleLowerCase()
    const seats = this.all<Seat>("people.seat").filter(isPerson)
    const found = seats.filter(({ name }) => name.toLocaleLowerCase().includes(sought))
    found.sort((a, b) => Number(this.#people.has(b.id)) - Number(this.#people.has(a.id)) || a.name.localeCompare(b.name))
    this.list("roll", found.slice(0, SHOWN), (row, { id, name }) => {
      const box = row.querySelector("input")!
      box.value = id
      box.checked = this.#people.has(id)
      fill(row, { name })
    })
    say(this, "more", { n: Math.max(0, found.length - SHOWN) })
    hide(this.piece("more"), found.length <= SHOWN)
  }

  #changed(input: HTMLInputElement): void {
    if (input.type === "checkbox") {
      const chosen = new Set(this.#people)
      if (input.checked) chosen.add(input.value)
      else chosen.delete(input.value)
      this.#chosen = chosen
    }
    this.update()
  }

  /** Keep the list; or let everyone vote again. */
  #send(button: HTMLButtonElement | null): void {
    if (!button) return
    void this.#invite(button.value === "everyone" ? [] : [...this.#people]).then(
      () => (this.#chosen = undefined),
      () => undefined, // opened meanwhile: the draft is gone from here
    ).then(() => this.update())
  }

  async #invite(people: readonly string[]): Promise<void> {
    for (let at = 0; at === 0 || at < people.length; at += AT_ONCE) {
      const some = people.slice(at, at + AT_ONCE)
      await this.room.do("polls.invite", { poll: this.#poll, people: some, more: at > 0 })
    }
  }
}

customElements.define("room-poll-roll", RoomPollRoll)
