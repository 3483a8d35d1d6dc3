/** Nobody is spoken to more than once in a while. */

import assert from "node:assert/strict"
import { test } from "node:test"
import { Batch } from "../../static/src/room/batch"
import { FakeTimers } from "./fakes"

function heard(): { timers: FakeTimers; batch: Batch<string>; told: (readonly string[])[] } {
  const timers = new FakeTimers()
  const told: (readonly string[])[] = []
  return { timers, told, batch: new Batch(timers, 5, (items) => told.push(items)) }
}

test("what comes first is told at once", () => {
  const { timers, batch, told } = heard()
  batch.add("one")
  timers.pass(0)

  assert.deepEqual(told, [["one"]])
})

test("what comes soon after waits, and is told together", () => {
  const { timers, batch, told } = heard()
  batch.add("one")
  timers.pass(1)
  batch.add("two")
  timers.pass(1)
  batch.add("three")
  timers.pass(2.9)
  assert.deepEqual(told, [["one"]])
  timers.pass(0.2)

  assert.deepEqual(told, [["one"], ["two", "three"]])
})

test("nothing is nothing to tell", () => {
  const { timers, batch, told } = heard()
  batch.add()
  timers.pass(10)

  assert.deepEqual(told, [])
})
