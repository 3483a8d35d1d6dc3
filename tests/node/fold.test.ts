/** The fold, on the vectors that its twin in Python reads too. */

import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { test } from "node:test"
import { fold } from "../../static/src/room/fold"
import type { Records } from "../../static/src/room/protocol"

interface Vector {
  readonly name: string
  readonly before: Records
  readonly gone: readonly string[]
  readonly put: Records
  readonly after: Records
}

const file = new URL("../vectors/fold.json", import.meta.url)
const vectors = JSON.parse(readFileSync(file, "utf8")) as Vector[]

for (const { name, before, gone, put, after } of vectors) {
  test(name, () => {
    const untouched = structuredClone(before)

    assert.deepEqual(fold(before, { gone, put }), after)
    assert.deepEqual(before, untouched)
  })
}
