/** The fields of a command, read from a form as the command wants them. */

/** As much of a form's control as matters here. */
export interface Control {
  readonly name: string
  readonly value: string
  readonly type: string
  readonly checked?: boolean
  readonly disabled: boolean
  readonly dataset: DOMStringMap
}

/**
 * `data-type="number"` or `"boolean"` says what a value is. `data-list` says that controls of the
 * same name make a list, of which blank ones are left out. A name with dots, `plan.form.kind`, is a
 * field within a field.
 */
export function fields(controls: Iterable<Control>): Fields {
  const read: Fields = {}
  for (const control of controls) if (counts(control)) put(read, control.name.split("."), control)
  return read
}

type Fields = Record<string, unknown>

function put(into: Fields, [name = "", ...rest]: readonly string[], control: Control): void {
  if (rest.length) put((into[name] ??= {}) as Fields, rest, control)
  else if ("list" in control.dataset) into[name] = [...((into[name] as unknown[]) ?? []), ...item(control)]
  else into[name] = typed(control)
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

function typed({ value, type, checked, dataset }: Control): unknown {
  if (type === "checkbox") return checked === true
  if (dataset["type"] === "number") return Number(value)
  if (dataset["type"] === "boolean") return value === "true"
  return value
}
