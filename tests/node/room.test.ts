/** The browser's copy of a room, whatever the network does. */

import assert from "node:assert/strict"
import { test } from "node:test"
import type { Changes } from "../../static/src/room/protocol"
import { Page } from "./fakes"

const MESSAGE = { "chat.message/m1": { id: "m1", text: "Bonghjornu" } }

function changes(fields: Partial<Changes>): Changes {
  return { type: "changes", since: 0, seq: 0, fresh: false, gone: [], put: {}, ...fields }
}

async function settled<T>(promise: Promise<T>): Promise<string> {
  return promise.then(String, (error: Error) => error.message)
}

test("a page says hello with nothing, and is up to date after the first frame", () => {
  const page = new Page()
  const socket = page.open({ seq: 57 })

  assert.deepEqual(socket.asked, [{ type: "hello", epoch: "", since: 0 }])
  assert.deepEqual(page.room.state, { name: "catching-up", behind: 57 })

  socket.hear(changes({ seq: 57, fresh: true, put: MESSAGE }))

  assert.deepEqual(page.room.state, { name: "in-sync" })
  assert.deepEqual(page.room.records, MESSAGE)
})

test("after a loss it says hello from where it was, in the epoch it knows", () => {
  const page = new Page()
  page.open({ seq: 57 }).hear(changes({ seq: 57, fresh: true, put: MESSAGE }))
  page.socket.cut()
  page.timers.pass(0.4)
  const socket = page.open({ seq: 57 })

  assert.deepEqual(socket.asked, [{ type: "hello", epoch: "e1", since: 57 }])
  assert.deepEqual(page.room.records, MESSAGE)
})

test("whom nothing concerned is up to date once the server says how far they were told", () => {
  const page = new Page()
  page.open({ seq: 57 }).hear(changes({ seq: 57, fresh: true }))
  page.socket.cut()
  page.timers.pass(0.4)
  page.open({ seq: 90 })
  assert.deepEqual(page.room.state, { name: "catching-up", behind: 33 })

  page.socket.hear({ type: "pong", seq: 90, now: 5000 })

  assert.deepEqual(page.room.state, { name: "in-sync" })
})

test("over a gap it says hello again, once, and loses nothing", () => {
  const page = new Page()
  const socket = page.open({ seq: 3 })
  socket.hear(changes({ seq: 3, fresh: true }))
  socket.hear(changes({ since: 5, seq: 6 }), changes({ since: 6, seq: 7 }))

  assert.deepEqual(socket.asked.slice(1), [{ type: "hello", epoch: "e1", since: 3 }])

  socket.hear({ type: "welcome", you: page.room.you!, epoch: "e1", now: 5000, seq: 7, stamp: "" })
  socket.hear(changes({ since: 3, seq: 7, put: MESSAGE }))

  assert.deepEqual(page.room.records, MESSAGE)
  assert.equal(page.room.seq, 7)
})

test("of another epoch everything is forgotten", () => {
  const page = new Page()
  page.open({ seq: 57 }).hear(changes({ seq: 57, fresh: true, put: MESSAGE }))
  page.socket.cut()
  page.timers.pass(0.4)
  page.open({ epoch: "e2", seq: 2 }).hear(changes({ seq: 2, fresh: true }))

  assert.deepEqual(page.room.records, {})
  assert.deepEqual(page.room.state, { name: "in-sync" })
})

test("a command is done when the server says so", async () => {
  const page = new Page()
  const socket = page.open()
  const done = page.room.do("chat.post", { text: "Bonghjornu" })
  socket.hear({ type: "done", ref: socket.refs[0]!, seq: 58 })

  assert.equal(await done, 58)
})

test("what is done is shown as waiting until its change is seen", () => {
  const page = new Page()
  const socket = page.open()
  void page.room.do("chat.post", { text: "Bonghjornu" })
  socket.hear({ type: "done", ref: socket.refs[0]!, seq: 58 })
  assert.equal(page.room.waiting.length, 1)

  socket.hear(changes({ seq: 58, fresh: true, put: MESSAGE }))

  assert.equal(page.room.waiting.length, 0)
})

