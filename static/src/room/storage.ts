/** The browser's storage, which may be forbidden or full: then things are kept as long as the page is. */

/** Do this with a storage; nothing where one may not. */
export function allowed<T>(what: () => T): T | undefined {
  try {
    return what()
  } catch {
    return undefined
  }
}
