import assert from "node:assert/strict"
import { test } from "node:test"

import { completed, safeAddress } from "../../static/src/minutes/address"

test("a link leads to the web or to a mailbox, and nowhere else", () => {
  assert.equal(safeAddress(" https://exemple.fr "), "https://exemple.fr")
  assert.equal(safeAddress("mailto:nina@exemple.fr"), "mailto:nina@exemple.fr")
  for (const address of ["javascript:alert(1)", "JaVaScript:alert(1)", "data:text/html,x", "file:///etc/passwd", "/la", ""]) {
    assert.equal(safeAddress(address), null, address)
  }
})

test("what people type for an address is completed", () => {
  assert.equal(completed("exemple.fr/la"), "https://exemple.fr/la")
  assert.equal(completed("nina@exemple.fr"), "mailto:nina@exemple.fr")
  assert.equal(completed("javascript:alert(1)"), "javascript:alert(1)")
  assert.equal(completed("mot"), "mot")
})
