/** Where no socket gets through: the stream, and the way back to a socket. */

import assert from "node:assert/strict"
import { test } from "node:test"
import type { Changes } from "../../static/src/room/protocol"
import { muteAfter, tryAfter, wayAfter } from "../../static/src/room/way"
import type { Way } from "../../static/src/room/way"
import { ANA, FakeSocket, Page } from "./fakes"

function changes(fields: Partial<Changes>): Changes {
  return { type: "changes", since: 0, seq: 0, fresh: false, gone: [], put: {}, ...fields }
}

/** The ways that are tried, when each connection ends as told. */
function tried(...heard: boolean[]): Way[] {
  let mute = 0
  const ways = heard.map((each) => {
    const way = wayAfter(mute)
    mute = muteAfter(mute, way, each)
    return way
  })
  return [...ways, wayAfter(mute)]
}

test("one mute socket is followed by another, two by a stream", () => {
  assert.deepEqual(tried(false, false), ["socket", "socket", "stream"])
})

test("a socket that spoke is forgiven what came before", () => {
  assert.deepEqual(tried(false, true, false), ["socket", "socket", "socket", "socket"])
})

test("a stream that spoke is followed by a stream", () => {
  assert.deepEqual(tried(false, false, true), ["socket", "socket", "stream", "stream"])
})

test("where the stream is mute too, it was no matter of sockets", () => {
  assert.deepEqual(tried(false, false, false), ["socket", "socket", "stream", "socket"])
})

test("a socket is tried soon, then more and more rarely, about once a minute", () => {
  const middle = [0, 1, 2, 3, 4, 20].map((tries) => tryAfter(tries, 0.5))

  assert.deepEqual(middle, [4, 8, 16, 32, 60, 60])
  assert.deepEqual([tryAfter(20, 0), tryAfter(20, 1)], [45, 75])
})

/** A page behind a wall that lets no socket through: it has come in by the stream. */
function walled(): { page: Page; stream: FakeSocket } {
  const page = new Page()
  page.socket.cut()
  page.timers.pass(0.4)
  page.socket.cut()
  page.timers.pass(0.8)
  const stream = page.open({ seq: 3 })
  stream.hear(changes({ seq: 3, fresh: true, put: { "chat.message/m1": { id: "m1", text: "one" } } }))
  return { page, stream }
}

/** The socket that is tried next beside the stream. */
function beside(page: Page): FakeSocket {
  const before = page.sockets.length
  while (page.sockets.length === before) {
    page.timers.pass(1)
    page.sockets[before - 1]!.hear({ type: "pong", seq: 0, now: 5000 }) // or it would be given up
  }
  return page.socket
}

test("behind a wall the page comes in by the stream, and says so", () => {
  const { page, stream } = walled()

  assert.deepEqual(page.sockets.map(({ way }) => way), ["socket", "socket", "stream"])
  assert.deepEqual(stream.asked, [{ type: "hello", epoch: "", since: 0 }])
  assert.deepEqual(page.room.state, { name: "in-sync" })
  assert.equal(page.room.slower, true)
})

test("a socket that opens and passes nothing on is a mute one", () => {
  const page = new Page()
  for (let n = 0; n < 2; n++) {
    page.socket.onopen!()
    page.timers.pass(12.5)
  }

  assert.deepEqual(page.sockets.map(({ way }) => way), ["socket", "socket", "stream"])
})

test("a socket tried in vain disturbs nothing", () => {
  const { page, stream } = walled()
  const socket = beside(page)
  socket.cut()
  for (let second = 0; second < 11; second++) {
    page.timers.pass(1)
    stream.hear({ type: "pong", seq: 0, now: 5000 })
  }

  assert.deepEqual(page.sockets.slice(3).map(({ way }) => way), ["socket", "socket"])
  assert.equal(stream.closed, false)
  assert.deepEqual(page.room.state, { name: "in-sync" })
})

