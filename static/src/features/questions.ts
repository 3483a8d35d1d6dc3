/** Questions, for those who ask and support. Markup: templates/features/questions.html */

import { alike } from "../questions/alike"
import { compare, ORDERS } from "../questions/ranking"
import type { Order } from "../questions/ranking"
import { speaks, standings, word } from "../questions/standing"
import type { Standing, Word } from "../questions/standing"
import { Batch } from "../room/batch"
import { assign, attribute, date, fill, hide, mark, rows, say, text } from "../room/dom"
import { RoomElement } from "../room/element"
import type { Waiting } from "../room/outbox"
import { prefer, preference } from "../room/preference"
import type { Asker, Question, Rules } from "../room/records"
import { browserTimers, every } from "../room/timers"
import { number, refusal } from "../room/words"
import { Composer } from "./composer"
import { answeredAt, askedBy } from "./question-facts"
import { countUnread } from "./unread"

const ANNOUNCE_EVERY = 5 // seconds
const REORDER_EVERY = 10 // seconds: what one is reading must not run away
const LOOK_AFTER = 400 // milliseconds without a keystroke
const LONG = 400 // signs, from which the counter is shown; 500 is the most
/** The rules until a facilitator says otherwise. */
export const DEFAULTS: Omit<Rules, "id"> = { open: true, held: false, anonymous: true, against: false, asked_from: "everyone" }

/** One's own question that nobody else sees: on its way, held, or refused. */
interface Own {
  readonly id: string
  readonly text: string
  readonly way: "kept" | "sent" | "held" | "refused" | "merged"
  readonly why: string
}

class RoomQuestions extends RoomElement {
  override readonly kinds = ["questions.question", "questions.asker", "questions.supporters", "questions.support", "questions.rules", "stage.plenary"]
  override readonly events = ["outbox", "you"] as const

  readonly #announced = new Batch<Question>(browserTimers, ANNOUNCE_EVERY, (news) => this.#announce(news))
  #seen: ReadonlySet<string> | undefined
  #told: ReadonlySet<string> | undefined
  #answering = ""
  #places: readonly string[] = []
  #placedAt = -Infinity
  #refused: { id: string; why: string } | undefined
  #looking = 0