test("a refusal is told to whoever asked", async () => {
  const page = new Page()
  const socket = page.open()
  const done = settled(page.room.do("polls.open", { poll: "p1" }))
  socket.hear({ type: "refused", ref: socket.refs[0]!, code: "another-is-open" })

  assert.equal(await done, "another-is-open")
  assert.equal(page.room.waiting.length, 0)
})

test("what was never answered is asked again with the same ref", async () => {
  const page = new Page()
  const first = page.open()
  const done = page.room.do("chat.post", { text: "Bonghjornu" })
  first.cut()
  page.timers.pass(0.4)
  const second = page.open()

  assert.deepEqual(second.refs, first.refs)

  second.hear({ type: "done", ref: second.refs[0]!, seq: 58 })
  assert.equal(await done, 58)
})

test("what was answered is never asked again", () => {
  const page = new Page()
  const first = page.open()
  void page.room.do("chat.post", { text: "Bonghjornu" })
  first.hear({ type: "done", ref: first.refs[0]!, seq: 58 })
  first.cut()
  page.timers.pass(0.4)

  assert.deepEqual(page.open().refs, [])
})

test("what was written offline survives a reload, and is asked once", () => {
  const before = new Page()
  void before.room.do("chat.post", { text: "From the tunnel" }, { keep: true })
  const { ref } = before.room.waiting[0]!.command
  before.room.stop()

  const after = new Page(before)
  assert.deepEqual(after.room.waiting.map(({ command }) => command.with), [{ text: "From the tunnel" }])
  const socket = after.open()
  assert.deepEqual(socket.refs, [ref])
  socket.hear({ type: "done", ref, seq: 58 }, changes({ seq: 58, fresh: true, put: MESSAGE }))

  assert.deepEqual(new Page(before).room.waiting, [])
})

test("what is not worth keeping does not survive a reload", () => {
  const before = new Page()
  void before.room.do("stage.end")

  assert.deepEqual(new Page(before).room.waiting, [])
})

test("what was kept a day ago was meant for another moment", () => {
  const before = new Page()
  void before.room.do("chat.post", { text: "Yesterday" }, { keep: true })
  before.timers.pass(25 * 3600)

  assert.deepEqual(new Page(before).room.waiting, [])
})

test("somebody else's outbox stays closed", () => {
  const before = new Page()
  void before.room.do("chat.post", { text: "Ana's" }, { keep: true })
  const after = new Page(before)
  const socket = after.open({ you: { id: "ben", name: "Ben", role: "participant", place: "remote" } })

  assert.deepEqual(socket.refs, [])
  assert.deepEqual(after.room.waiting, [])
})

test("a refusal of what a former page asked is told to this one", () => {
  const before = new Page()
  void before.room.do("polls.vote", { poll: "p1", answer: 1 }, { keep: true })
  const after = new Page(before)
  const refusals: string[] = []
  after.room.on("refused", ({ code }) => refusals.push(code))
  const socket = after.open()
  socket.hear({ type: "refused", ref: socket.refs[0]!, code: "not-open" })

  assert.deepEqual(refusals, ["not-open"])
})

test("a changed vote takes the place of the one that waits", async () => {
  const page = new Page()
  const first = settled(page.room.do("polls.vote", { answer: 0 }, { keep: true, place: "polls.vote p1" }))
  void page.room.do("polls.vote", { answer: 1 }, { keep: true, place: "polls.vote p1" })

  assert.equal(await first, "superseded")
  assert.deepEqual(page.open().texts, [1])
})

test("too fast: it waits and tries again, in the order in which things were said", () => {
  const page = new Page()
  const socket = page.open()
  for (const text of ["one", "two", "three"]) void page.room.do("chat.post", { text })
  const [one, two, three] = socket.refs as [string, string, string]
  socket.hear({ type: "done", ref: one, seq: 1 })
  socket.hear({ type: "refused", ref: two, code: "too-fast", wait: 1 })
  socket.hear({ type: "refused", ref: three, code: "too-fast", wait: 1 })
  assert.deepEqual(socket.texts, ["one", "two", "three"])

  page.timers.pass(1.1)
  assert.deepEqual(socket.texts.slice(3), ["two"])
  socket.hear({ type: "done", ref: two, seq: 2 })
  assert.deepEqual(socket.texts.slice(3), ["two", "three"])
})

