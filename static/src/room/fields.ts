/** The fields of a command, read from a form as the command wants them. */

/** As much of a form's control as matters here. */
export interface Control {
  readonly name: string
  value: string
  readonly type: string
  checked?: boolean
  readonly disabled: boolean
  readonly dataset: DOMStringMap
}

/**
 * `data-type="number"` or `"boolean"` says what a value is. `data-list` says that controls of the
 * same name make a list, of which blank ones are left out; `data-lines` that one control is a list,
 * an item a line. A name with dots, `plan.form.kind`, is a
 * field within a field, and one with a number, `plan.form.proposals.0.title`, one of a list.
 */
export function fields(controls: Iterable<Control>): Fields {
  const read: Fields = {}
  for (const control of controls) if (counts(control)) put(read, control.name.split("."), control)
  return read
}

type Fields = Record<string, unknown>

function put(into: Fields, [name = "", ...rest]: readonly string[], control: Control): void {
  if (rest.length) put((into[name] ??= /^\d/.test(rest[0]!) ? [] : {}) as Fields, rest, control)
  else if ("lines" in control.dataset) into[name] = lines(control.value)
  else if ("list" in control.dataset) into[name] = [...((into[name] as unknown[]) ?? []), ...item(control)]
  else into[name] = typed(control)
}

/** Write into controls what `fields` would read from them. Lists of text stay as they are: how many
 * controls they need is for whoever shows them. */
export function pour(controls: Iterable<Control>, values: Readonly<Fields>): void {
  for (const control of controls) {
    const value = control.name.split(".").reduce<unknown>((inside, name) => (inside as Fields | undefined)?.[name], values)
    if (value === undefined || control.type === "fieldset") continue
    if ("lines" in control.dataset) control.value = (value as string[]).join("\n")
    else if (control.type === "radio") control.checked = control.value === String(value)
    else if (control.type === "checkbox") control.checked = Array.isArray(value) ? value.includes(control.value) : value === true
    else if (!Array.isArray(value)) control.value = String(value)
  }
}

function counts({ name, type, checked, disabled }: Control): boolean {
  if (!name || disabled || type === "submit" || type === "button" || type === "fieldset") return false
  return type !== "radio" || checked === true
}

/** Of a list, a box that is not ticked is no item. */
function item(control: Control): unknown[] {
  if (control.type === "checkbox") return control.checked ? [control.value] : []
  return control.value.trim() ? [typed(control)] : []
}

function lines(text: string): string[] {
  return text.split("\n").flatMap((line) => line.trim() || [])
}

function typed({ value, type, checked, dataset }: Control): unknown {
  if (type === "checkbox") return checked === true
  if (dataset["type"] === "number") return Number(value)
  if (dataset["type"] === "boolean") return value === "true"
  return value
}
