// Reads {state, text} by line; says by line what is wrong with the state as Yjs and the editor load
// it, or nothing: it throws, or it is another text than pycrdt's.
import { readFileSync } from "node:fs"
import { initProseMirrorDoc } from "y-prosemirror"
import * as Y from "yjs"
import { schema } from "./schema.mjs"
import { tree } from "./tree.mjs"

console.error = console.warn = () => {}

for (const line of readFileSync(0, "utf8").split("\n").filter(Boolean)) {
  console.log(verdict(JSON.parse(line)))
}

function verdict({ state, text }) {
  try {
    const doc = new Y.Doc()
    Y.applyUpdate(doc, Buffer.from(state, "base64"))
    const minutes = doc.getXmlFragment("minutes")
    if (doc.store.pendingStructs) return "something is left pending"
    const here = JSON.stringify(tree(minutes))
    if (here !== JSON.stringify(text)) return `another text: ${here} and not ${JSON.stringify(text)}`.slice(0, 2000)
    initProseMirrorDoc(minutes, schema).doc.check()
    return ""
  } catch (error) {
    return String(error.stack).replaceAll("\n", " ")
  }
}
