/**
 * The page of a result: it is drawn, and whoever wants to counts it again. Markup and words:
 * templates/votes/page.html, which says all of it without this.
 */

import { breakdown } from "../features/figures"
import { hide } from "../room/dom"
import type { AnyAnswer, AnyForm, AnyOutcome, Part } from "../room/records"
import { count } from "../votes/count"
import type { Line } from "../votes/count"
import { draw } from "../votes/figures"
import { plainReceipt } from "../votes/receipts"

/** What the page brings along of a vote. */
interface Vote {
  readonly form: AnyForm
  readonly outcome: AnyOutcome
  readonly parts: readonly Part[]
  readonly by_hand: readonly (readonly [AnyAnswer, number])[]
  readonly paper: number
  readonly ballots_sha256: string
  readonly codes_sha256: string
}

type Found = "counting" | "same" | "differs" | "hashes" | "ballots-changed" | "codes-changed" | "unhashed" | "unread"

class VoteFigure extends HTMLElement {
  connectedCallback(): void {
    const { form, outcome, parts } = voteOf(this)
    hide(this, false)
    draw(this.querySelector("figure"), form, outcome, breakdown(parts))
  }
}

class VoteCheck extends HTMLElement {
  connectedCallback(): void {
    hide(this, false)
    this.querySelector("[data-recount]")!.addEventListener("click", () => void this.#recount())
    this.querySelector("[data-look]")!.addEventListener("submit", (event) => void this.#look(event))
  }

  async #recount(): Promise<void> {
    this.#tell("counting")
    try {
      const lists = await Promise.all([this.#list("ballots"), this.#list("codes")])
      this.#tell(...verdict(voteOf(this), lists[0]!), ...(await hashed(voteOf(this), lists)))
    } catch (error) {
      console.error("no recount", error)
      this.#tell("unread")
    }
  }

  /** The code stays here: the whole list comes, and is looked through. */
  async #look(event: Event): Promise<void> {
    event.preventDefault()
    const code = plainReceipt(this.querySelector<HTMLInputElement>("#receipt")!.value)
    let found = "unread"
    try {
      const codes = new TextDecoder().decode(await this.#list("codes")).split("\n")
      found = code && codes.includes(code) ? "found" : "missing"
    } catch (error) {
      console.error("no list of receipts", error)
    }
    for (const each of this.querySelectorAll<HTMLElement>("[data-receipt]")) hide(each, each.dataset["receipt"] !== found)
  }

  async #list(name: "ballots" | "codes"): Promise<ArrayBuffer> {
    const response = await fetch(this.dataset[name]!)
    if (!response.ok) throw new Error(String(response.status))
    return response.arrayBuffer()
  }

  #tell(...found: readonly Found[]): void {
    for (const each of this.querySelectorAll<HTMLElement>("[data-found]")) hide(each, !found.includes(each.dataset["found"] as Found))
  }
}

/** Whether the ballots add up to what was published. */
function verdict(vote: Vote, ballots: ArrayBuffer): Found[] {
  const byHand = vote.by_hand.map(([answer, times]) => ({ answer, times }))
  try {
    const lines = linesOf(new TextDecoder().decode(ballots))
    const counted = count(vote.form, [...lines, ...byHand], lines.length + vote.paper)
    return [same(counted, vote.outcome) ? "same" : "differs"]
  } catch {
    return ["differs"] // what is in the list is no ballot of this vote
  }
}

function linesOf(text: string): Line[] {
  return text.split("\n").filter(Boolean).map((line) => ({ answer: JSON.parse(line) as AnyAnswer, times: 1 }))
}

/** Whether the lists are those whose hashes stand in the result. */
async function hashed(vote: Vote, [ballots, codes]: readonly ArrayBuffer[]): Promise<Found[]> {
  if (!("subtle" in crypto)) return ["unhashed"] // a hall's network without https
  const found: Found[] = []
  if ((await sha256(ballots!)) !== vote.ballots_sha256) found.push("ballots-changed")
  if ((await sha256(codes!)) !== vote.codes_sha256) found.push("codes-changed")
  return found.length ? found : ["hashes"]
}

async function sha256(bytes: ArrayBuffer): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("")
}

/** Whether two values say the same, in whatever order their fields stand. */
function same(a: unknown, b: unknown): boolean {
  if (typeof a !== "object" || typeof b !== "object" || !a || !b) return a === b
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>]
  const keys = Object.keys(left)
  return keys.length === Object.keys(right).length && keys.every((key) => same(left[key], right[key]))
}

function voteOf(element: HTMLElement): Vote {
  return JSON.parse(document.getElementById(element.dataset["of"]!)!.textContent!) as Vote
}

customElements.define("vote-figure", VoteFigure)
customElements.define("vote-check", VoteCheck)
