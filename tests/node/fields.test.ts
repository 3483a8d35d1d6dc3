/** What a form says becomes what a command wants. */

import assert from "node:assert/strict"
import { test } from "node:test"
import { fields, pour } from "../../static/src/room/fields"
import type { Control } from "../../static/src/room/fields"

function control(fields: Partial<Control> & { name: string }): Control {
  return { value: "", type: "text", disabled: false, dataset: {}, ...fields }
}

test("a field is its text", () => {
  assert.deepEqual(fields([control({ name: "text", value: " Bonghjornu " })]), { text: " Bonghjornu " })
})

test("of radio buttons only the checked one counts, and may be a number", () => {
  const options = ["0", "1", "2"].map((value) =>
    control({ name: "option", type: "radio", value, checked: value === "1", dataset: { type: "number" } }),
  )

  assert.deepEqual(fields(options), { option: 1 })
})

test("fields of the same name make a list, without the blank ones", () => {
  const options = ["Yes", "  ", "No"].map((value) => control({ name: "options", value, dataset: { list: "" } }))

  assert.deepEqual(fields(options), { options: ["Yes", "No"] })
})

test("the lines of a field make a list, without the blank ones, and a list makes lines", () => {
  const field = control({ name: "values", value: " Corte \n\nZonza\n ", dataset: { lines: "" } })
  assert.deepEqual(fields([field]), { values: ["Corte", "Zonza"] })

  pour([field], { values: ["Ajaccio", "Bastia"] })
  assert.equal(field.value, "Ajaccio\nBastia")
})

test("a truth is a truth", () => {
  const controls = [
    control({ name: "on", value: "true", dataset: { type: "boolean" } }),
    control({ name: "off", value: "false", dataset: { type: "boolean" } }),
    control({ name: "checked", type: "checkbox", checked: true }),
  ]

  assert.deepEqual(fields(controls), { on: true, off: false, checked: true })
})

test("buttons, disabled fields and fields without a name say nothing", () => {
  const controls = [
    control({ name: "", value: "nameless" }),
    control({ name: "poll", value: "p1", disabled: true }),
    control({ name: "go", type: "submit", value: "go" }),
  ]

  assert.deepEqual(fields(controls), {})
})

test("a name with dots is a field within a field", () => {
  const controls = [
    control({ name: "plan.question", value: "Lunch?" }),
    control({ name: "plan.form.kind", value: "single" }),
    ...["soup", "salad"].map((value) => control({ name: "plan.form.options", value, dataset: { list: "" } })),
    ...[true, false].map((checked) =>
      control({ name: "plan.live", type: "checkbox", value: checked ? "desk" : "phones", checked, dataset: { list: "" } }),
    ),
  ]

  const form = { kind: "single", options: ["soup", "salad"] }
  assert.deepEqual(fields(controls), { plan: { question: "Lunch?", form, live: ["desk"] } })
})

test("a name with a number is one of a list", () => {
  const controls = ["Bench", "Trees"].map((value, n) => control({ name: `form.proposals.${n}.title`, value }))

  assert.deepEqual(fields(controls), { form: { proposals: [{ title: "Bench" }, { title: "Trees" }] } })
})

test("what is read from controls can be poured into them again", () => {
  const plan = { question: "Lunch?", seconds: 60, kiosk: true, secrecy: "secret", live: ["desk"] }
  const controls = [
    control({ name: "plan.question" }),
    control({ name: "plan.seconds", type: "number", dataset: { type: "number" } }),
    control({ name: "plan.kiosk", type: "checkbox", checked: false }),
    ...["public", "secret"].map((value) => control({ name: "plan.secrecy", type: "radio", value, checked: false })),
    ...["desk", "phones"].map((value) =>
      control({ name: "plan.live", type: "checkbox", value, checked: true, dataset: { list: "" } }),
    ),
    control({ name: "elsewhere", value: "stays" }),
  ]
  pour(controls, { plan })

  assert.deepEqual(fields(controls), { plan, elsewhere: "stays" })
})
