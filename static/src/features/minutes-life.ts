/** The life of the minutes: where they are, and the next step. Markup: templates/minutes/life.html */

import { attribute, say } from "../room/dom"
import { RoomElement } from "../room/element"
import { WRITERS } from "../room/people"
import type { Life, Thread } from "../room/records"
import { listed } from "../room/words"
import { OWN } from "./minutes-threads"

const READ_OVER: readonly string[] = ["prepared", "amendable"]

class RoomLife extends RoomElement {
  override readonly kinds = ["minutes.life", "minutes.thread"]
  override readonly events = ["you"] as const

  protected render(): void {
    const life = this.find<Life>("minutes.life/life")
    const { phase = "live", approved = [] } = life ?? {}
    for (const step of this.querySelectorAll<HTMLElement>("[data-step]")) {
      attribute(step, "aria-current", step.dataset["step"] === phase ? "step" : undefined)
    }
    const open = this.#unanswered
    say(this, "approved", { names: listed(approved) })
    say(this, "remarks", { n: open })
    const facts = [...(approved.length ? ["approved"] : []), ...(open ? ["remarks"] : [])]
    if (approved.length && phase !== "final") facts.push("closed")
    this.show(phase, ...facts, ...this.#steps(phase, approved))
  }

  get #unanswered(): number {
    const open = this.all<Thread>("minutes.thread").filter(({ about, status }) => about === "remark" && status === "open")
    return open.filter(({ id }) => !id.endsWith(OWN)).length
  }

  #steps(phase: string, approved: readonly string[]): string[] {
    const { role, name } = this.you
    const steps: string[] = []
    if (WRITERS.includes(role) && phase === "live") steps.push("can-prepare")
    if (WRITERS.includes(role) && READ_OVER.includes(phase)) steps.push(approved.includes(name) ? "can-withdraw" : "can-approve")
    if (role !== "facilitator" || !READ_OVER.includes(phase)) return steps
    if (phase === "prepared") steps.push("can-invite")
    if (approved.length && !this.#unanswered) steps.push("can-freeze")
    return [...steps, "can-write-on"]
  }
}

customElements.define("room-life", RoomLife)
