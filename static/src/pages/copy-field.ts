/** An address to copy. Markup: templates/organise/copy.html. Without script it is selected by hand. */

import { copy } from "../room/clipboard"

class CopyField extends HTMLElement {
  connectedCallback(): void {
    const button = this.querySelector<HTMLElement>("[data-copy]")
    if (!button) return
    button.hidden = false
    button.addEventListener("click", () => void this.#copy())
  }

  async #copy(): Promise<void> {
    await copy(this.querySelector("input")!)
    this.querySelector<HTMLElement>("[data-before]")!.hidden = true
    this.querySelector<HTMLElement>("[data-after]")!.hidden = false
  }
}

customElements.define("copy-field", CopyField)
