/** The composer: the field one writes in under a list. It grows with the words; Enter sends them. */

import { hide, say } from "../room/dom"
import type { NotTaken } from "../room/forms"

export interface ComposerOptions {
  /** Signs, from which the counter is shown. */
  readonly long: number
  /** What is written has changed, by whatever hand. */
  readonly wrote?: () => void
  /** It is about to be sent. */
  readonly sends?: () => void
}

export class Composer {
  readonly #panel: HTMLElement
  readonly #field: HTMLTextAreaElement
  readonly #options: ComposerOptions

  constructor(panel: HTMLElement, field: HTMLTextAreaElement, options: ComposerOptions, signal: AbortSignal) {
    this.#panel = panel
    this.#field = field
    this.#options = options
    field.addEventListener("keydown", (event) => this.#pressed(event), { signal })
    field.addEventListener("input", () => this.#wrote(), { signal })
    field.form!.addEventListener("reset", () => setTimeout(() => this.#wrote()), { signal })
    field.form!.addEventListener("asked:refused", ({ detail }) => this.#returned(detail), { signal })
  }

  #pressed(event: KeyboardEvent): void {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return
    event.preventDefault()
    if (!this.#field.value.trim()) return
    this.#options.sends?.()
    this.#field.form!.requestSubmit()
  }

  #wrote(): void {
    const { value, maxLength } = this.#field
    this.#size()
    hide(this.#panel.querySelector<HTMLElement>('[data-piece="counter"]'), value.length < this.#options.long)
    say(this.#panel, "left", { n: maxLength - value.length })
    this.#options.wrote?.()
  }

  /** As high as what is written, up to a few lines. */
  #size(): void {
    const { style } = this.#field
    style.blockSize = "auto"
    style.blockSize = `${this.#field.scrollHeight + 2}px`
  }

  /** What was not taken goes back to where it was written: nothing is lost. */
  #returned({ fields }: NotTaken): void {
    this.#field.value = [String(fields["text"] ?? ""), this.#field.value].filter(Boolean).join("\n")
    this.#wrote()
  }
}
