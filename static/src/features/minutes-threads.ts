/** What is said about the minutes: comments, suggestions, remarks. Markup: templates/minutes/threads.html */

import type { Passage } from "../minutes/passages"
import { assign, attribute, fill, hide, mark, rows, say, text } from "../room/dom"
import { RoomElement } from "../room/element"
import { MEMBERS, WRITERS } from "../room/people"
import type { Answer, Life, Thread } from "../room/records"
import { timeOfDay } from "../room/words"

/** What this panel asks of the text beside it. */
export interface Text extends HTMLElement {
  /** What is selected, if anything is. */
  readonly passage: Passage | undefined
  /** The passages to be marked. */
  passages: readonly (Passage & { readonly id: string })[]
  /** Go to a passage. Says whether it is still there. */
  go(passage: Passage): boolean
  /** Put other words in its place. Says whether that could be done. */
  replace(passage: Passage, words: string): boolean
}

export const OWN = ":own" // ends the id of one's own copy of something private

class RoomThreads extends RoomElement {
  override readonly kinds = ["minutes.thread", "minutes.answer", "minutes.life"]
  override readonly events = ["you"] as const

  protected override entered(signal: AbortSignal): void {
    this.addEventListener("click", (event) => this.#clicked(event.target as Element), { signal })
    const said = (event: Event): void => this.#begin((event as CustomEvent<string>).detail, true)
    this.closest("room-socket")?.addEventListener("minutes:say", said, { signal })
    this.addEventListener("mousedown", (event) => keepSelection(event), { signal })
    this.addEventListener("keydown", (event) => this.#pressed(event), { signal })
    this.addEventListener("asked:done", (event) => this.#drop(event.target as HTMLElement), { signal })
  }

  protected render(): void {
    const threads = this.#threads
    const open = threads.filter(({ status }) => status === "open")
    const settled = threads.filter(({ status }) => status !== "open")
    const answers = this.all<Answer>("minutes.answer").sort((a, b) => a.at - b.at)
    hide(this.piece("empty"), threads.length > 0)
    hide(this.piece("said"), open.length === 0)
    hide(this.piece("settled"), settled.length === 0)
    const held = document.activeElement?.closest<HTMLElement>(".discussion")?.dataset["id"]
    this.#list("threads", open, answers)
    this.#list("settled", settled, answers)
    if (settled.some(({ id }) => id === held)) this.#follow()
    say(this, "open", { n: open.length })
    say(this, "settled", { n: settled.length })
    const { phase } = this.#life
    this.show(...(this.#takesPart ? ["member", ...(phase === "amendable" ? ["amendable"] : [])] : []))
    const beside = this.#text
    if (beside) beside.passages = open
  }

  /** Who has just settled a thread goes on from where it is folded away. */
  #follow(): void {
    if (document.activeElement === document.body) this.piece("settled")?.querySelector("summary")?.focus()
  }

  #list(name: string, threads: readonly Thread[], answers: readonly Answer[]): void {
    this.list(name, threads, (row, thread) => {
      this.#fill(row, thread)
      const given = answers.filter((each) => each.thread === thread.id)
      rows(row.querySelector('[data-rows="answers"]'), given, ({ id }) => id, fillAnswer)
    })
  }

  get #life(): Life {
    return this.find<Life>("minutes.life/life") ?? { id: "life", phase: "live", since: 0, approved: [], sha256: "" }
  }

  /** Whether one may say something: about a final text nobody does any more. */
  get #takesPart(): boolean {
    return MEMBERS.includes(this.you.role) && this.#life.phase !== "final"
  }

  get #text(): Text | null {
    return this.closest("room-socket")?.querySelector<Text>("room-minutes") ?? null
  }

