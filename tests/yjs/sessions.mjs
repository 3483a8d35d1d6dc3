// Random sessions of several people writing rich text, as the editor does it: ProseMirror steps that
// y-prosemirror turns into Yjs updates. Prints one JSON line a session: the updates in the order in
// which a server gets them, and the text that Yjs ends up with.
//
//   node tests/yjs/sessions.mjs <first seed> <sessions> <actions> [wide]
//
// With `wide` they also make tables, tasks, records and translations.

import { Fragment, Slice } from "prosemirror-model"
import { canJoin, canSplit, findWrapping, liftTarget, Transform } from "prosemirror-transform"
import { initProseMirrorDoc, updateYFragment } from "y-prosemirror"
import * as Y from "yjs"
import { schema } from "./schema.mjs"
import { tree } from "./tree.mjs"

const { nodes, marks } = schema
const WORDS = ["Bastia", "les douze mairies", "vote", "l’enveloppe", "123", "😀", "👩‍👩‍👧", "e\u0301", " ", "ch’hè", "<b>&"]
const LINKS = ["https://example.org/", "mailto:a@example.org", "http://example.org/?a=1&b=%22"]
const DEEPEST = 12 // levels, of the 24 that the server takes
const YS = Symbol("the editor")

const [first, sessions, actions] = process.argv.slice(2, 5).map(Number)
const wide = process.argv[5] === "wide"

/** Numbers that look random and are the same each time. */
class Dice {
  constructor(seed) {
    this.state = seed * 2654435761 + 1
  }
  below(end) {
    this.state = (Math.imul(this.state ^ (this.state >>> 15), 2246822507) + 0x9e3779b9) | 0
    return (((this.state ^ (this.state >>> 13)) >>> 0) / 2 ** 32 * end) | 0
  }
  one(list) {
    return list[this.below(list.length)]
  }
  chance(percent) {
    return this.below(100) < percent
  }
}

class Writer {
  constructor(id, dice) {
    this.dice = dice
    this.doc = new Y.Doc()
    this.doc.clientID = id
    this.text = this.doc.getXmlFragment("minutes")
    this.undo = new Y.UndoManager(this.text, { trackedOrigins: new Set([YS]), captureTimeout: 0 })
    this.outbox = []
    this.seen = 0
    this.offline = false
    this.doc.on("update", (update, origin) => origin !== "server" && this.outbox.push(update))
  }

  /** One thing someone does in the editor. */
  act() {
    if (this.dice.chance(8)) return void (this.dice.chance(60) ? this.undo.undo() : this.undo.redo())
    const { doc, meta } = initProseMirrorDoc(this.text, schema)
    const change = new Transform(doc.childCount ? doc : schema.node("doc", null, [nodes.paragraph.create()]))
    const before = change.steps.length
    try {
      this.dice.one(wide ? [...ACTIONS, ...WIDE] : ACTIONS)(change, this.dice)
      change.doc.check()
    } catch {
      return // there is no such place for it
    }
    if (change.steps.length === before && doc.childCount) return
    this.doc.transact(() => updateYFragment(this.doc, this.text, change.doc, meta), YS)
  }
}

/** A position in the text that cuts no emoji in two; throws where there may be no text at all. */
function place(doc, dice) {
  for (let tries = 0; tries < 1000; tries++) {
    const at = doc.resolve(dice.below(doc.content.size + 1))
    const before = at.parent.isTextblock ? at.parent.textBetween(0, at.parentOffset, null, "\n") : ""
    if (at.parent.isTextblock && !/[\ud800-\udbff]$/.test(before)) return at
  }
  throw new RangeError("no text")
}

function range(doc, dice) {
  const from = place(doc, dice)
  const most = Math.min(from.end(), from.pos + 1 + dice.below(12))
  for (let to = most; to > from.pos; to--) {
    const before = doc.textBetween(from.pos, to, null, "\n")
    if (!/[\ud800-\udbff]$/.test(before)) return [from.pos, to]
  }
  return [from.pos, from.pos]
}

