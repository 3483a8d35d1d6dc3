// Reads {updates, text, digest} by line; says by line what is wrong with the text as Yjs and the editor load
// it, or nothing: it throws, or it is another text than pycrdt's. With the argument `anywhere`, elements
// may stand where our schema has none of the kind: an insider can put them there, and it only looks odd.
import { readFileSync } from "node:fs"
import { initProseMirrorDoc } from "y-prosemirror"
import * as Y from "yjs"
import { compiled, schema } from "./schema.mjs"
import { tree } from "./tree.mjs"

const { digest } = await compiled("minutes/digest.ts")
const anywhere = process.argv[2] === "anywhere"

console.error = console.warn = () => {}

for (const line of readFileSync(0, "utf8").split("\n").filter(Boolean)) {
  console.log(verdict(JSON.parse(line)))
}

function verdict({ updates, text, digest: theirs }) {
  try {
    const doc = new Y.Doc()
    for (const update of updates) Y.applyUpdate(doc, Buffer.from(update, "base64"))
    const minutes = doc.getXmlFragment("minutes")
    if (doc.store.pendingStructs) return "something is left pending"
    const here = JSON.stringify(tree(minutes))
    if (here !== JSON.stringify(text)) return `another text: ${difference(here, JSON.stringify(text))}`
    if (Buffer.from(digest(minutes)).toString("hex") !== theirs) return "another digest"
    const { doc: loaded } = initProseMirrorDoc(minutes, schema)
    if (!anywhere) loaded.check()
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
