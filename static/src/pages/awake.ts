/**
 * `<room-awake>`: a phone in the hall does not go dark before the vote opens, nor the projector's
 * machine while nobody touches it. With `data-always`, whatever the device and the place.
 */

import { RoomElement } from "../room/element"
import type { Plenary } from "../room/records"

const PHONE = "(pointer: coarse)"

class RoomAwake extends RoomElement {
  override readonly kinds = ["stage.plenary"]
  override readonly events = ["you"] as const

  #lock: WakeLockSentinel | undefined
  #asking = false

  protected override entered(signal: AbortSignal): void {
    // A hidden page loses the lock by itself; it has to be asked for again.
    document.addEventListener("visibilitychange", () => this.update(), { signal })
    signal.addEventListener("abort", () => this.#letGo())
  }

  protected render(): void {
    if (this.#wanted) void this.#stayAwake()
    else this.#letGo()
  }

  get #wanted(): boolean {
    if (!this.isConnected || document.visibilityState !== "visible") return false
    return "always" in this.dataset || (matchMedia(PHONE).matches && this.you.place === "hall" && !this.#ended)
  }

  get #ended(): boolean {
    return this.find<Plenary>("stage.plenary/plenary")?.phase === "ended"
  }

  async #stayAwake(): Promise<void> {
    if (!navigator.wakeLock || this.#asking || this.#lock?.released === false) return
    this.#asking = true
    try {
      this.#lock = await navigator.wakeLock.request("screen")
    } catch {
      // Not now, says the device, for its battery's sake: then the screen goes dark as it always did.
    }
    this.#asking = false
    if (!this.#wanted) this.#letGo()
  }

  #letGo(): void {
    void this.#lock?.release()
    this.#lock = undefined
  }
}

customElements.define("room-awake", RoomAwake)
