/** The state of the connection, always in sight. Markup: templates/room/connection.html */

import { say } from "../room/dom"
import { RoomElement } from "../room/element"

class RoomConnection extends RoomElement {
  override readonly events = ["state", "you", "outbox"] as const

  protected override entered(signal: AbortSignal): void {
    this.addEventListener("click", (event) => this.#clicked(event.target as Element), { signal })
  }

  protected render(): void {
    const { state } = this.room
    this.dataset["state"] = state.name
    if (state.name === "offline") say(this, "waiting", { n: state.waiting })
    if (state.name === "catching-up") say(this, "behind", { n: state.behind })
    this.show(...this.#facts())
  }

  /** What may be said: the state, by which way, how many are waiting, why it is closed, that one's
   * role changed. */
  #facts(): string[] {
    const { state, you } = this.room
    const facts: string[] = [state.name, this.room.slower ? "slower" : "direct"]
    if (state.name === "offline") facts.push(state.waiting ? "offline-waiting" : "offline-idle")
    if (state.name === "closed") facts.push(`closed-${this.#known(state.code)}`)
    else if (you && this.dataset["role"] && you.role !== this.dataset["role"]) facts.push("role-changed")
    return facts
  }

  #known(code: string): string {
    return this.querySelector(`[data-when~="closed-${code}"]`) ? code : "other"
  }

  #clicked(target: Element): void {
    if (target.closest("[data-retry]")) this.room.retry()
    if (target.closest("[data-reload]")) location.reload()
  }
}

customElements.define("room-connection", RoomConnection)
