/** The focus: who uses the keyboard, or listens, must never be thrown back to the top of the page. */

/** What may stand in for something that has gone: the parts that a reader knows by name. */
const PARTS = "li, section, [role=group], [data-region], main"

/**
 * Call this before `element` is hidden, moved or removed. If it holds the focus, the focus stays with
 * what had it, or else goes to the nearest part around: never to another button, as one press too
 * many would then do what nobody asked for.
 */
export function keepFocus(element: Element): void {
  const focused = document.activeElement as HTMLElement | null
  if (!focused || !element.contains(focused)) return
  const around = partsAround(focused)
  queueMicrotask(() => {
    const now = document.activeElement
    if (now && now !== focused && now !== document.body) return // somebody has already seen to it
    if (!visible(focused)) focus(around.find(visible), { preventScroll: true })
    else if (now !== focused) focused.focus({ preventScroll: true })
  })
}

/** Focus even what is not made for it. */
export function focus(element: HTMLElement | undefined, options?: FocusOptions): void {
  if (element && element.tabIndex < 0 && !element.hasAttribute("tabindex")) element.tabIndex = -1
  element?.focus(options)
}

export function visible(element: HTMLElement): boolean {
  return element.getClientRects().length > 0
}

function partsAround(element: Element): HTMLElement[] {
  const part = element.parentElement?.closest<HTMLElement>(PARTS)
  return part ? [part, ...partsAround(part)] : []
}
