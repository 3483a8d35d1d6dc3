/** The rule of motion: next, again, a gap, afresh. */

import assert from "node:assert/strict"
import { test } from "node:test"
import { moved } from "../../static/src/room/motion"
import type { Changes } from "../../static/src/room/protocol"

const ANA = { "people.seat/ana": { id: "ana" } }
const BEN = { "people.seat/ben": { id: "ben" } }

function frame(fields: Partial<Changes>): Changes {
  return { type: "changes", since: 0, seq: 0, fresh: false, gone: [], put: {}, ...fields }
}

test("what comes next is applied", () => {
  const after = moved({ records: ANA, seq: 3 }, frame({ since: 3, seq: 5, put: BEN }))

  assert.deepEqual(after, { records: { ...ANA, ...BEN }, seq: 5 })
})

test("a frame that begins before where one stands is applied", () => {
  const after = moved({ records: ANA, seq: 3 }, frame({ since: 1, seq: 5, put: BEN }))

  assert.deepEqual(after, { records: { ...ANA, ...BEN }, seq: 5 })
})

test("an old frame does not move one back", () => {
  const after = moved({ records: ANA, seq: 7 }, frame({ since: 1, seq: 5, put: ANA }))

  assert.deepEqual(after, { records: ANA, seq: 7 })
})

test("a frame that begins further on is a gap", () => {
  assert.equal(moved({ records: ANA, seq: 3 }, frame({ since: 4, seq: 5, put: BEN })), undefined)
})

test("a fresh frame forgets everything, wherever one stands", () => {
  const after = moved({ records: ANA, seq: 9 }, frame({ fresh: true, seq: 2, put: BEN }))

  assert.deepEqual(after, { records: BEN, seq: 2 })
})

test("a copy that was handed out never changes", () => {
  const before = { records: ANA, seq: 3 }
  moved(before, frame({ since: 3, seq: 5, gone: ["people.seat/ana"], put: BEN }))

  assert.deepEqual(before, { records: { "people.seat/ana": { id: "ana" } }, seq: 3 })
})