  protected override entered(signal: AbortSignal): void {
    this.room.on("refused", ({ waiting, code }) => this.#notTaken(waiting, code), signal)
    this.addEventListener("click", (event) => this.#clicked(event.target as Element), { signal })
    if (this.#composer) new Composer(this, this.#composer, { long: LONG, wrote: () => this.#lookLater() }, signal)
    this.#composer?.form?.addEventListener("reset", () => setTimeout(() => this.#begun()), { signal })
    this.#anonymous?.addEventListener("change", () => this.#chose(), { signal })
    this.#order.addEventListener("change", () => this.#reorder(), { signal })
    document.addEventListener("visibilitychange", () => this.update(), { signal })
    const shown = new ResizeObserver(() => this.update())
    shown.observe(this.#log)
    signal.addEventListener("abort", () => shown.disconnect())
    every(REORDER_EVERY, () => this.update(), signal)
    this.#order.value = preference("questions-order") ?? "support"
    this.#begun()
  }

  protected render(): void {
    const rules = this.find<Rules>("questions.rules/rules") ?? DEFAULTS
    const all = standings(this.all<Question>("questions.question"), this.room.records)
    const pinned = all.filter(({ question: { state } }) => state === "answering")
    const open = all.filter(({ question: { state } }) => state === "open")
    const over = all.filter(({ question: { state } }) => state === "answered" || state === "archived")
    const own = this.#own()
    this.#offer(rules, open.length)
    this.list("pinned", pinned, (row, each) => this.#fill(row, each, rules))
    this.list("questions", this.#placed(open, this.#by(rules)), (row, each) => this.#fill(row, each, rules))
    this.list("over", over.sort((a, b) => b.question.answered_at - a.question.answered_at), (row, each) => this.#fill(row, each, rules))
    this.list("own", own, (row, each) => this.#mine(row, each))
    say(this, "over", { n: over.length })
    this.show(...this.#facts(rules), ...(over.length ? ["over"] : []), ...(own.length ? ["own"] : []))
    hide(this.piece("empty"), all.length + own.length > 0)
    this.#notice([...pinned, ...open].map(({ question }) => question))
    this.#look()
  }

  get #log(): HTMLElement {
    return this.piece("log")!
  }

  get #composer(): HTMLTextAreaElement | null {
    return this.piece("composer")
  }

  get #anonymous(): HTMLInputElement | null {
    return this.piece("anonymous")
  }

  get #order(): HTMLSelectElement {
    return this.piece("order")!
  }

  // What is shown ---------------------------------------------------------------------------------

  #facts({ open, held, anonymous, asked_from }: Omit<Rules, "id">): string[] {
    const here = asked_from === "everyone" || asked_from === this.you.place
    const facts = [anonymous || this.#anonymous?.checked ? "anonymous" : "named", held ? "held" : "at-once"]
    return [...facts, !open ? "closed" : here ? "may-ask" : `only-${asked_from}`]
  }

  /** Best and controversy need two sides. */
  #offer({ against, anonymous }: Omit<Rules, "id">, n: number): void {
    for (const option of this.#order.options) hide(option, !against && (option.value === "best" || option.value === "controversy"))
    hide(this.piece("orders"), n < 2)
    const [box, composer] = [this.#anonymous, this.#composer]
    // What was begun without a name is never sent with one: it is refused, and one chooses anew.
    if (box && !anonymous && !composer?.value) box.checked = false
    hide(this.piece("who-knows"), !box?.checked)
  }

  #by({ against }: Omit<Rules, "id">): Order {
    const order = ORDERS.find((each) => each === this.#order.value) ?? "support"
    return against || order === "newest" ? order : "support"
  }

  /** In order; but what stands somewhere stays there for a while, and as long as one is at it. */
  #placed(all: readonly Standing[], order: Order): Standing[] {
    const at = this.querySelector('[data-rows="questions"]')!
    const still = this.room.now() - this.#placedAt < REORDER_EVERY || at.querySelector(":focus-visible") !== null
    const sorted = [...all].sort(compare(order))
    const known = new Set(this.#places)
    const ids = sorted.map(({ id }) => id)
    if (!still || !this.#places.length) [this.#places, this.#placedAt] = [ids, this.room.now()]
    else this.#places = [...this.#places.filter((id) => ids.includes(id)), ...ids.filter((id) => !known.has(id))]
    const place = new Map(this.#places.map((id, n) => [id, n]))
    return sorted.sort((a, b) => place.get(a.id)! - place.get(b.id)!)
  }

  #reorder(): void {
    prefer("questions-order", this.#order.value)
    this.#places = []
    this.update()
  }

  #fill(row: HTMLElement, standing: Standing, { against }: Omit<Rules, "id">): void {
    const { id, question, merged, up, down } = standing
    const said = word(standing, this.you.id, this.room.records, this.room.waiting)
    fill(row, { text: question.text, name: question.name, up: number(up), down: number(down) })
    date(row, question.at)
    for (const place of ["hall", "remote"] as const) say(row, place, { n: standing[place] })
    if (question.hands) say(row, "hands", { n: question.hands })
    if (merged.length) say(row, "merged", { n: merged.length })
    rows(row.querySelector('[data-rows="merged"]'), merged, (each) => each.id, (item, each) => fill(item, { other: each.text }))
    if (question.answered_at) text(row.querySelector('[data-piece="answered"]'), answeredAt(this, this.room.records, question))
    assign(row, "question", id)
    attribute(row, "aria-current", question.state === "answering" ? "true" : undefined)
    this.#press(row, said)
    mark(row, [...this.#about(standing), ...(against ? ["two-sided"] : [])])
    const refused = row.querySelector<HTMLElement>("[data-piece=refusal]")
    hide(refused, this.#refused?.id !== id)
    text(refused, this.#refused?.id === id ? this.#refused.why : "")
  }

  #about({ id, question, merged, up, down, hall, remote }: Standing): string[] {
    const facts = [question.state, ...askedBy(question)]
    const mine = this.find<Asker>(`questions.asker/${id}`) !== undefined
    if (mine) facts.push("mine")
    if (mine && question.state === "open") facts.push("withdrawable")
    if (hall + remote) facts.push("supported")
    if (up + down || question.hands) facts.push("counted")
    if (question.hands) facts.push("hands")
    if (merged.length) facts.push("has-merged")
    if (question.state === "open" || question.state === "answering") facts.push("standing")
    return facts
  }

  #press(row: HTMLElement, said: Word): void {
    for (const button of row.querySelectorAll<HTMLElement>("[data-say]")) {
      attribute(button, "aria-pressed", String(button.dataset["say"] === said))
    }
  }

  /** What one has asked and nobody else sees. */
  #own(): Own[] {
    const stored = this.all<Asker>("questions.asker").filter(({ id }) => !this.#public(id))
    const posts = this.room.waiting.filter(({ command }) => command.do === "questions.ask" && !this.find(`questions.asker/${command.ref}`))
    return [...stored.sort((a, b) => a.at - b.at).map(ownOf), ...posts.map((each) => this.#onItsWay(each))]
  }

  /** Facilitators see what is held, and their own like anybody's. */
  #public(id: string): boolean {
    const question = this.find<Question>(`questions.question/${id}`)
    if (!question) return false
    return question.state === "merged" ? question.before !== "held" : question.state !== "held" && question.state !== "refused"
  }

  #onItsWay({ command, sent, seq }: Waiting): Own {
    const way = seq !== undefined || (sent && this.room.state.name !== "offline") ? "sent" : "kept"
    return { id: command.ref, text: String(command.with["text"] ?? "").trim(), way, why: "" }
  }

  #mine(row: HTMLElement, { id, text: asked, way, why }: Own): void {
    fill(row, { text: asked, why })
    assign(row, "question", id)
    mark(row, [way, ...(why ? ["why"] : []), ...(way === "held" || way === "refused" || way === "merged" ? ["stored"] : [])])
  }

  // What one does ---------------------------------------------------------------------------------

  #clicked(target: Element): void {
    const button = target.closest<HTMLElement>("[data-say]")
    const id = button?.closest<HTMLElement>("[data-id]")?.dataset["id"]
    if (button && id) this.#speak(id, button)
  }

  /** The last press counts, in whichever tab and however long one is offline. */
  #speak(id: string, button: HTMLElement): void {
    const again = button.ariaPressed === "true"
    const place = `questions.word ${id}`
    this.#refused = undefined
    const fields = again ? { question: id } : { question: id, against: button.dataset["say"] === "against" }
    const asked = this.room.do(again ? "questions.take_back" : "questions.support", fields, { keep: true, place })
    asked.catch(() => {}) // told as `refused`
    this.update()
  }

  #notTaken({ command }: Waiting, code: string): void {
    if (!speaks(command.do) || code === "superseded" || code === "nothing-new") return
    this.#refused = { id: String(command.with["question"]), why: refusal(this, code) }
    this.update()
  }

  /** The form is empty again; without a name, one stays without. */
  #begun(): void {
    if (this.#anonymous) this.#anonymous.checked = preference("questions-anonymous") === "yes"
    this.update()
  }

  #chose(): void {
    prefer("questions-anonymous", this.#anonymous!.checked ? "yes" : "no")
    this.update()
  }

  #lookLater(): void {
    clearTimeout(this.#looking)
    this.#looking = window.setTimeout(() => this.#look(true), LOOK_AFTER)
  }

  /** Show what is like the question being written; anew once nothing was typed for a moment. */
  #look(anew = false): void {
    const found = this.piece("similar")
    if (!found || (!anew && found.hidden)) return
    const all = standings(this.all<Question>("questions.question"), this.room.records)
    const standing = all.filter(({ question: { state } }) => state !== "archived" && state !== "held" && state !== "refused")
    const like = alike(this.#composer?.value ?? "", standing)
    this.list("similar", like, (row, each) => {
      fill(row, { text: each.text })
      this.#press(row, word(each, this.you.id, this.room.records, this.room.waiting))
      mark(row, [each.question.state === "answered" ? "answered" : "standing"])
    })
    text(this.piece("similar-count"), like.length ? this.word("similar", { n: like.length }) : "")
    hide(found, !like.length)
  }

  // What is new -----------------------------------------------------------------------------------

  #notice(questions: readonly Question[]): void {
    if (!this.told) return
    const ids = new Set(questions.map(({ id }) => id))
    const mine = (id: string): boolean => this.find(`questions.asker/${id}`) !== undefined
    const looking = this.#log.clientHeight > 0 && document.visibilityState === "visible"
    if (this.#told) this.#announced.add(...questions.filter(({ id }) => !this.#told!.has(id) && !mine(id)))
    this.#told = ids
    if (looking || !this.#seen) this.#seen = ids
    const unread = [...ids].filter((id) => !this.#seen!.has(id) && !mine(id)).length
    countUnread("questions", unread)
    this.#now(questions.find(({ state }) => state === "answering"))
  }

  #now(question: Question | undefined): void {
    if (question && question.id !== this.#answering && this.#answering !== "") {
      text(this.piece("announcer"), this.word("answering", { text: question.text }))
    }
    this.#answering = question?.id ?? "none"
  }

  #announce(news: readonly Question[]): void {
    const last = news.at(-1)
    if (last) text(this.piece("announcer"), this.word("new", { n: news.length, text: last.text }))
  }
}

function ownOf({ id, text: asked, refused, why, into }: Asker): Own {
  return { id, text: asked, way: refused ? "refused" : into ? "merged" : "held", why }
}

customElements.define("room-questions", RoomQuestions)
