/** The count, on the votes that its twin in Python counts too. */

import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { test } from "node:test"
import type { AnyForm, AnyOutcome } from "../../static/src/room/records"
import { count, type Line } from "../../static/src/votes/count"
import { longest } from "../../static/src/votes/longest"
import { table, type Table } from "../../static/src/votes/tables"

interface Vector {
  readonly form: AnyForm
  readonly lines: readonly Line[]
  readonly voters?: number
  readonly outcome: AnyOutcome
  readonly table: Table
  readonly longest: number
}

const file = new URL("../vectors/votes.json", import.meta.url)
const vectors = JSON.parse(readFileSync(file, "utf8")) as Vector[]

for (const { form, lines, voters, outcome, table: shown, longest: most } of vectors) {
  test(`${lines.length} lines of a ${form.kind} are counted as in Python`, () => {
    assert.deepEqual(count(form, lines, voters), outcome)
    assert.deepEqual(table(outcome, form), shown)
    assert.equal(longest(form), most)
  })
}

test("all fourteen kinds are counted", () => {
  assert.equal(new Set(vectors.map(({ form }) => form.kind)).size, 14)
})

test("five thousand ballots on fifty statements are counted before one can blink", () => {
  const opinions = ["agree", "disagree", "pass"]
  const options = Array.from({ length: 50 }, (_, at) => `statement ${at}`)
  const lines = Array.from({ length: 5000 }, (_, n) => ({ answer: options.map((_, at) => opinions[(n * at) % 3]!), times: 1 }))
  const began = performance.now()
  count({ kind: "statements", options }, lines)
  const took = performance.now() - began
  assert.ok(took < 500, `${took} ms`)
})