  /** The newest first. A facilitator's own private remark is there twice. */
  get #threads(): Thread[] {
    const all = this.all<Thread>("minutes.thread")
    const ids = new Set(all.map(({ id }) => id))
    const once = all.filter(({ id }) => !id.endsWith(OWN) || !ids.has(id.slice(0, -OWN.length)))
    return once.sort((a, b) => b.at - a.at)
  }

  #fill(row: HTMLElement, thread: Thread): void {
    const { id, name, at, quoted, words, proposal, settled_by } = thread
    fill(row, { name, at: timeOfDay(at), quoted, words, proposal, by: settled_by, which: `${name}, « ${shortened(quoted)} »` })
    assign(row, "thread", id)
    attribute(row, "data-status", thread.status)
    mark(row, this.#facts(thread))
  }

  #facts({ about, status, person, words, proposal, seen_by, id }: Thread): string[] {
    const writes = WRITERS.includes(this.you.role) && this.#takesPart
    const mine = person === this.room.you?.id
    const facts: string[] = [about, status]
    const when = (fact: string, holds: boolean): void => void (holds && facts.push(fact))
    when("private", seen_by !== "all")
    when("said", words !== "")
    when("replaces", about === "suggestion" && proposal !== "")
    when("takes-out", about === "suggestion" && proposal === "")
    when("to-decide", writes && about === "suggestion" && status === "open")
    when("to-accept", writes && !this.#life.approved.length && about === "suggestion" && status === "open")
    when("to-resolve", (writes || (mine && this.#takesPart)) && about === "comment" && status === "open")
    when("to-reopen", status !== "open" && (writes || (mine && this.#takesPart && about === "comment")))
    when("to-take-back", mine && status === "open" && !this.all<Answer>("minutes.answer").some((each) => each.thread === id))
    when("to-answer", this.#takesPart)
    return facts
  }

  #clicked(target: Element): void {
    const kind = target.closest<HTMLElement>("[data-begin]")?.dataset["begin"]
    if (kind) this.#begin(kind)
    if (target.closest("[data-drop]")) this.#drop(target.closest("form")!)
    const thread = this.find<Thread>(`minutes.thread/${target.closest<HTMLElement>(".discussion")?.dataset["id"] ?? ""}`)
    if (!thread) return
    if (target.closest("[data-show]")) this.#say(this.#text?.go(thread) ? "" : "gone")
    if (target.closest("[data-accept]")) this.#accept(target.closest<HTMLElement>(".discussion")!, thread)
  }

  /** Where one is back when a form goes away: a passage, for who came from the text. */
  #from: Passage | undefined

  /** Say something about what is selected in the text. */
  #begin(kind: string, fromText = false): void {
    const passage = this.#text?.passage
    this.#from = fromText ? passage : undefined
    this.#say(passage ? "" : "no-passage")
    if (!passage) return
    for (const form of this.querySelectorAll<HTMLFormElement>("[data-new]")) {
      hide(form, form.dataset["new"] !== kind)
      if (form.dataset["new"] === kind) this.#offer(form, passage)
    }
  }

  #offer(form: HTMLFormElement, { begin, end, quoted }: Passage): void {
    for (const [name, value] of Object.entries({ begin, end, quoted })) assign(form, name, value)
    fill(form, { quoted })
    const proposal = form.querySelector<HTMLTextAreaElement>("[name=proposal]")
    if (proposal) proposal.value = quoted
    form.querySelector("textarea")!.focus()
  }

  #pressed({ key, target }: KeyboardEvent): void {
    const form = (target as Element).closest<HTMLElement>("[data-new]")
    if (key === "Escape" && form) this.#drop(form)
  }

  /** A form goes away when it is done with; who used it is back where it was opened. */
  #drop(form: HTMLElement): void {
    const kind = form.dataset["new"]
    const answer = form.closest<HTMLDetailsElement>("details.around-add")
    const opener = kind ? this.querySelector<HTMLElement>(`[data-begin="${kind}"]`) : answer?.querySelector<HTMLElement>("summary")
    const { activeElement: focused, body } = document
    if (kind && this.#from && (focused === body || form.contains(focused))) this.#back(this.#from, opener)
    else if (form.contains(focused)) opener?.focus()
    if (kind) hide(form, true)
    else if (answer) answer.open = false
  }

  #back(passage: Passage, opener: HTMLElement | null | undefined): void {
    if (!this.#text?.go(passage)) opener?.focus()
  }

  /** First the text, then the word that it is done: a suggestion is never called accepted in vain. */
  #accept(row: HTMLElement, thread: Thread): void {
    const done = this.#text?.replace(thread, thread.proposal) ?? false
    this.#say(done ? "" : "gone")
    if (done) row.querySelector<HTMLFormElement>("[data-accepts]")!.requestSubmit()
  }

  #say(word: string): void {
    const problem = this.piece("problem")
    text(problem, word && this.word(word))
    hide(problem, !word)
  }
}

function fillAnswer(row: HTMLElement, { name, at, words }: Answer): void {
  fill(row, { name, at: timeOfDay(at), words })
}

/** Enough of a passage to tell it from the others by ear. */
function shortened(words: string): string {
  return words.length > 40 ? `${words.slice(0, 39).trimEnd()}…` : words
}

/** A press on a button leaves the selection in the text where it is. */
function keepSelection(event: Event): void {
  if ((event.target as Element).closest("[data-begin]")) event.preventDefault()
}

customElements.define("room-threads", RoomThreads)
