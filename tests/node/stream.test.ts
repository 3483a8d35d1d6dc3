/** The stream: what a WebSocket is to the room, made of plain HTTP. */

import assert from "node:assert/strict"
import { setImmediate as turn } from "node:timers/promises"
import { test } from "node:test"
import { StreamSocket } from "../../static/src/room/stream"
import { FakeTimers } from "./fakes"

const HELLO = JSON.stringify({ type: "hello", epoch: "e 1", since: 57 })
const PING = JSON.stringify({ type: "ping" })

function command(ref: string): string {
  return JSON.stringify({ type: "do", do: "chat.post", ref, with: { text: ref } })
}

/** One request, and what a test answers to it. */
class Asked {
  #answer!: (response: Response) => void
  #fail!: (error: Error) => void
  readonly answer = new Promise<Response>((resolve, reject) => ([this.#answer, this.#fail] = [resolve, reject]))

  constructor(
    readonly address: string,
    readonly options: RequestInit,
  ) {
    options.signal!.addEventListener("abort", () => this.fail())
  }

  get body(): unknown {
    return JSON.parse(this.options.body as string)
  }

  get givenUp(): boolean {
    return this.options.signal!.aborted
  }

  async say(frame: object | string | null, status = 200): Promise<void> {
    const text = typeof frame === "object" && frame ? JSON.stringify(frame) : frame
    this.#answer(new Response(text, { status }))
    await turn()
  }

  async fail(): Promise<void> {
    this.#fail(new TypeError("the network is gone"))
    await turn()
  }

  /** Answer with a stream of events. Returns how to write to it. */
  stream(): { write: (text: string | Uint8Array) => Promise<void>; end: () => Promise<void> } {
    let controller!: ReadableStreamDefaultController<Uint8Array>
    const body = new ReadableStream<Uint8Array>({ start: (given) => void (controller = given) })
    this.#answer(new Response(body))
    return {
      write: async (text) => (controller.enqueue(typeof text === "string" ? new TextEncoder().encode(text) : text), await turn()),
      end: async () => (controller.close(), await turn()),
    }
  }
}

/** A stream and its network. */
class Net {
  readonly timers = new FakeTimers()
  readonly asked: Asked[] = []
  readonly heard: Record<string, unknown>[] = []
  readonly closes: number[] = []
  readonly socket = new StreamSocket({
    room: "/rooms/plenary",
    timers: this.timers,
    fetch: (address, options) => {
      this.asked.push(new Asked(address, options))
      return this.asked.at(-1)!.answer
    },
  })

  constructor() {
    this.socket.onmessage = ({ data }) => this.heard.push(JSON.parse(data as string))
    this.socket.onclose = ({ code }) => this.closes.push(code)
  }

  get last(): Asked {
    return this.asked.at(-1)!
  }

  async greet(): Promise<ReturnType<Asked["stream"]>> {
    this.socket.send(HELLO)
    const stream = this.last.stream()
    await stream.write('data: {"type":"welcome"}\n\n')
    return stream
  }
}

test("it is open at once, and says nothing before one says hello", async () => {
  const net = new Net()
  let opened = 0
  net.socket.onopen = () => opened++
  await turn()

  assert.deepEqual([opened, net.asked.length], [1, 0])
})

test("a hello asks for the events since then", async () => {
  const net = new Net()
  await net.greet()

  assert.equal(net.last.address, "/rooms/plenary/changes?epoch=e+1&since=57")
  assert.deepEqual(net.last.options.headers, { Accept: "text/event-stream" })
  assert.deepEqual(net.heard, [{ type: "welcome" }])
})

test("events are heard whole, however the network cuts them", async () => {
  const net = new Net()
  const stream = await net.greet()
  const text = ':\n\ndata: {"type":"changes","text":"é"}\n\ndata: {"type":"presence"}\n\n'
  for (const byte of new TextEncoder().encode(text)) await stream.write(Uint8Array.of(byte))

  assert.equal(net.heard[1]!["text"], "é")
  assert.deepEqual(net.heard.map(({ type }) => type), ["welcome", "changes", "presence"])
})

test("what is asked is posted one after the other, and its answers are heard", async () => {
  const net = new Net()
  await net.greet()
  net.socket.send(command("a"))
  net.socket.send(command("b"))
  assert.deepEqual([net.asked.length, net.socket.bufferedAmount], [2, 2])
  assert.equal(net.last.address, "/rooms/plenary/ask")
  assert.deepEqual(net.last.body, JSON.parse(command("a")))

  await net.last.say({ type: "done", ref: "a", seq: 58 })
  assert.deepEqual(net.last.body, JSON.parse(command("b")))
  await net.last.say({ type: "refused", ref: "b", code: "too-fast", wait: 1 }, 429)

  assert.deepEqual(net.heard.map(({ type, ref }) => [type, ref]).slice(1), [["done", "a"], ["refused", "b"]])
  assert.deepEqual([net.socket.bufferedAmount, net.closes.length], [0, 0])
})

test("what nobody answers is answered by nothing", async () => {
  const net = new Net()
  await net.greet()
  net.socket.send(JSON.stringify({ type: "ephemeral", what: "chat.typing", with: {} }))
  await net.last.say(null, 204)

  assert.deepEqual([net.heard.length, net.closes.length, net.socket.bufferedAmount], [1, 0, 0])
})

test("a pong says nothing of how far the stream has been told", async () => {
  const net = new Net()
  await net.greet()
  net.socket.send(PING)
  await net.last.say({ type: "pong", seq: 90, now: 5000 })

  assert.deepEqual(net.heard.at(-1), { type: "pong", seq: 0, now: 5000 })
})

test("a stream that has not spoken is not taken for alive because a ping is answered", async () => {
  const net = new Net()
  net.socket.send(HELLO)
  net.socket.send(PING)

  assert.equal(net.asked.length, 1)
})

test("bytes do not go this way", async () => {
  const net = new Net()
  await net.greet()
  net.socket.send(new Uint8Array([0, 0, 1]))

  assert.deepEqual([net.asked.length, net.closes.length], [1, 0])
})

for (const [name, ends] of [
  ["a question that gets lost", async (net: Net) => net.last.fail()],
  ["an answer that is no frame", async (net: Net) => net.last.say("<h1>Sign in to the Wi-Fi</h1>")],
  ["an answer of another kind", async (net: Net) => net.last.say("null")],
  ["a question that hangs", async (net: Net) => (net.timers.pass(11), await turn())],
] as const)
  test(`${name} ends it, with whatever waited behind`, async () => {
    const net = new Net()
    await net.greet()
    const [events] = net.asked
    net.socket.send(command("a"))
    net.socket.send(command("b"))
    await ends(net)

    assert.deepEqual(net.closes, [1006])
    assert.deepEqual([net.asked.length, events!.givenUp], [2, true])
  })

test("a stream that ends, or is cut, ends it", async () => {
  const net = new Net()
  const stream = await net.greet()
  await stream.end()

  assert.deepEqual(net.closes, [1006])
})

test("who is turned away hears why", async () => {
  const net = new Net()
  net.socket.send(HELLO)
  await net.last.say({ type: "bye", code: "seat", again: false, wait: 0 }, 403)

  assert.deepEqual(net.heard.map(({ code }) => code), ["seat"])
  assert.deepEqual(net.closes, [1006])
})

test("who is turned away when asking hears why, and it ends", async () => {
  const net = new Net()
  await net.greet()
  net.socket.send(command("a"))
  await net.last.say({ type: "bye", code: "seat", again: false, wait: 0 }, 403)

  assert.deepEqual(net.heard.map(({ code }) => code).slice(1), ["seat"])
  assert.deepEqual(net.closes, [1006])
})

test("forty silent seconds end it, a comment keeps it", async () => {
  const net = new Net()
  const stream = await net.greet()
  net.timers.pass(39)
  await stream.write(":\n\n")
  net.timers.pass(39)
  assert.deepEqual(net.closes, [])
  net.timers.pass(2)

  assert.deepEqual(net.closes, [1006])
})

test("a second hello begins another stream in place of the first", async () => {
  const net = new Net()
  const before = await net.greet()
  const [first] = net.asked
  net.socket.send(JSON.stringify({ type: "hello", epoch: "e 1", since: 3 }))
  await before.end()
  await net.last.stream().write('data: {"type":"welcome","again":true}\n\n')

  assert.deepEqual([first!.givenUp, net.closes.length], [true, 0])
  assert.deepEqual(net.heard.at(-1), { type: "welcome", again: true })
})

test("once closed it says and hears nothing more", async () => {
  const net = new Net()
  const stream = await net.greet()
  net.socket.send(command("a"))
  net.socket.close()
  net.socket.send(command("b"))
  net.socket.send(HELLO)
  await stream.write('data: {"type":"changes"}\n\n')
  net.timers.pass(100)
  await turn()

  assert.deepEqual([net.asked.length, net.heard.length], [2, 1])
  assert.deepEqual(net.closes, [])
  assert.ok(net.asked.every(({ givenUp }) => givenUp))
})
