import assert from "node:assert/strict"
import { test } from "node:test"

import { initProseMirrorDoc, prosemirrorToYXmlFragment } from "y-prosemirror"
import * as Y from "yjs"

import { piecesOf } from "../../static/src/minutes/pieces"
import { schema } from "../../static/src/minutes/schema"

const NINA = 1
const OMAR = 2
const { paragraph, bullet_list: list, list_item: item, record, hard_break: hardBreak } = schema.nodes

/** A text that Nina has begun, and the same at Omar's. */
function begun(...blocks: Parameters<typeof schema.node>[2][]): { nina: Y.Doc; omar: Y.Doc } {
  const nina = new Y.Doc()
  nina.clientID = NINA
  prosemirrorToYXmlFragment(schema.node("doc", null, blocks.flat() as never), nina.getXmlFragment("minutes"))
  const omar = new Y.Doc()
  omar.clientID = OMAR
  Y.applyUpdate(omar, Y.encodeStateAsUpdate(nina))
  return { nina, omar }
}

/** What each has written, in order. */
function told(doc: Y.Doc): [number, string][] {
  const text = doc.getXmlFragment("minutes")
  const { doc: shown } = initProseMirrorDoc(text, schema)
  return piecesOf(text, shown).map(({ from, to, client }) => [client, shown.textBetween(from, to, "|")])
}

const words = (text: string, ...marks: ("strong" | "em")[]): ReturnType<typeof schema.text> =>
  schema.text(text, marks.map((each) => schema.mark(each)))

test("each piece is whose it is, whatever marks are on it", () => {
  const { omar } = begun(paragraph.create(null, [words("un "), words("deux", "strong"), words(" trois")]))
  const written = omar.getXmlFragment("minutes").get(0) as Y.XmlElement
  ;(written.get(0) as Y.XmlText).insert(3, "et ")

  assert.deepEqual(told(omar), [
    [NINA, "un "],
    [OMAR, "et "],
    [NINA, "deux trois"],
  ])
})

test("what was deleted counts for nothing", () => {
  const { omar } = begun(paragraph.create(null, words("un deux trois")))
  const written = omar.getXmlFragment("minutes").get(0) as Y.XmlElement
  ;(written.get(0) as Y.XmlText).delete(2, 5)

  assert.deepEqual(told(omar), [[NINA, "un trois"]])
})

test("records, line breaks and lists take their room", () => {
  const { omar } = begun(
    record.create({ record: "polls.poll/1" }),
    paragraph.create(null, [words("un"), hardBreak.create(), words("deux")]),
    list.create(null, item.create(null, paragraph.create(null, words("trois")))),
  )

  assert.deepEqual(told(omar), [
    [NINA, "un"],
    [NINA, "deux"],
    [NINA, "trois"],
  ])
})

test("where text and document differ, that part is left out", () => {
  const { nina } = begun(paragraph.create(null, words("un")), paragraph.create(null, words("deux")))
  const other = schema.node("doc", null, [paragraph.create()])

  assert.deepEqual(piecesOf(nina.getXmlFragment("minutes"), other), [])
})
