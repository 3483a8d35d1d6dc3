/** The stage: what the plenary shows, and whether its picture arrives. Markup: templates/features/stage.html */

import { attribute, fill, hide, say, swap, text } from "../room/dom"
import { RoomElement } from "../room/element"
import type { Plenary } from "../room/records"
import { allowed } from "../room/storage"
import { every } from "../room/timers"
import { Player } from "./player"

const SHOWN = "picture" // in sessionStorage: somebody in the hall wants the picture all the same

class RoomStage extends RoomElement {
  override readonly kinds = ["stage.plenary"]
  override readonly events = ["you"] as const

  #player: Player | undefined
  #folded = false
  #asked = false
  #source = ""

  protected override entered(signal: AbortSignal): void {
    this.#asked = allowed(() => sessionStorage.getItem(SHOWN)) === "shown"
    this.#player = new Player(this.#video, { changed: () => this.update() })
    this.addEventListener("click", (event) => this.#clicked(event.target as Element), { signal })
    this.piece("seek")?.addEventListener("input", () => this.#sought(), { signal })
    this.piece("volume")?.addEventListener("input", () => this.#turned(), { signal })
    for (const name of ["play", "pause", "volumechange", "timeupdate", "playing"]) {
      this.#video.addEventListener(name, () => this.#played(), { signal })
    }
    every(1, () => this.#tick(), signal)
    signal.addEventListener("abort", () => this.#player?.stop())
  }

  protected render(): void {
    const plenary = this.#plenary
    attribute(this, "data-phase", plenary.phase)
    this.#feed(plenary)
    const view = this.#view(plenary)
    attribute(this, "data-view", view)
    attribute(this, "data-folded", this.#folded ? "" : undefined)
    this.show(view, plenary.phase, ...this.#facts(view))
    this.#press("fold", this.#folded)
    this.#shown()
    this.#tick()
  }

  get #video(): HTMLVideoElement {
    return this.piece<HTMLVideoElement>("video")!
  }

  get #plenary(): Plenary {
    const said = this.find<Plenary>("stage.plenary/plenary")
    const phase = this.told ? "waiting" : (this.dataset["phase"] as Plenary["phase"])
    return said ?? { id: "plenary", phase, source: "", signal: true, began_at: 0, ended_at: 0 }
  }

  /** In the hall one sees the hall: no second picture, late and costly, unless one asks for it. */
  get #wanted(): boolean {
    return this.#asked || this.you.place !== "hall"
  }

  #feed({ phase, source, signal }: Plenary): void {
    const playing = phase === "live" && signal && source !== "" && this.#wanted
    this.#source = playing ? `${this.dataset["media"] ?? ""}${source}/live.m3u8` : ""
    if (this.#source) this.#player?.play(this.#source)
    else if (this.#player?.source) this.#player.stop()
  }

  #view({ phase, signal }: Plenary): string {
    if (phase !== "live") return phase
    if (!this.#wanted) return "hall"
    if (!signal || this.#player?.lost) return "lost"
    return this.#video.readyState >= 2 ? "playing" : "loading"
  }

  #facts(view: string): string[] {
    const facts: string[] = view === "playing" ? [this.#player!.atLive ? "at-live" : "back-in-time"] : []
    if (view === "playing" && this.#player?.blocked) facts.push("blocked")
    else if (view === "playing" && this.#video.muted) facts.push("muted")
    if (this.#folded) facts.push("folded")
    return facts
  }

  #played(): void {
    if (this.dataset["view"] === "loading" && this.#video.readyState >= 2) this.update()
    this.#shown()
  }

  /** What changes many times a second. */
  #shown(): void {
    const { currentTime, paused, muted, volume } = this.#video
    const moving = !paused && this.#player?.moving === true
    attribute(this, "data-playing", String(moving))
    attribute(this, "data-muted", String(muted))
    attribute(this, "data-current-time", currentTime.toFixed(2))
    this.#turn(paused, "play", "pause")
    this.#turn(muted, "sound-on", "sound-off")
    const slider = this.piece<HTMLInputElement>("volume")
    if (slider && slider !== document.activeElement) slider.value = String(muted ? 0 : volume * 100)
  }

  #turn(on: boolean, one: string, other: string): void {
    swap(this.piece(on ? one : other), this.piece(on ? other : one))
  }

  /** Once a second: the time to go, how far behind one is. */
  #tick(): void {
    this.#count()
    const player = this.#player
    if (!player || this.dataset["view"] !== "playing") return
    const behind = Math.round(player.behind)
    const delay = player.delay(this.room.now())
    say(this, "behind", { n: behind })
    hide(this.querySelector('[data-phrase="delay"]'), delay === undefined)
    if (delay !== undefined) say(this, "delay", { n: Math.round(delay) })
    this.#slide(player, behind)
  }

  #slide(player: Player, behind: number): void {
    const slider = this.piece<HTMLInputElement>("seek")
    const { start } = player.range
    if (!slider || slider === document.activeElement) return
    slider.min = String(-Math.floor(Math.max(0, (player.edge ?? 0) - start)))
    slider.value = String(-behind)
    attribute(slider, "aria-valuetext", this.word("behind", { n: behind }))
  }

  /** The time until the session starts, on the room's clock. */
  #count(): void {
    const left = Math.round(Number(this.dataset["starts"]) - this.room.now())
    const clock = this.piece("countdown")
    if (this.dataset["phase"] !== "waiting" || !clock) return
    if (!Number.isFinite(left) || left <= 0) return text(clock, this.word("soon"))
    text(clock, this.word(...span(left)))
  }

  #clicked(target: Element): void {
    const player = this.#player!
    switch (target.closest<HTMLElement>("[data-press]")?.dataset["press"]) {
      case "sound":
      case "sound-on":
        this.#video.muted = false
        if (!this.#video.volume) this.#video.volume = 1
        return player.resume()
      case "sound-off":
        return void (this.#video.muted = true)
      case "play":
        return player.resume()
      case "pause":
        return player.pause()
      case "back":
        return this.#moved(-30)
      case "on":
        return this.#moved(30)
      case "live":
        return void (player.live(), this.update())
      case "fold":
        return void ((this.#folded = !this.#folded), this.update())
      case "full":
        return void this.#fill()
      case "show":
        return this.#ask()
    }
  }

  #moved(seconds: number): void {
    this.#player?.seek(seconds)
    this.update()
  }

  #sought(): void {
    const slider = this.piece<HTMLInputElement>("seek")!
    this.#moved(this.#player!.behind + Number(slider.value))
    attribute(slider, "aria-valuetext", this.word("behind", { n: -Number(slider.value) }))
  }

  #turned(): void {
    const volume = Number(this.piece<HTMLInputElement>("volume")!.value) / 100
    this.#video.volume = volume
    this.#video.muted = volume === 0
  }

  async #fill(): Promise<void> {
    const picture = this.piece("picture")!
    if (document.fullscreenElement) return document.exitFullscreen()
    if (picture.requestFullscreen) return picture.requestFullscreen()
    ;(this.#video as HTMLVideoElement & { webkitEnterFullscreen?: () => void }).webkitEnterFullscreen?.()
  }

  #ask(): void {
    this.#asked = true
    allowed(() => sessionStorage.setItem(SHOWN, "shown"))
    this.update()
  }

  #press(name: string, pressed: boolean): void {
    attribute(this.querySelector(`[data-press="${name}"]`), "aria-pressed", String(pressed))
  }
}

/** The word for a time to go, and its values. */
function span(seconds: number): [string, Record<string, number>] {
  const minutes = Math.floor(seconds / 60)
  const hours = Math.floor(minutes / 60)
  const days = Math.floor(hours / 24)
  if (days) return ["days", { n: days, hours: hours % 24 }]
  if (hours) return ["hours", { n: hours, minutes: minutes % 60 }]
  return minutes ? ["minutes", { n: minutes }] : ["seconds", { n: seconds }]
}

/** A session on the programme: carries its phase, for css to show what fits. */
class ProgrammeSlot extends RoomElement {
  override readonly kinds = ["stage.plenary"]

  protected render(): void {
    const plenary = this.find<Plenary>("stage.plenary/plenary")
    if (plenary) attribute(this, "data-phase", plenary.phase)
  }
}

/** The facilitators' desk for it: go live, end. */
class RoomStageDesk extends RoomElement {
  override readonly kinds = ["stage.plenary", "minutes.lock"]

  protected render(): void {
    const plenary = this.find<Plenary>("stage.plenary/plenary")
    const lock = this.find<{ locked: boolean }>("minutes.lock/lock")
    const phase = plenary?.phase ?? "waiting"
    attribute(this, "data-phase", phase)
    fill(this, { source: plenary?.source ?? "" })
    const signal = phase === "live" ? [plenary?.signal ? "signal" : "no-signal"] : []
    this.show(phase, phase === "live" ? "on" : "off", lock?.locked ? "locked" : "unlocked", ...signal)
  }
}

customElements.define("room-stage", RoomStage)
customElements.define("programme-slot", ProgrammeSlot)
customElements.define("room-stage-desk", RoomStageDesk)
