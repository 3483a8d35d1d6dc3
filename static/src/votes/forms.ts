/** What every part of a vote knows of its form. */

import type { AnyForm, AnyOutcome } from "../room/records"

export type FormOf<K extends AnyForm["kind"]> = Extract<AnyForm, { kind: K }>
export type OutcomeOf<S extends AnyOutcome["shape"]> = Extract<AnyOutcome, { shape: S }>
export type WithOptions = Extract<AnyForm, { options: readonly string[] }>

/** The choices of a vote for or against, in the order in which they are counted and shown. */
export function choices({ abstain }: FormOf<"yes_no">): readonly string[] {
  return abstain ? ["yes", "no", "abstain"] : ["yes", "no"]
}

/** What is counted: options, as the vote words them, titles, or the codes of yes and no. */
export function names(form: AnyForm): readonly string[] {
  if (form.kind === "yes_no") return choices(form)
  if (form.kind === "budget") return form.proposals.map(({ title }) => title)
  return "options" in form ? form.options : [""]
}
