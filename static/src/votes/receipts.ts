/** Receipts of secret votes: made here, kept in the sealed envelope and nowhere else, and found again
 * in the published list. A receipt says that a ballot was counted, never what was in it. */

const ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789" // as join codes: none mistaken for another
const SIGNS = 10 // 49 bits: two voters out of 5 000 get the same one once in 45 million votes
const FAIR = 256 - (256 % ALPHABET.length)

/** A new receipt, at random. */
export function newReceipt(): string {
  let code = ""
  while (code.length < SIGNS) {
    const [byte = 0] = crypto.getRandomValues(new Uint8Array(1))
    if (byte < FAIR) code += ALPHABET[byte % ALPHABET.length]
  }
  return code
}

/** As one writes it down: ABCDE-FGH23 */
export function spelled(code: string): string {
  return code.replace(/^(.{5})(.+)$/, "$1-$2")
}

/** As it is kept, however one has written it. */
export function plainReceipt(written: string): string {
  return written.toUpperCase().replace(/[^A-Z0-9]/g, "")
}
