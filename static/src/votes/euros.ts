/** Sums of money, as people of the page's language write them: 1 234 € in French. */

import { locales } from "../room/words"

export function euros(amount: number): string {
  const form = { style: "currency", currency: "EUR", maximumFractionDigits: 0 } as const
  return new Intl.NumberFormat(locales(), form).format(amount)
}
