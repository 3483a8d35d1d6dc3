/**
 * Ballots: what one votes with. `offer` shows the fields of a form, with an answer in them; `read`
 * says what they hold. Markup: templates/votes/ballot.html, one template for each kind.
 *
 * Both may be called as often as one likes: fields that are there stay, with the focus and with what
 * is marked in them; an answer is written only when it is another than the last one written.
 */

import { keepFocus } from "../../room/focus"
import type { AnyAnswer, AnyForm } from "../../room/records"
import { points } from "./points"
import { budget } from "./budget"
import { approval, multiple, single, yesNo } from "./choices"
import type { Kind, Kinds } from "./kinds"
import { map } from "./pin"
import { ranking } from "./ranking"
import { rating, scale } from "./scales"
import { statements } from "./statements"
import { number, text, words } from "./writing"

const KINDS: Kinds = {
  single,
  multiple,
  yes_no: yesNo,
  approval,
  ranking,
  rating,
  scale,
  points,
  number,
  text,
  words,
  statements,
  budget,
  map,
}

/** What a ballot was last made of. */
const made = new WeakMap<Element, { form: string; answer: string | undefined }>()

/** Show the fields of this form in the `.ballot` at `root`; without an answer, as they are marked. */
export function offer(root: HTMLElement, form: AnyForm, answer?: AnyAnswer): void {
  const kind = KINDS[form.kind] as Kind<AnyForm>
  const before = made.get(root)
  const now = { form: JSON.stringify(form), answer: answer === undefined ? undefined : JSON.stringify(answer) }
  if (before?.form !== now.form) kind.make(lay(root, form.kind), form)
  if (now.answer !== undefined && (now.answer !== before?.answer || now.form !== before.form)) kind.write(fields(root), form, answer!)
  made.set(root, { form: now.form, answer: now.answer ?? (before?.form === now.form ? before.answer : undefined) })
}

/** The answer that the fields hold; nothing where it is not one that the form allows. */
export function read(root: HTMLElement, form: AnyForm): AnyAnswer | undefined {
  if (made.get(root)?.form !== JSON.stringify(form)) return undefined
  return (KINDS[form.kind] as Kind<AnyForm>).read(fields(root), form)
}

/** Take everything out, so that the next one finds the fields empty. */
export function clear(root: HTMLElement): void {
  made.delete(root)
  fields(root).replaceChildren()
}

function fields(root: HTMLElement): HTMLElement {
  return root.querySelector<HTMLElement>('[data-piece="kind"]')!
}

function lay(root: HTMLElement, kind: AnyForm["kind"]): HTMLElement {
  const template = root.querySelector<HTMLTemplateElement>(`template[data-ballot~="${kind}"]`)!
  const place = fields(root)
  if (place.firstElementChild) keepFocus(place)
  const laid = template.content.firstElementChild!.cloneNode(true) as HTMLElement
  place.replaceChildren(laid)
  place.dataset["kind"] = kind
  return place
}
