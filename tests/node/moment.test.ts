import assert from "node:assert/strict"
import { test } from "node:test"

import { moment } from "../../static/src/minutes/schema"

test("of what is no moment nothing is drawn: a formatter would throw, and with it the whole text", () => {
  for (const given of [1e300, Infinity, NaN, -1, 0, "1790156123", null, undefined, {}]) assert.equal(moment(given), null)
  const at = moment(1790156123.41)
  assert.equal(at, 1790156123.41)
  assert.doesNotThrow(() => new Intl.DateTimeFormat("fr").format(at! * 1000))
})
