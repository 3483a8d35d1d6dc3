import assert from "node:assert/strict"
import { afterEach, test } from "node:test"

import { longDate, timeOfDay } from "../../static/src/room/words"

const AT = Date.UTC(2026, 11, 1, 2, 57) / 1000

function speaking(lang: string): void {
  const page = { documentElement: { lang }, querySelector: () => ({ dataset: { timeZone: "Europe/Paris" } }) }
  Object.assign(globalThis, { document: page })
}

afterEach(() => void Reflect.deleteProperty(globalThis, "document"))

test("hours and days are written as the server writes them, in each language", () => {
  for (const [lang, hour, day] of [["fr", "3 h 57", "1er décembre 2026"], ["co", "3 h 57", "1er décembre 2026"], ["en", "3:57", "1 December 2026"]]) {
    speaking(lang!)
    assert.equal(timeOfDay(AT).replaceAll("\u00a0", " "), hour)
    assert.equal(longDate("2026-12-01"), day)
  }
})

test("midnight is nought, and other days are numbers", () => {
  speaking("fr")
  assert.equal(timeOfDay(Date.UTC(2026, 11, 1, 23) / 1000).replaceAll("\u00a0", " "), "0 h 00")
  assert.equal(longDate("2026-12-11"), "11 décembre 2026")
})
