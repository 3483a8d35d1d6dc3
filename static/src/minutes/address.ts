/** The addresses that links of the text may lead to. */

const SCHEMES = new Set(["http:", "https:", "mailto:"])

/** The address a link may lead to, or null: whatever else a scheme can do stays out. */
export function safeAddress(address: string): string | null {
  const trimmed = address.trim()
  try {
    return SCHEMES.has(new URL(trimmed).protocol) ? trimmed : null
  } catch {
    return null
  }
}

/** What people type for an address: the web's, or one's at a place. */
export function completed(address: string): string {
  const trimmed = address.trim()
  if (/^[a-z][a-z0-9+.-]*:/i.test(trimmed)) return trimmed
  if (/^[^\s@/]+@[^\s@/]+\.[^\s@/]+$/.test(trimmed)) return `mailto:${trimmed}`
  return /^[^\s.]+\.[^\s]+$/.test(trimmed) ? `https://${trimmed}` : trimmed
}
