/**
 * The player: plays a broadcast into a video element, live or some way back, and comes back by
 * itself when the picture is lost. hls.js is loaded the first time there is something to play.
 */

import type Hls from "hls.js"
import { backoff } from "../room/backoff"

const BEHIND_TARGET = 2 // segments between the live edge and what one sees
const STUCK = 6 // seconds without progress after which the picture counts as lost
const AT_LIVE = 4 // seconds behind the target that still count as live

export interface PlayerEvents {
  /** Something that is shown has changed. */
  changed(): void
}

export class Player {
  /** Whether the picture is moving, and whether several attempts to get one have failed. */
  moving = false
  lost = false
  /** The browser wants to be asked by hand before it plays. */
  blocked = false

  readonly #video: HTMLVideoElement
  readonly #events: PlayerEvents
  #hls: Hls | undefined
  #source = ""
  #failures = 0
  #attempt = 0
  #retry: ReturnType<typeof setTimeout> | undefined
  #watch: ReturnType<typeof setInterval> | undefined
  #last = { time: -1, at: 0 }
  /** Going back in time is a choice, and so is a pause: neither is taken back for anyone. */
  #back = false

  constructor(video: HTMLVideoElement, events: PlayerEvents) {
    this.#video = video
    this.#events = events
  }

  get source(): string {
    return this.#source
  }

  play(source: string): void {
    if (source === this.#source) return
    this.stop()
    this.#source = source
    this.#watch = setInterval(() => this.#look(), 1000)
    void this.#load()
  }

  stop(): void {
    clearInterval(this.#watch)
    clearTimeout(this.#retry)
    this.#source = ""
    this.#failures = 0
    this.#back = this.lost = this.blocked = this.moving = false
    this.#unload()
    this.#events.changed()
  }

  /** By a person's hand: browsers then play whatever was blocked. */
  resume(): void {
    this.blocked = false
    if (!this.#back) this.live()
    this.#start()
  }

  pause(): void {
    this.#video.pause()
  }

  live(): void {
    this.#back = false
    const edge = this.edge
    if (edge !== undefined) this.#video.currentTime = edge
  }

  /** Go so many seconds on, or back. */
  seek(seconds: number): void {
    const { start, end } = this.range
    const to = Math.min(Math.max(this.#video.currentTime + seconds, start + 1), end)
    this.#back = end - to > AT_LIVE
    if (this.#back) this.#video.currentTime = to
    else this.live()
  }

  /** Where the live picture stands, in the video's time. */
  get edge(): number | undefined {
    const { end } = this.range
    return this.#hls?.liveSyncPosition ?? (end ? end - 3 : undefined)
  }

  /** Seconds that one is behind the live picture. */
  get behind(): number {
    return Math.max(0, (this.edge ?? 0) - this.#video.currentTime)
  }

  get atLive(): boolean {
    return !this.#back && this.behind < AT_LIVE
  }

  /** Seconds that the picture is behind the hall, by the time written in the broadcast. */
  delay(now: number): number | undefined {
    const shown = this.#hls?.playingDate
    if (shown) return Math.max(0, now - shown.getTime() / 1000)
    return this.#hls && this.#hls.latency > 0 ? this.#hls.latency : undefined
  }

  get range(): { start: number; end: number } {
    const { seekable } = this.#video
    return seekable.length ? { start: seekable.start(0), end: seekable.end(seekable.length - 1) } : { start: 0, end: 0 }
  }

  async #load(): Promise<void> {
    const attempt = ++this.#attempt
    const { default: Light } = await import("hls.js/light")
    if (attempt !== this.#attempt || !this.#source) return
    this.#unload()
    this.#last = { time: -1, at: Date.now() }
    if (Light.isSupported()) this.#attach(new Light(CONFIG), Light.Events.ERROR, attempt)
    else this.#native()
    this.#start()
  }

  #attach(hls: Hls, error: typeof Hls.Events.ERROR, attempt: number): void {
    this.#hls = hls
    hls.on(error, (_, { fatal }) => fatal && attempt === this.#attempt && this.#fail())
    hls.loadSource(this.#source)
    hls.attachMedia(this.#video)
  }

  /** Browsers without media sources, on older iPhones, play HLS themselves. */
  #native(): void {
    this.#video.src = this.#source
    this.#video.onerror = () => this.#fail()
  }

  #start(): void {
    this.#video.play().catch((error: Error) => {
      this.blocked ||= error.name === "NotAllowedError"
      this.#events.changed()
    })
  }

  #fail(): void {
    this.#attempt++
    this.#failures++
    this.moving = false
    this.lost = this.#failures > 1
    this.#unload()
    clearTimeout(this.#retry)
    this.#retry = setTimeout(() => void this.#load(), 2000 * backoff(this.#failures, Math.random()))
    this.#events.changed()
  }

  #unload(): void {
    this.#hls?.destroy()
    this.#hls = undefined
    this.#video.onerror = null
    if (this.#video.hasAttribute("src")) this.#video.removeAttribute("src")
  }

  /** Once a second: is it moving, and is it where it should be? */
  #look(): void {
    const { currentTime, paused } = this.#video
    const now = Date.now()
    if (currentTime !== this.#last.time) this.#moved(currentTime, now)
    else if (!paused && now - this.#last.at > STUCK * 1000) this.#fail()
    else if (now - this.#last.at > 1500) this.moving = false
    // After a stall one would be late for ever. Hls.js makes up for little; this for much.
    if (this.moving && !this.#back && this.behind > 3 * AT_LIVE) this.live()
    this.#events.changed()
  }

  #moved(time: number, at: number): void {
    const first = this.#last.time < 0
    this.#last = { time, at }
    if (first) return
    this.moving = !this.#video.paused
    this.#failures = 0
    this.lost = false
  }
}

const CONFIG = {
  liveSyncDurationCount: BEHIND_TARGET,
  maxLiveSyncPlaybackRate: 1.1,
  backBufferLength: 60,
  maxBufferLength: 20,
  lowLatencyMode: false,
  // We try again ourselves, and say so.
  manifestLoadPolicy: { default: { maxTimeToFirstByteMs: 5000, maxLoadTimeMs: 10000, timeoutRetry: null, errorRetry: null } },
}
