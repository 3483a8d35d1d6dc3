// What the editor writes when one emoji takes the place of another that shares a half with it. Prints the
// updates, and the text in the end.
import { Fragment } from "prosemirror-model"
import { initProseMirrorDoc, updateYFragment } from "y-prosemirror"
import * as Y from "yjs"
import { schema } from "./schema.mjs"
import { tree } from "./tree.mjs"

const SIGNS = ["😀", "😁", "🈀", "🈁", "👍", "👍🏽", "a", ""] // the same first half, or the same second
const doc = new Y.Doc()
doc.clientID = 7
const text = doc.getXmlFragment("minutes")
const updates = []
doc.on("update", (update) => updates.push(Buffer.from(update).toString("base64")))

const marks = [[], [schema.mark("strong")]]
for (const marked of marks) {
  for (const before of SIGNS) {
    for (const after of SIGNS) {
      show(`x${before}`, marked)
      show(`x${after}`, marked)
      show(`x${before}${after}${before}`, marked)
    }
  }
}
console.log(JSON.stringify({ updates, text: tree(text) }))

function show(words, marked) {
  const { meta } = initProseMirrorDoc(text, schema)
  const paragraph = schema.node("paragraph", null, schema.text(words, marked))
  doc.transact(() => updateYFragment(doc, text, schema.node("doc", null, Fragment.from(paragraph)), meta))
}
