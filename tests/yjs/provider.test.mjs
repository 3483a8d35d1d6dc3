// What the provider says is saved, and what becomes of what cannot be: against a server in memory.
import assert from "node:assert/strict"
import { afterEach, beforeEach, mock, test } from "node:test"
import { createDecoder, readVarUint, readVarUint8Array } from "lib0/decoding"
import { createEncoder, toUint8Array, writeVarUint, writeVarUint8Array } from "lib0/encoding"
import { Awareness, encodeAwarenessUpdate } from "y-protocols/awareness"
import * as Y from "yjs"
import { compiled } from "./schema.mjs"

globalThis.addEventListener = () => {}
mock.timers.enable({ apis: ["setTimeout", "Date"] })
const { Provider } = await compiled("minutes/provider.ts")

const { digest } = await compiled("minutes/digest.ts")

const [STEP_1, STEP_2, UPDATE] = [0, 1, 2]
const DIGEST = 64
const MINUTE = 60_000
let lane, server, provider, replaced

/** A server that stores when it is told to: `store` answers what came, `refuse` refuses the first. */
class Lane extends EventTarget {
  open = false
  sent = []
  count = 0
  saved = 0
  compared = 0

  send(bytes) {
    const decoder = createDecoder(bytes)
    const kindOfMessage = readVarUint(decoder)
    if (kindOfMessage === DIGEST) this.compared++
    if (kindOfMessage !== 0) return
    const kind = readVarUint(decoder)
    const payload = readVarUint8Array(decoder)
    if (kind !== STEP_1) this.sent.push({ number: ++this.count, kind, payload })
    else this.greeted = payload
  }

  tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }))
  }

  say(kind, payload) {
    const encoder = createEncoder()
    writeVarUint(encoder, 0)
    writeVarUint(encoder, kind)
    writeVarUint8Array(encoder, payload)
    this.tell("message", toUint8Array(encoder))
  }

  connect() {
    this.open = true
    this.count = this.saved = 0
    this.sent = []
    this.tell("open")
    this.answer()
  }

  lose() {
    this.open = false
    this.tell("close")
  }

  answer(asks = true) {
    this.say(STEP_2, Y.encodeStateAsUpdate(server, this.greeted))
    if (asks) this.say(STEP_1, Y.encodeStateVector(server))
  }

  store(most = Infinity) {
    for (const { number, payload } of this.sent.splice(0, most)) {
      Y.applyUpdate(server, payload)
      this.saved = number
    }
    this.tell("saved", { updates: this.saved })
  }

  /** What the server says that one should see: what it has itself, unless it is said otherwise. */
  digest(hash = digest(server.getXmlFragment("minutes"))) {
    const encoder = createEncoder()
    writeVarUint(encoder, DIGEST)
    writeVarUint8Array(encoder, Y.encodeStateVector(server))
    writeVarUint8Array(encoder, hash)
    this.tell("message", toUint8Array(encoder))
  }

  refuse(code) {
    const { number } = this.sent.shift()
    this.tell("unsaved", { update: number, code })
    this.tell("saved", { updates: number }) // settled, which is not stored
  }
}

beforeEach(async () => {
  lane = new Lane()
  server = new Y.Doc()
  replaced = []
  provider = new Provider({ lane, name: "test", writes: true, user: () => ({ id: "ana", name: "Ana" }) })
  provider.addEventListener("replacing", (event) => replaced.push(event.detail))
  await settled()
})

afterEach(() => provider.destroy())

const settled = async () => {
  for (let n = 0; n < 20; n++) await null
}
const write = (words) => provider.text.push([new Y.XmlText(words)])
const tick = () => mock.timers.tick(60)
const there = () => server.getXmlFragment("minutes").toString()
const here = () => provider.text.toString()

test("what one types goes as one update, and is saved when the server says so", () => {
  lane.connect()
  lane.store()
  write("a")
  write("b")
  assert.equal(provider.status.unsaved, 2)
  tick()
  assert.equal(lane.sent.length, 1)
  assert.equal(provider.status.unsaved, 2, "sent is not saved")
  assert.equal(provider.status.savedAt, undefined)
  lane.store()
  assert.equal(provider.status.unsaved, 0)
  assert.ok(provider.status.savedAt !== undefined)
  assert.equal(there(), "ab")
})

