import assert from "node:assert/strict"
import { test } from "node:test"

import { EditorState } from "prosemirror-state"

import { says } from "../../static/src/minutes/passages"
import { nodes, schema } from "../../static/src/minutes/schema"

const state = (words: string): EditorState =>
  EditorState.create({ doc: nodes.doc.create(null, nodes.paragraph.create(null, schema.text(words))) })

test("a passage says what was quoted, and nothing besides", () => {
  assert.ok(says(state("une permanence"), { from: 1, to: 4 }, { begin: "", end: "", quoted: "une" }))
  assert.ok(!says(state("une permanence"), { from: 1, to: 5 }, { begin: "", end: "", quoted: "une" }))
})

test("a suggestion that quotes the beginning of everything does not replace everything", () => {
  const quoted = "a".repeat(2000)
  assert.ok(!says(state(`${quoted} and all that follows`), { from: 1, to: 2023 }, { begin: "", end: "", quoted }))
})

test("a passage that ends after the text is gone", () => {
  assert.ok(!says(state("une"), { from: 1, to: 99 }, { begin: "", end: "", quoted: "une" }))
})
