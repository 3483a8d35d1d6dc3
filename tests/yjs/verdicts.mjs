// Reads {updates, text} by line; says by line what is wrong with the text as Yjs and the editor load
// it, or nothing: it throws, or it is another text than pycrdt's. With the argument `torn` two things
// that an insider can do, and that only look odd, are let pass: an emoji may be torn, for whoever
// writes between its halves gets U+FFFD from Yjs and a whole one from yrs; and elements may stand
// where our schema has none of the kind.
import { readFileSync } from "node:fs"
import { initProseMirrorDoc } from "y-prosemirror"
import * as Y from "yjs"
import { schema } from "./schema.mjs"
import { tree } from "./tree.mjs"

const torn = process.argv[2] === "torn"
const written = (text) => JSON.stringify(text).replace(torn ? /[\u{10000}-\u{10ffff}\ufffd]/gu : "", "")

console.error = console.warn = () => {}

for (const line of readFileSync(0, "utf8").split("\n").filter(Boolean)) {
  console.log(verdict(JSON.parse(line)))
}

function verdict({ updates, text }) {
  try {
    const doc = new Y.Doc()
    for (const update of updates) Y.applyUpdate(doc, Buffer.from(update, "base64"))
    const minutes = doc.getXmlFragment("minutes")
    if (doc.store.pendingStructs) return "something is left pending"
    const here = written(tree(minutes))
    if (here !== written(text)) return `another text: ${difference(here, written(text))}`
    const { doc: loaded } = initProseMirrorDoc(minutes, schema)
    if (!torn) loaded.check()
    return ""
  } catch (error) {
    return String(error.stack).replaceAll("\n", " ")
  }
}

function difference(here, there) {
  let at = 0
  while (here[at] === there[at]) at++
  return `${here.slice(Math.max(0, at - 150), at + 150)} and not ${there.slice(Math.max(0, at - 150), at + 150)}`
}