test("what was typed while the last was being stored is not called saved with it", () => {
  lane.connect()
  lane.store()
  write("a")
  tick()
  write("b")
  tick()
  lane.store(1)
  assert.equal(provider.status.unsaved, 1)
  lane.store()
  assert.equal(provider.status.unsaved, 0)
})

test("what was typed before the handshake, or offline, goes with the answer to the server's step 1", () => {
  write("early")
  tick()
  assert.equal(lane.sent.length, 0)
  lane.connect()
  lane.store()
  assert.equal(provider.status.unsaved, 0)
  lane.lose()
  write("offline")
  tick()
  assert.equal(provider.status.unsaved, 1)
  lane.connect()
  assert.equal(provider.status.unsaved, 1)
  lane.store()
  assert.equal(provider.status.unsaved, 0)
  assert.equal(there(), "earlyoffline")
})

test("what was sent and never answered is sent again after a loss", () => {
  lane.connect()
  lane.store()
  write("lost")
  tick()
  lane.lose()
  lane.connect()
  lane.store()
  assert.equal(there(), "lost")
  assert.equal(provider.status.unsaved, 0)
})

test("what is only deleted offline is sent too", () => {
  write("a")
  lane.connect()
  lane.store()
  lane.lose()
  provider.text.delete(0, 1)
  lane.connect()
  lane.store()
  assert.equal(there(), "")
})

test("a gap is filled when the server says how far it is", () => {
  lane.connect()
  lane.store()
  write("a")
  tick()
  lane.refuse("gap")
  assert.equal(provider.status.unsaved, 1, "settled is not saved")
  lane.say(STEP_1, Y.encodeStateVector(server))
  lane.store()
  assert.equal(provider.status.unsaved, 0)
  assert.equal(there(), "a")
  assert.deepEqual(replaced, [])
})

test("what came too fast is offered again with all that followed", () => {
  lane.connect()
  lane.store()
  for (const word of ["a", "b"]) {
    write(word)
    tick()
  }
  lane.refuse("too-fast")
  lane.refuse("gap")
  write("c")
  tick()
  mock.timers.tick(2000)
  lane.answer()
  lane.store()
  assert.equal(there(), "abc")
  assert.equal(provider.status.unsaved, 0)
})

for (const code of ["malformed", "not-allowed", "client-taken", "too-big"]) {
  test(`after ${code} the copy is thrown away, and the server's text fetched`, async () => {
    server.getXmlFragment("minutes").push([new Y.XmlText("theirs")])
    lane.connect()
    lane.store()
    write(" mine")
    tick()
    const former = provider.doc
    lane.refuse(code)
    assert.deepEqual(replaced, [{ code, lost: true }])
    assert.notEqual(provider.doc, former)
    await settled()
    lane.answer()
    assert.equal(here(), "theirs")
    assert.equal(provider.status.unsaved, 0)
    write("!")
    tick()
    lane.store()
    assert.equal(there(), "theirs!", "the counting of messages goes on")
    assert.equal(provider.status.unsaved, 0)
  })
}

test("when one may not write any more, what is not saved is handed over at once", async () => {
  lane.connect()
  lane.store()
  write("a")
  provider.allow(false)
  assert.deepEqual(replaced, [{ code: "not-allowed", lost: true }])
  await settled()
  lane.answer(false)
  assert.equal(here(), "")
  assert.equal(lane.sent.length, 0)
})

test("when one may write again the server is asked how far it is", async () => {
  lane.connect()
  lane.store()
  provider.allow(false)
  provider.allow(true)
  await settled()
  lane.answer()
  write("a")
  tick()
  lane.store()
  assert.equal(there(), "a")
})

test("an update that cannot be read costs nobody the page", async () => {
  mock.method(console, "error", () => {})
  lane.connect()
  lane.store()
  lane.say(UPDATE, new Uint8Array([1, 2, 3, 4, 200, 200, 200]))
  assert.deepEqual(replaced, [{ code: "broken", lost: false }])
  await settled()
  server.getXmlFragment("minutes").push([new Y.XmlText("whole")])
  lane.answer()
  assert.equal(here(), "whole")
})

