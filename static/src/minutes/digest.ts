/**
 * The digest of a text: what it holds, hashed as the server does it (realtime/documents/digest.py), to
 * see whether both hold the same.
 */

import { digest as sha256 } from "lib0/hash/sha256"
import * as Y from "yjs"

/** The SHA-256 of the text as it is here. */
export function digest(text: Y.XmlFragment): Uint8Array {
  return sha256(new TextEncoder().encode(JSON.stringify(text.toArray().map(form))))
}

function form(node: unknown): unknown {
  if (node instanceof Y.XmlText) return runs(node)
  if (node instanceof Y.XmlElement) return [node.nodeName, pairs(node.getAttributes()), node.toArray().map(form)]
  return null
}

/** Neighbouring runs with the same marks as one: where a run ends is nobody's business. */
function runs(text: Y.XmlText): unknown[] {
  const found: [string, unknown][] = []
  for (const { insert, attributes } of text.toDelta() as { insert: unknown; attributes?: object }[]) {
    const marks = pairs(attributes ?? {})
    const last = found.at(-1)
    if (last && JSON.stringify(last[1]) === JSON.stringify(marks)) last[0] += String(insert)
    else found.push([String(insert), marks])
  }
  return found
}

const pairs = (values: object): unknown[] =>
  Object.entries(values)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => [key, plain(value)])

/** Numbers as the eight bytes they are: everyone writes them out differently. */
function plain(value: unknown): unknown {
  if (typeof value === "number") return ["number", bits(value)]
  if (Array.isArray(value)) return ["list", value.map(plain)]
  if (typeof value === "object" && value !== null) return ["map", pairs(value)]
  return value
}

function bits(value: number): string {
  const bytes = new DataView(new ArrayBuffer(8))
  bytes.setFloat64(0, value)
  return bytes.getBigUint64(0).toString(16).padStart(16, "0")
}
