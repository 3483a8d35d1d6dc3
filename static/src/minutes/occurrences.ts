/** Occurrences: where words stand in a text, whatever their case and their accents. */

export type Span = readonly [from: number, to: number]

/**
 * Where `sought` stands in `text`, as offsets into it. Accents that stand apart from their
 * letter go with it; no character is ever cut in two.
 */
export function occurrences(text: string, sought: string): Span[] {
  const wanted = folded(sought).letters.join("")
  if (!wanted) return []
  const { letters, offsets } = folded(text)
  const found: Span[] = []
  const joined = letters.join("")
  for (let at = joined.indexOf(wanted); at >= 0; at = joined.indexOf(wanted, at + wanted.length)) {
    const from = offsets[at]!
    const to = offsets[at + wanted.length]!
    const whole = offsets[at - 1] !== from && offsets[at + wanted.length - 1] !== to
    if (whole) found.push([from, to])
  }
  return found
}

interface Folded {
  /** UTF-16 units without case and accents. */
  readonly letters: string[]
  /** For each of them, and the end, where its character begins in the text. */
  readonly offsets: number[]
}

function folded(text: string): Folded {
  const letters: string[] = []
  const offsets: number[] = []
  let at = 0
  for (const character of text) {
    for (const letter of fold(character).split("")) {
      letters.push(letter)
      offsets.push(at)
    }
    at += character.length
  }
  return { letters, offsets: [...offsets, at] }
}

function fold(character: string): string {
  return character.normalize("NFD").replace(/\p{Diacritic}/gu, "").toLowerCase().replaceAll("’", "'").replaceAll("\u00a0", " ")
}