test("a piece that stands elsewhere on the server is fetched again once it is saved", async () => {
  lane.connect()
  lane.store()
  write("a")
  write("b")
  tick()
  lane.store()
  const [a, b] = provider.text.toArray().map((each) => each._item)
  provider.doc.transact((change) => {
    const id = Y.createID(provider.doc.clientID, Y.getState(provider.doc.store, provider.doc.clientID))
    const content = new Y.ContentType(new Y.XmlText("x"))
    new Y.Item(id, b, b.lastId, a, a.id, provider.text, null, content).integrate(change, 0)
  })
  tick()
  assert.deepEqual(replaced, [], "not before it is saved")
  lane.store()
  assert.deepEqual(replaced, [{ code: "crossed", lost: false }])
  await settled()
  lane.answer()
  assert.equal(here(), there())
})

test("ordinary writing, undone and redone, is not fetched again", () => {
  lane.connect()
  lane.store()
  const undo = new Y.UndoManager(provider.text, { captureTimeout: 0 })
  const [text, numbers] = [new Y.XmlText("one two three"), [3, 1, 7, 2]]
  provider.text.push([text])
  for (const at of numbers) text.insert(at, "x")
  text.format(2, 6, { strong: {} })
  for (const at of numbers) text.delete(at, 1)
  for (let n = 0; n < 9; n++) undo.undo()
  for (let n = 0; n < 9; n++) undo.redo()
  tick()
  lane.store()
  assert.deepEqual(replaced, [])
})

test("after a loss the others are gone, and there again when the server says so", () => {
  const other = new Awareness(new Y.Doc())
  other.setLocalState({ user: { name: "Ben" }, cursor: {} })
  const encoder = createEncoder()
  writeVarUint(encoder, 1)
  writeVarUint8Array(encoder, encodeAwarenessUpdate(other, [other.clientID]))
  const names = () => [...provider.awareness.getStates().values()].map(({ user }) => user.name)
  lane.connect()
  lane.tell("message", toUint8Array(encoder))
  assert.deepEqual(names(), ["Ana", "Ben"])
  lane.lose()
  assert.deepEqual(names(), ["Ana"])
  lane.connect()
  lane.tell("message", toUint8Array(encoder))
  assert.deepEqual(names(), ["Ana", "Ben"])
  other.doc.destroy()
})

test("in a quiet minute the text is compared with the server's", () => {
  lane.connect()
  write("a")
  tick()
  lane.store()
  mock.timers.tick(MINUTE)
  assert.equal(lane.compared, 1)
  lane.digest()
  assert.deepEqual(replaced, [])
})

test("nothing is compared while something is being written, or not saved, or the line is down", () => {
  lane.connect()
  lane.store()
  mock.timers.tick(MINUTE - 1000)
  write("a")
  tick()
  lane.store()
  mock.timers.tick(1000)
  assert.equal(lane.compared, 0, "somebody writes")
  write("b")
  mock.timers.tick(MINUTE)
  assert.equal(lane.compared, 0, "it is not saved")
  lane.lose()
  mock.timers.tick(MINUTE)
  assert.equal(lane.compared, 0, "nobody would answer")
})

test("another text is fetched again, and handed over", async () => {
  mock.method(console, "error", () => {})
  lane.connect()
  write("a")
  tick()
  lane.store()
  mock.timers.tick(MINUTE)
  lane.digest(new Uint8Array(32))
  assert.deepEqual(replaced, [{ code: "differs", lost: true }])
  await settled()
  lane.answer()
  assert.equal(here(), "a")
})

test("standing elsewhere may be chance once or twice, but not again and again", () => {
  mock.method(console, "error", () => {})
  lane.connect()
  lane.store()
  server.getXmlFragment("minutes").push([new Y.XmlText("never told")])
  mock.timers.tick(MINUTE)
  lane.digest()
  mock.timers.tick(5000)
  lane.digest()
  assert.equal(lane.compared, 2)
  assert.deepEqual(replaced, [])
  mock.timers.tick(5000)
  lane.digest()
  assert.deepEqual(replaced, [{ code: "differs", lost: true }])
})

test("an answer that comes when one writes again is not listened to", () => {
  lane.connect()
  lane.store()
  mock.timers.tick(MINUTE)
  write("a")
  lane.digest(new Uint8Array(32))
  assert.deepEqual(replaced, [])
})
