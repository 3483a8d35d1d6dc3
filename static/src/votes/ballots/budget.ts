/** Ballots that spend an envelope on proposals. */

import { fill, hide, mark, rows } from "../../room/dom"
import type { AnyAnswer, Proposal } from "../../room/records"
import { euros } from "../euros"
import type { FormOf } from "../forms"
import { inputs, listen, part, soFar } from "./kinds"
import type { Kind } from "./kinds"

type Form = FormOf<"budget">

export const budget: Kind<Form> = {
  make(place, form) {
    filters(place, form)
    list(place, form)
    listen(place, "change", (event) => ((event.target as Element).matches("[data-filter]") ? sift(place, form) : tell(place, form)))
    tell(place, form)
  },
  write(place, form, answer: AnyAnswer) {
    for (const input of boxes(place)) input.checked = (answer as readonly number[]).includes(Number(input.value))
    tell(place, form)
  },
  read: (place, form) => (left(place, form) >= 0 ? chosen(place) : undefined),
}

function filters(place: HTMLElement, { proposals }: Form): void {
  const found = { theme: among(proposals, "theme"), commune: among(proposals, "commune") }
  mark(place, [...(found.theme.length > 1 ? ["themes"] : []), ...(found.commune.length > 1 ? ["communes"] : [])])
  for (const name of ["theme", "commune"] as const)
    part(place, `[data-filter=${name}]`).append(...found[name].map((each) => new Option(each, each)))
}

function among(proposals: readonly Proposal[], name: "theme" | "commune"): string[] {
  return [...new Set(proposals.map((proposal) => proposal[name]))].filter(Boolean).sort((a, b) => a.localeCompare(b))
}

function list(place: HTMLElement, { proposals }: Form): void {
  const items = proposals.map((proposal, index) => ({ ...proposal, index }))
  rows(part(place, '[data-rows="proposals"]'), items, ({ index }) => String(index), (row, { index, title, cost, commune, theme }) => {
    part<HTMLInputElement>(row, "input").value = String(index)
    fill(row, { title, commune, theme, cost: euros(cost) })
  })
}

/** Show the proposals of one theme, of one commune. What is chosen stays chosen, in sight or not. */
function sift(place: HTMLElement, { proposals }: Form): void {
  const [theme, commune] = ["theme", "commune"].map((name) => part<HTMLSelectElement>(place, `[data-filter=${name}]`).value)
  for (const input of boxes(place)) {
    const proposal = proposals[Number(input.value)]!
    hide(input.closest("label"), Boolean((theme && proposal.theme !== theme) || (commune && proposal.commune !== commune)))
  }
}

/** What remains, and what it is not enough for any more. */
function tell(place: HTMLElement, form: Form): void {
  const free = left(place, form)
  soFar(place, "left-in-envelope", { left: euros(free), envelope: euros(form.envelope) })
  part(place, ".envelope-bar > i").style.setProperty("--w", `${(100 * (form.envelope - free)) / form.envelope}%`)
  for (const input of boxes(place)) {
    const { cost, commune, theme } = form.proposals[Number(input.value)]!
    input.disabled = !input.checked && cost > free
    mark(input.closest("label")!, [...(input.disabled ? ["no-room"] : []), ...(commune && theme ? ["both"] : [])])
  }
}

function left(place: HTMLElement, { envelope, proposals }: Form): number {
  return envelope - chosen(place).reduce((sum, at) => sum + proposals[at]!.cost, 0)
}

function chosen(place: HTMLElement): number[] {
  return boxes(place).filter(({ checked }) => checked).map(({ value }) => Number(value))
}

function boxes(place: HTMLElement): HTMLInputElement[] {
  return inputs(place, "input[type=checkbox]")
}
