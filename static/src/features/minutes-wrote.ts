/** Who wrote what in the minutes: the names behind the clients, and the list of them. */

import type { Author, Editor } from "../minutes/editor"
import { attribute, fill, hide, rows, text } from "../room/dom"
import { word } from "../room/words"

/** What the server knows: the people, and which client of the text was whose. */
interface Known {
  readonly people: Readonly<Record<string, { readonly name: string }>>
  readonly clients: Readonly<Record<string, string>>
}

interface Writer {
  readonly id: string
  readonly author: Author | undefined
}

const NOBODY: Known = { people: {}, clients: {} }

export interface Writers {
  /** Those who are here now, by client: they need not be asked for. */
  readonly here: () => ReadonlyMap<number, Author>
  readonly writerOf: (id: string, name: string) => Author
  readonly lineOf: (index: number) => number
}

export class Wrote {
  on = false
  readonly #panel: HTMLElement
  readonly #address: string
  readonly #writers: Writers
  #known = NOBODY
  /** Clients that were asked for, known or not: they are not asked for again. */
  readonly #asked = new Set<number>()

  constructor(panel: HTMLElement, address: string, writers: Writers) {
    this.#panel = panel
    this.#address = address
    this.#writers = writers
  }

  writer(client: number): Author | undefined {
    const person = this.#known.clients[client]
    const name = person && this.#known.people[person]?.name
    return name ? this.#writers.writerOf(person, name) : this.#writers.here().get(client)
  }

  toggle(editor: Editor): void {
    this.on = !this.on
    editor.showAuthors(this.on)
    hide(this.#panel, !this.on)
    this.update(editor)
  }

  /** The text has changed, or the cursor has moved. */
  update(editor: Editor): void {
    if (!this.on) return
    this.#list(editor)
    const strangers = editor.clients.filter((client) => !this.writer(client) && !this.#asked.has(client))
    if (strangers.length) void this.#ask(editor, strangers)
  }

  #list(editor: Editor): void {
    const writers = this.#people(editor.clients)
    const list = this.#panel.querySelector("[data-rows=wrote]")
    rows(list, writers, ({ id }) => id, (row, { author }) => {
      const index = writers.filter((each) => each.author).findIndex((each) => each.author === author)
      fill(row, { name: author?.name ?? word(this.#panel, "unknown") })
      attribute(row, "class", author ? `author-${author.colour} line-${this.#writers.lineOf(index)}` : "is-unknown")
    })
    const here = editor.clientHere
    const name = here === undefined ? "" : (this.writer(here)?.name ?? word(this.#panel, "unknown"))
    text(this.#panel.querySelector("[data-piece=wrote-here]"), name && word(this.#panel, "wrote-here", { name }))
  }

  /** Each once, in the order of their first words; those nobody knows as one. */
  #people(clients: readonly number[]): Writer[] {
    const writers = new Map<string, Writer>()
    for (const client of clients) {
      const author = this.writer(client)
      const id = author?.id ?? ""
      if (!writers.has(id)) writers.set(id, { id, author })
    }
    return [...writers.values()]
  }

  async #ask(editor: Editor, clients: readonly number[]): Promise<void> {
    for (const client of clients) this.#asked.add(client)
    this.#known = await known(this.#address)
    if (this.on) editor.showAuthors(true)
  }
}

/** Where the server does not say, nobody is known: that is no trouble to anyone. */
async function known(address: string): Promise<Known> {
  try {
    const answer = await fetch(address)
    return answer.ok ? ((await answer.json()) as Known) : NOBODY
  } catch {
    return NOBODY
  }
}