test("what could not be stored just now is asked again", () => {
  const page = new Page()
  const socket = page.open()
  void page.room.do("chat.post", { text: "one" })
  socket.hear({ type: "refused", ref: socket.refs[0]!, code: "unavailable" })
  page.timers.pass(1.1)

  assert.deepEqual(socket.texts, ["one", "one"])
})

test("five silent seconds are followed by a ping, five more by a new connection", () => {
  const page = new Page()
  const socket = page.open()
  socket.hear({ type: "pong", seq: 0, now: 5000 })
  page.timers.pass(5.6)
  assert.deepEqual(socket.said.slice(2), [{ type: "ping" }])
  page.timers.pass(2.6)
  assert.deepEqual(page.room.state, { name: "unstable" })
  page.timers.pass(3.4)

  assert.equal(socket.closed, true)
  assert.equal(page.sockets.length, 2)
})

test("an answered ping keeps the connection", () => {
  const page = new Page()
  const socket = page.open()
  for (let minute = 0; minute < 10; minute++) {
    page.timers.pass(6)
    socket.hear({ type: "pong", seq: 0, now: 5000 })
  }

  assert.equal(page.sockets.length, 1)
})

test("a bye says after how long to come back", () => {
  const page = new Page()
  const socket = page.open()
  socket.hear({ type: "bye", code: "restart", again: true, wait: 1.7 })
  socket.cut(4012)
  page.timers.pass(1.6)
  assert.equal(page.sockets.length, 1)
  page.timers.pass(0.2)

  assert.equal(page.sockets.length, 2)
})

test("who is told not to come back stays away, until they ask", () => {
  const page = new Page()
  const socket = page.open()
  socket.hear({ type: "bye", code: "tabs", again: false, wait: 0 })
  socket.cut(4409)
  page.timers.pass(60)
  assert.equal(page.sockets.length, 1)
  assert.deepEqual(page.room.state, { name: "closed", code: "tabs" })

  page.room.retry()
  page.open()

  assert.deepEqual(page.room.state, { name: "in-sync" })
})

test("a close code says as much as its bye, should that be lost", () => {
  const page = new Page()
  page.open().cut(4401)

  assert.deepEqual(page.room.state, { name: "closed", code: "seat" })
})

test("attempts that fail are further and further apart", () => {
  const page = new Page()
  const tries: number[] = []
  for (let attempt = 0; attempt < 6; attempt++) {
    const before = page.timers.now()
    page.socket.cut()
    while (page.sockets.length < attempt + 2) page.timers.pass(0.05)
    tries.push(Math.round((page.timers.now() - before) / 100) / 10)
  }

  assert.deepEqual(tries, [0.3, 0.6, 1.2, 2.4, 4.8, 5])
})

test("the network's return is tried at once", () => {
  const page = new Page()
  page.online = false
  page.socket.cut()
  page.timers.pass(0.1)
  page.online = true
  page.room.probe()

  assert.equal(page.sockets.length, 2)
})

test("a page that wakes up soon knows whether it is still connected", () => {
  const page = new Page()
  const socket = page.open()
  socket.hear({ type: "pong", seq: 0, now: 5000 })
  page.room.probe()
  page.timers.pass(3.1)

  assert.equal(socket.closed, true)
})

test("older records join the others and overwrite none", async () => {
  const page = new Page()
  const socket = page.open()
  socket.hear(changes({ seq: 9, fresh: true, put: MESSAGE }))
  const older = page.room.older("chat.message", 5)
  const stale = { "chat.message/m1": { id: "m1", text: "stale" }, "chat.message/m0": { id: "m0" } }
  socket.hear({ type: "older", kind: "chat.message", before: 5, put: stale, more: true })

  assert.equal((await older).more, true)
  assert.deepEqual(page.room.records, { ...MESSAGE, "chat.message/m0": { id: "m0" } })
  assert.equal(page.room.seq, 9)
})
