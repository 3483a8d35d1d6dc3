/** Unread: how much has come since one looked, said on the tab of the list it is in. */

import { fill, hide } from "../room/dom"
import { number } from "../room/words"

export function countUnread(list: "chat" | "questions", n: number): void {
  const sign = document.querySelector<HTMLElement>(`[data-unread="${list}"]`)
  hide(sign, !n)
  if (sign && n) fill(sign, { n: number(n) })
}
