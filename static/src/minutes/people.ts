/** People: those who write, as others see them in the text. */

/** A person as the others see them in the text. */
export interface Author {
  readonly id: string
  readonly name: string
  /** One of the author colours, from 1. */
  readonly colour: number
}

const COLOURS = ["#14598a", "#9c3a10", "#70337a", "#585410", "#17653a", "#8a1f50"]

/** As the server writes it: a person's colour is the same on every page and after every return. */
export function userOf({ id, name }: { readonly id: string; readonly name: string }): object {
  return { id, name, color: COLOURS[colourOf(id)] }
}

/** Someone who has written, whether they are here or not. */
export function writerOf(id: string, name: string): Author {
  return { id, name, colour: colourOf(id) + 1 }
}

/** Someone from the `user` of their awareness: the server has signed it. */
export function authorOf(user: { id?: unknown; name?: unknown; color?: unknown } | undefined): Author | undefined {
  if (!user || typeof user.name !== "string") return undefined
  const colour = COLOURS.indexOf(String(user.color)) + 1 || 1
  return { id: String(user.id ?? user.name), name: user.name, colour }
}

/** Their cursor with their name. Styles stand in the style sheet: the page takes none from scripts. */
export function cursor(user: Parameters<typeof authorOf>[0]): HTMLElement {
  const author = authorOf(user)
  const mark = document.createElement("span")
  mark.className = `cursor author-${author?.colour ?? 1}`
  mark.ariaHidden = "true" // who is here is said on demand, not at every letter
  const name = document.createElement("b")
  name.textContent = author?.name ?? ""
  mark.append("\u2060", name, "\u2060")
  return mark
}

export function selection(user: Parameters<typeof authorOf>[0]): { class: string } {
  return { class: `selected author-${authorOf(user)?.colour ?? 1}` }
}

function colourOf(id: string): number {
  return new TextEncoder().encode(id).reduce((sum, byte) => sum + byte, 0) % COLOURS.length
}
