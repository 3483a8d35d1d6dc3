/** Whether what someone types is the beginning of a word, whatever its case and its accents. */

export function matches(words: string, typed: string): boolean {
  const wanted = plain(typed)
  return plain(words).split(/[^\p{Letter}\p{Number}]+/u).some((word) => word.startsWith(wanted))
}

function plain(text: string): string {
  return text.normalize("NFD").replace(/\p{Diacritic}/gu, "").toLowerCase()
}