const write = (change, dice) => change.insert(place(change.doc, dice).pos, schema.text(dice.one(WORDS)))
const ACTIONS = [
  write, write, write, write, write,
  (change, dice) => change.delete(...range(change.doc, dice)),
  (change, dice) => change.delete(...range(change.doc, dice)),
  function split(change, dice) {
    const { pos } = place(change.doc, dice)
    if (canSplit(change.doc, pos)) change.split(pos)
  },
  function splitItem(change, dice) {
    const { pos } = place(change.doc, dice)
    if (canSplit(change.doc, pos, 2)) change.split(pos, 2)
  },
  function join(change, dice) {
    const at = place(change.doc, dice)
    if (at.depth && canJoin(change.doc, at.before())) change.join(at.before())
  },
  function mark(change, dice) {
    const mark = dice.one([marks.strong.create(), marks.em.create(), marks.link.create({ href: dice.one(LINKS) })])
    change.addMark(...range(change.doc, dice), mark)
  },
  (change, dice) => change.removeMark(...range(change.doc, dice), dice.one([marks.strong, marks.em, marks.link])),
  function retitle(change, dice) {
    const { pos } = place(change.doc, dice)
    const title = dice.chance(60)
    change.setBlockType(pos, pos, title ? nodes.heading : nodes.paragraph, title ? { level: 1 + dice.below(3) } : null)
  },
  function wrap(change, dice) {
    const at = place(change.doc, dice)
    const block = at.blockRange()
    const kind = dice.one([nodes.bullet_list, nodes.ordered_list, nodes.blockquote])
    const wrapping = block && at.depth < DEEPEST && findWrapping(block, kind)
    if (wrapping) change.wrap(block, wrapping)
  },
  function lift(change, dice) {
    const block = place(change.doc, dice).blockRange()
    const target = block && liftTarget(block)
    if (target !== null && target !== undefined) change.lift(block, target)
  },
  (change, dice) => change.insert(place(change.doc, dice).pos, nodes.hard_break.create()),
  function paste(change, dice) {
    const paragraph = (words) => nodes.paragraph.create(null, schema.text(words, [marks.strong.create()]))
    const pasted = Fragment.from(Array.from({ length: 1 + dice.below(5) }, () => paragraph(dice.one(WORDS))))
    change.replaceRange(place(change.doc, dice).pos, place(change.doc, dice).pos, new Slice(pasted, 1, 1))
  },
  function erase(change, dice) {
    if (dice.chance(10) && change.doc.childCount > 1) change.delete(0, change.doc.child(0).nodeSize)
  },
]

/** Somewhere in the text one of these nodes, with its position; none where there is none. */
function find(doc, dice, ...names) {
  const found = []
  doc.descendants((node, at) => void (names.includes(node.type.name) && found.push({ node, at })))
  return found.length ? dice.one(found) : undefined
}

const words = (dice) => nodes.paragraph.create(null, dice.chance(80) ? schema.text(dice.one(WORDS)) : null)
const cell = (dice, kind) => nodes[kind].create({ colspan: 1 + dice.below(2) }, words(dice))
const row = (dice, width, kind) => nodes.table_row.create(null, Array.from({ length: width }, () => cell(dice, kind)))

function table(dice) {
  const width = 1 + dice.below(3)
  const rows = Array.from({ length: 1 + dice.below(3) }, (_, n) => row(dice, width, n ? "table_cell" : "table_header"))
  return nodes.table.create(null, rows)
}

/** Put a block where blocks go: after one at hand, and not too deep. */
function put(change, dice, block) {
  const at = place(change.doc, dice)
  if (at.depth && at.depth < DEEPEST - 4) change.insert(at.after(), block)
}

