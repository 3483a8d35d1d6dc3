/** Questions: likeness and ranking, on the vectors that their twins in Python read too. */

import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { test } from "node:test"
import { alike, ENOUGH, likeness, stems } from "../../static/src/questions/alike"
import { compare, controversy, wilson } from "../../static/src/questions/ranking"
import type { Order } from "../../static/src/questions/ranking"

function vectors<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../vectors/${name}.json`, import.meta.url), "utf8")) as T
}

test("both languages read the same words in a question", () => {
  for (const { text, stems: wanted } of vectors<{ text: string; stems: string[] }[]>("stems")) {
    assert.deepEqual([...stems(text)].sort(), [...wanted].sort(), text)
  }
})

test("both languages find the same pairs alike", () => {
  for (const { one, other, likeness: wanted } of vectors<{ one: string; other: string; likeness: number }[]>("alike")) {
    assert.ok(Math.abs(likeness(one, other) - wanted) < 0.005, `${one} | ${other}`)
  }
})

test("the likest come first, and only so many", () => {
  const others = ["Le parking restera gratuit la nuit ?", "Le parking gratuit", "Quand part le bus ?"].map((text, n) => ({ id: String(n), text }))

  assert.deepEqual(alike("Parking gratuit ?", others).map(({ id }) => id), ["1", "0"])
  assert.deepEqual(alike("Parking gratuit ?", others, 1).map(({ id }) => id), ["1"])
  assert.ok(likeness("Parking gratuit ?", others[2]!.text) < ENOUGH)
})

interface Scores {
  readonly scores: { up: number; down: number; wilson: number; controversy: number }[]
  readonly questions: { id: string; up: number; down: number; at: number }[]
  readonly orders: { order: Order; ids: string[] }[]
}

test("both languages rank alike", () => {
  const { scores, questions, orders } = vectors<Scores>("ranking")
  for (const { up, down, ...wanted } of scores) {
    assert.ok(Math.abs(wilson(up, down) - wanted.wilson) < 1e-8, `${up} ${down}`)
    assert.ok(Math.abs(controversy(up, down) - wanted.controversy) < 1e-6, `${up} ${down}`)
  }
  for (const { order, ids } of orders) assert.deepEqual([...questions].sort(compare(order)).map(({ id }) => id), ids, order)
})