test("in ten minutes behind a wall a page knocks eleven times", () => {
  const { page, stream } = walled()
  const knocks: number[] = []
  for (let second = 1; second <= 600; second++) {
    const before = page.sockets.length
    page.timers.pass(1)
    for (const socket of page.sockets.slice(before)) {
      knocks.push(second)
      socket.cut()
    }
    stream.hear({ type: "pong", seq: 0, now: 5000 })
  }

  assert.deepEqual(knocks.map((each) => Math.round(each / 5) * 5), [5, 15, 35, 75, 150, 225, 300, 375, 450, 525, 600])
})

test("a socket that is let through and not welcomed disturbs nothing either", () => {
  const { page, stream } = walled()
  const socket = beside(page)
  socket.onopen!()
  socket.hear({ type: "bye", code: "full", again: true, wait: 10 })

  assert.deepEqual([socket.closed, stream.closed], [true, false])
  assert.deepEqual(page.room.state, { name: "in-sync" })
})

test("a socket that hangs is left, and another is tried later", () => {
  const { page, stream } = walled()
  const socket = beside(page)
  socket.onopen!()
  for (let second = 0; second < 25; second++) {
    page.timers.pass(1)
    stream.hear({ type: "pong", seq: 0, now: 5000 })
  }

  assert.deepEqual([socket.closed, page.sockets.length], [true, 5])
  assert.equal(stream.closed, false)
})

test("once welcomed over a socket the page moves over, and forgets what failed", () => {
  const { page, stream } = walled()
  const socket = beside(page)
  socket.onopen!()
  assert.deepEqual(socket.said, [{ type: "hello", epoch: "e1", since: 3 }])
  const opened: string[] = []
  page.room.on("opened", () => opened.push("opened"))
  socket.hear({ ...ANA, seq: 3 })

  assert.deepEqual([stream.closed, socket.closed, page.room.slower], [true, false, false])
  assert.deepEqual(opened, ["opened"])
  assert.deepEqual(page.room.state, { name: "in-sync" })
  socket.cut()
  page.timers.pass(0.4)
  page.socket.cut()
  page.timers.pass(0.8)
  assert.deepEqual(page.sockets.slice(4).map(({ way }) => way), ["socket", "socket"])
})

test("what was told by the stream while the socket greeted is told again, in order", () => {
  const { page, stream } = walled()
  const socket = beside(page)
  socket.onopen!()
  stream.hear(changes({ since: 3, seq: 5, put: { "chat.message/m1": { id: "m1", text: "three" } } }))
  socket.hear({ ...ANA, seq: 4 }, changes({ since: 3, seq: 4, put: { "chat.message/m1": { id: "m1", text: "two" } } }))
  assert.equal(page.room.seq, 4)
  socket.hear(changes({ since: 4, seq: 5, put: { "chat.message/m1": { id: "m1", text: "three" } } }))

  assert.equal(page.room.seq, 5)
  assert.deepEqual(page.room.records, { "chat.message/m1": { id: "m1", text: "three" } })
})

test("a greeting no longer holds once the stream has begun anew", () => {
  const { page, stream } = walled()
  const socket = beside(page)
  socket.onopen!()
  stream.hear(changes({ since: 8, seq: 9 })) // a gap

  assert.equal(socket.closed, true)
  assert.deepEqual(stream.asked.at(-1), { type: "hello", epoch: "e1", since: 3 })
})

test("nobody moves over while an answer is awaited", () => {
  const { page, stream } = walled()
  const socket = beside(page)
  socket.onopen!()
  stream.bufferedAmount = 1
  socket.hear({ ...ANA, seq: 3 })

  assert.deepEqual([socket.closed, stream.closed, page.room.slower], [true, false, true])
})

test("what the stream took without an answer is asked again over the socket", () => {
  const { page, stream } = walled()
  void page.room.do("chat.post", { text: "hello" })
  const socket = beside(page)
  socket.onopen!()
  socket.hear({ ...ANA, seq: 3 })

  assert.deepEqual(stream.texts, ["hello"])
  assert.deepEqual(socket.refs, stream.refs)
})
