/** Decisions, actions, turns and quotations of the minutes. Markup: templates/minutes/facts.html */

import { assign, attribute, fill, hide, mark, say, text } from "../room/dom"
import { RoomElement } from "../room/element"
import { WRITERS } from "../room/people"
import type { Action, Decision, Life, Message } from "../room/records"
import type { Asked } from "../room/forms"
import { longDate } from "../room/words"

const MADE: Readonly<Record<string, string>> = {
  "minutes.decide": "minutes.decision",
  "minutes.act": "minutes.action",
  "minutes.speak": "minutes.turn",
  "minutes.quote": "minutes.quote",
}
const QUOTABLE = 10 // of the newest messages

class RoomFacts extends RoomElement {
  override readonly kinds = ["minutes.decision", "minutes.action", "minutes.life", "chat.message"]
  override readonly events = ["you"] as const

  protected override entered(signal: AbortSignal): void {
    this.addEventListener("change", (event) => send(event.target as Element), { signal })
    this.addEventListener("asked:done", (event) => this.#done(event), { signal })
    const commanded = (event: Event): void => this.#ask((event as CustomEvent<string>).detail)
    this.closest("room-socket")?.addEventListener("minutes:command", commanded, { signal })
  }

  protected render(): void {
    const decisions = this.all<Decision>("minutes.decision").sort(inTime)
    const actions = this.all<Action>("minutes.action").sort(inTime)
    this.list("decisions", decisions, (row, each) => this.#decided(row, each))
    this.list("actions", actions, (row, each) => this.#toDo(row, each))
    this.list("messages", this.#quotable(), (row, { id, text: words, name }) => {
      fill(row, { text: words, name })
      assign(row, "message", id)
    })
    const noted = decisions.length + actions.length
    hide(this.piece("empty"), noted > 0)
    hide(this.piece("noted"), noted === 0)
    text(this.piece("count"), String(noted))
    hide(this.piece("no-messages"), this.#quotable().length > 0)
    this.show(this.#writes ? "writing" : "reading")
  }

  /** The command that was chosen in the text. */
  #here = ""

  get #writes(): boolean {
    return WRITERS.includes(this.you.role) && this.find<Life>("minutes.life/life")?.phase !== "final"
  }

  /** Chosen in the text: what is noted goes there, and not to its end. */
  #ask(command: string): void {
    const forms = this.querySelectorAll<HTMLFormElement>(`form[data-do="${command}"]`)
    const details = (forms[0] ?? this.querySelector('[data-rows="messages"]'))?.closest("details")
    if (!details || !command.startsWith("minutes.")) return
    this.#here = command
    for (const form of forms) assign(form, "here", "true")
    details.open = true
    details.scrollIntoView({ block: "nearest" })
    details.querySelector<HTMLElement>("textarea, input:not([type=hidden]), button")?.focus()
  }

  #done({ target, detail: { ref } }: CustomEvent<Asked>): void {
    const form = target as HTMLFormElement
    const { do: command = "" } = form.dataset
    close(form)
    if (command !== this.#here) return
    this.#here = ""
    for (const each of this.querySelectorAll<HTMLFormElement>(`form[data-do="${command}"]`)) assign(each, "here", "false")
    this.closest<HTMLElement & { insert(key: string): boolean }>("room-minutes")?.insert(`${MADE[command]!}/${ref}`)
  }

  #quotable(): Message[] {
    const said = this.all<Message>("chat.message").filter(({ removed }) => !removed)
    return said.sort((a, b) => b.seq - a.seq).slice(0, QUOTABLE)
  }

  #decided(row: HTMLElement, { id, words, in_favour, against, abstained }: Decision): void {
    fill(row, { words })
    say(row, "votes", { for: in_favour, against, abstained })
    hide(row.querySelector<HTMLElement>('[data-phrase="votes"]'), in_favour + against + abstained === 0)
    assign(row, "key", `minutes.decision/${id}`)
    mark(row, [this.#writes ? "writing" : "reading"])
  }

  #toDo(row: HTMLElement, { id, what, who, by, done }: Action): void {
    fill(row, { what, who })
    if (by) say(row, "by", { date: longDate(by) })
    assign(row, "key", `minutes.action/${id}`)
    assign(row, "action", id)
    row.querySelector<HTMLInputElement>("[name=done]")!.checked = done
    attribute(row, "data-done", done ? "" : undefined)
    mark(row, [this.#writes ? "writing" : "reading", ...(done ? ["done"] : []), ...(by ? ["dated"] : [])])
  }
}

function inTime(a: { readonly at: number }, b: { readonly at: number }): number {
  return a.at - b.at
}

/** Fold the form away; who has just used it goes on from where it was opened. */
function close(form: HTMLFormElement): void {
  const details = form.closest("details")
  if (!details || details.classList.contains("fold")) return
  if (details.contains(document.activeElement)) details.querySelector("summary")?.focus()
  details.open = false
}

/** A box that is ticked is sent at once. */
function send(box: Element): void {
  if (box.matches("[data-sends]")) box.closest("form")?.requestSubmit()
}

customElements.define("room-facts", RoomFacts)
