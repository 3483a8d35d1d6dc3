/** Menus that unfold over the page: Escape folds them, and so does going on elsewhere. */

const OPEN = "details:is(.menu, .languages)[open]"

function fold(menu: HTMLDetailsElement): void {
  if (menu.contains(document.activeElement)) menu.querySelector("summary")?.focus()
  menu.open = false
}

function elsewhere({ target }: Event): void {
  for (const menu of document.querySelectorAll<HTMLDetailsElement>(OPEN)) {
    if (!menu.contains(target as Node)) menu.open = false
  }
}

document.addEventListener("keydown", ({ key, target }) => {
  const menu = (target as Element).closest<HTMLDetailsElement>(OPEN)
  if (key === "Escape" && menu) fold(menu)
})
for (const event of ["focusin", "click"]) document.addEventListener(event, elsewhere)
