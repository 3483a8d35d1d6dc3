/** How long an answer may be, as `longest` in workshop/features/polls/answers.py has it: a secret
 * ballot is padded to it before it is locked, so that its length tells nothing. */

import type { AnyForm } from "../room/records"
import { choices } from "./forms"

const LONGEST_TEXT = 500 // signs
const LONGEST_WORD = 40
const BYTES_A_SIGN = 6
const LONGEST_OPINION = "disagree".length
const MAP_SIDE = 1000

/** No answer of this form takes more bytes than this in JSON. */
export function longest(form: AnyForm): number {
  switch (form.kind) {
    case "single":
      return digits(form.options.length - 1)
    case "multiple":
    case "approval":
    case "ranking":
      return ofList(form.options.map((_, at) => digits(at)))
    case "yes_no":
      return Math.max(...choices(form).map(({ length }) => length)) + 2
    case "rating":
      return ofList(form.options.map(() => digits(form.steps)))
    case "scale":
      return digits(form.steps)
    case "points":
      return ofList(form.options.map(() => digits(form.points)))
    case "number":
      return Math.max(digits(Math.floor(form.least)), digits(Math.floor(form.most))) + (form.whole ? 0 : ".001".length)
    case "text":
      return LONGEST_TEXT * BYTES_A_SIGN + 2
    case "words":
      return ofList(new Array<number>(form.most).fill(LONGEST_WORD * BYTES_A_SIGN + 2))
    case "statements":
      return ofList(form.options.map(() => LONGEST_OPINION + 2))
    case "budget":
      return ofList(form.proposals.map((_, at) => digits(at)))
    case "map":
      return ofList([digits(MAP_SIDE), digits(MAP_SIDE)])
  }
}

/** With the sign of those below nothing. */
function digits(n: number): number {
  return String(n).length
}

/** Bytes of a list in JSON, of items of these sizes: with brackets and commas. */
function ofList(sizes: readonly number[]): number {
  return sizes.reduce((sum, size) => sum + size + 1, 1)
}
