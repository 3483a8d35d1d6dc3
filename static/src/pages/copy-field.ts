/** An address to copy. Markup: templates/organise/copy.html. Without script it is selected by hand. */
class CopyField extends HTMLElement {
  connectedCallback(): void {
    const button = this.querySelector<HTMLElement>("[data-copy]")
    if (!button) return
    button.hidden = false
    button.addEventListener("click", () => void this.#copy())
  }

  async #copy(): Promise<void> {
    const input = this.querySelector("input")!
    input.select()
    await copied(input.value)
    this.querySelector<HTMLElement>("[data-before]")!.hidden = true
    this.querySelector<HTMLElement>("[data-after]")!.hidden = false
  }
}

/** The clipboard is closed to pages on plain http, as in a hall's network; the old command is not. */
const copied = async (text: string): Promise<void> => {
  if (navigator.clipboard) await navigator.clipboard.writeText(text)
  else document.execCommand("copy")
}

customElements.define("copy-field", CopyField)
