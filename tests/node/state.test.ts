/** What people are told about their connection. */

import assert from "node:assert/strict"
import { test } from "node:test"
import { backoff } from "../../static/src/room/backoff"
import { Clock } from "../../static/src/room/clock"
import { stateOf } from "../../static/src/room/state"
import type { Facts } from "../../static/src/room/state"
import { uuid } from "../../static/src/room/uuid"

const WELL: Facts = {
  now: 10_000,
  welcomed: true,
  lostAt: 0,
  askedAt: undefined,
  seq: 12,
  head: 12,
  waiting: 0,
  closed: undefined,
  online: true,
}
const AWAY: Facts = { ...WELL, welcomed: false, lostAt: 9000 }

test("connected and up to date", () => {
  assert.deepEqual(stateOf(WELL), { name: "in-sync" })
})

test("a short loss is only connecting", () => {
  assert.deepEqual(stateOf(AWAY), { name: "connecting" })
})

test("a longer loss is offline, and says what is waiting", () => {
  assert.deepEqual(stateOf({ ...AWAY, now: 12_000, waiting: 2 }), { name: "offline", waiting: 2 })
})

test("without a network one is offline at once", () => {
  assert.deepEqual(stateOf({ ...AWAY, online: false }), { name: "offline", waiting: 0 })
})

test("a browser that believes itself offline is wrong while the server answers", () => {
  assert.deepEqual(stateOf({ ...WELL, online: false }), { name: "in-sync" })
})

test("below the room's seq one is catching up", () => {
  assert.deepEqual(stateOf({ ...WELL, seq: 3 }), { name: "catching-up", behind: 9 })
})

test("two seconds without an answer are unstable", () => {
  assert.deepEqual(stateOf({ ...WELL, askedAt: 8000 }), { name: "in-sync" })
  assert.deepEqual(stateOf({ ...WELL, askedAt: 7999 }), { name: "unstable" })
})

test("who is not wanted back is told why, whatever else holds", () => {
  assert.deepEqual(stateOf({ ...AWAY, online: false, closed: "seat" }), { name: "closed", code: "seat" })
})

test("one comes back after 0.3 seconds, doubling up to 5", () => {
  const longest = [0, 1, 2, 3, 4, 5, 20].map((failures) => backoff(failures, 1))

  assert.deepEqual(longest, [0.3, 0.6, 1.2, 2.4, 4.8, 5, 5])
})

test("chance spreads a crowd over half of that time", () => {
  assert.equal(backoff(5, 0), 2.5)
  assert.equal(backoff(5, 0.5), 3.75)
})

test("the room's clock is the server's, by what took least time to arrive", () => {
  let local = 1_000_000
  const clock = new Clock(() => local)
  clock.set(2000)
  local += 3000
  clock.set(2002.5) // half a second late
  local += 1000

  assert.equal(clock.now(), 2004)
})

test("a clock that was put right is followed", () => {
  const clock = new Clock(() => 0)
  clock.set(2000)
  clock.set(1000)

  assert.equal(clock.now(), 1000)
})

test("refs are canonical version 4 UUIDs", () => {
  assert.equal(uuid((bytes) => bytes.fill(255)), "ffffffff-ffff-4fff-bfff-ffffffffffff")
  assert.match(uuid(), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
})