const CELLS = ["table_cell", "table_header"]
const CHANGES = [
  (dice) => ({ colspan: 1 + dice.below(4) }),
  (dice) => ({ rowspan: 1 + dice.below(4) }),
  (dice) => ({ colwidth: dice.chance(30) ? null : [40 + dice.below(300), null].slice(0, 1 + dice.below(2)) }),
]
const RECORDS = ["polls.poll/7", "minutes.decision/d-é", "chat.message/0b9a6d5e-4a33-4e8f-b0ac-97f1c1b21c8e"]
const WIDE = [
  (change, dice) => put(change, dice, table(dice)),
  function pasteTable(change, dice) {
    const at = place(change.doc, dice).pos
    change.replaceRange(at, at, new Slice(Fragment.from([words(dice), table(dice), words(dice)]), dice.below(2), dice.below(2)))
  },
  function addRow(change, dice) {
    const found = find(change.doc, dice, "table_row")
    if (found) change.insert(found.at + found.node.nodeSize, row(dice, found.node.childCount, "table_cell"))
  },
  function addCell(change, dice) {
    const found = find(change.doc, dice, ...CELLS)
    if (found) change.insert(found.at, cell(dice, found.node.type.name))
  },
  function dropRow(change, dice) {
    const found = find(change.doc, dice, "table_row", ...CELLS)
    const siblings = found && change.doc.resolve(found.at).parent.childCount
    if (siblings > 1) change.delete(found.at, found.at + found.node.nodeSize)
  },
  function resizeCell(change, dice) {
    const found = find(change.doc, dice, ...CELLS)
    if (found) change.setNodeMarkup(found.at, null, { ...found.node.attrs, ...dice.one(CHANGES)(dice) })
  },
  function headCell(change, dice) {
    const found = find(change.doc, dice, ...CELLS)
    if (found) change.setNodeMarkup(found.at, nodes[dice.one(CELLS)], found.node.attrs)
  },
  function task(change, dice) {
    const at = place(change.doc, dice)
    const block = at.blockRange()
    const wrapping = block && at.depth < DEEPEST && findWrapping(block, nodes.task_list)
    if (wrapping) change.wrap(block, wrapping)
  },
  function check(change, dice) {
    const found = find(change.doc, dice, "task_item")
    if (found) change.setNodeAttribute(found.at, "checked", !found.node.attrs.checked)
  },
  (change, dice) => put(change, dice, nodes.record.create({ record: dice.one(RECORDS), at: dice.chance(50) ? 1790156123.5 + dice.below(9) : null })),
  (change, dice) => put(change, dice, nodes.translation.create({ lang: dice.one(["fr", "co", "en"]) }, words(dice))),
  function relang(change, dice) {
    const found = find(change.doc, dice, "translation")
    if (found) change.setNodeAttribute(found.at, "lang", dice.one(["fr", "co", "en"]))
  },
  function renumber(change, dice) {
    const found = find(change.doc, dice, "ordered_list")
    if (found) change.setNodeAttribute(found.at, "order", 1 + dice.below(9))
  },
]

/** What goes to the server: the batch of 50 ms, or after a time offline what it lacks. */
function send(writer, server, log) {
  if (!writer.outbox.length) return
  const sent = writer.offline
    ? Y.encodeStateAsUpdate(writer.doc, Y.encodeStateVector(server))
    : Y.mergeUpdates(writer.outbox)
  writer.outbox = []
  writer.offline = false
  Y.applyUpdate(server, sent)
  log.push([writer.doc.clientID, Buffer.from(sent).toString("base64")])
}

function receive(writer, log, upTo) {
  for (; writer.seen < upTo; writer.seen++) {
    Y.applyUpdate(writer.doc, Buffer.from(log[writer.seen][1], "base64"), "server")
  }
}

function session(seed, actions) {
  const dice = new Dice(seed)
  const server = new Y.Doc()
  const log = []
  const ids = new Set(Array.from({ length: 2 + dice.below(3) }, () => 1 + dice.below(2 ** 31)))
  const writers = [...ids].map((id) => new Writer(id, dice))
  for (let n = 0; n < actions; n++) {
    const writer = dice.one(writers)
    const what = dice.below(100)
    if (what < 58) writer.act()
    else if (what < 59) writer.offline = true
    else if (what < 82) send(writer, server, log)
    else if (!writer.offline) receive(writer, log, writer.seen + dice.below(log.length - writer.seen + 1))
  }
  for (const writer of writers) send(writer, server, log)
  for (const writer of writers) receive(writer, log, log.length)
  const text = tree(server.getXmlFragment("minutes"))
  const agreed = writers.every((each) => JSON.stringify(tree(each.text)) === JSON.stringify(text))
  return { seed, log, text, agreed }
}

for (let seed = first; seed < first + sessions; seed++) {
  console.log(JSON.stringify(session(seed, actions)))
}
