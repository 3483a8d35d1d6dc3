// A Yjs text as plain data, to compare with what pycrdt holds: tests/realtime/yjs.py is its twin.
import * as Y from "yjs"

export function tree(node) {
  if (node instanceof Y.XmlText) return { text: joined(node.toDelta()) }
  const children = node.toArray().map(tree)
  return node instanceof Y.XmlElement ? { tag: node.nodeName, attributes: sorted(node.getAttributes()), children } : children
}

/** Neighbouring runs with the same marks as one: where a run ends is nobody's business. */
function joined(delta) {
  const runs = []
  for (const { insert, attributes = {} } of delta) {
    const marks = sorted(attributes)
    const last = runs.at(-1)
    if (last && JSON.stringify(last[1]) === JSON.stringify(marks)) last[0] += insert
    else runs.push([insert, marks])
  }
  return runs
}

const sorted = (object) => Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)))
