import assert from "node:assert/strict"
import { test } from "node:test"

import { matches } from "../../static/src/minutes/matches"
import { occurrences } from "../../static/src/minutes/occurrences"

const found = (text: string, sought: string): string[] => occurrences(text, sought).map(([from, to]) => text.slice(from, to))

test("words are found whatever their case and their accents", () => {
  assert.deepEqual(found("La Règle, la REGLE et la règle.", "règle"), ["Règle", "REGLE", "règle"])
  assert.deepEqual(found("l’élu et l'elu", "L'ÉLU"), ["l’élu", "l'elu"])
})

test("an accent that stands apart goes with its letter", () => {
  assert.deepEqual(found("la re\u0301gle", "regle"), ["re\u0301gle"])
  assert.deepEqual(found("re\u0301", "re"), ["re\u0301"])
})

test("a letter that stands for two is not found in part", () => {
  assert.deepEqual(found("İ", "i"), ["İ"])
  assert.deepEqual(found("a\u0130b", "ib"), ["\u0130b"])
})

test("no character is cut in two", () => {
  assert.deepEqual(found("🎊🎉", "🎉"), ["🎉"])
  assert.deepEqual(found("🎉", "\ud83c"), [])
})

test("of what overlaps, the first is found; of nothing, nothing", () => {
  assert.deepEqual(occurrences("aaaa", "aa"), [[0, 2], [2, 4]])
  assert.deepEqual(occurrences("a", ""), [])
  assert.deepEqual(occurrences("", "a"), [])
})

test("a command is meant by the beginning of any of its words", () => {
  assert.ok(matches("Numbered list liste numéros", "nume"))
  assert.ok(matches("Tâches", "tach"))
  assert.ok(matches("Titre", ""))
  assert.ok(!matches("Tableau", "leau"))
})
