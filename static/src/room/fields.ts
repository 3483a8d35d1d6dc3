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
 * same name make a list, of which blank ones are left out.
 */
export function fields(controls: Iterable<Control>): Record<string, unknown> {
  const read: Record<string, unknown> = {}
  for (const control of controls) {
    if (!counts(control)) continue
    if ("list" in control.dataset) read[control.name] = [...((read[control.name] as unknown[]) ?? []), ...item(control)]
    else read[control.name] = typed(control)
  }
  return read
}

function counts({ name, type, checked, disabled }: Control): boolean {
  if (!name || disabled || type === "submit" || type === "button" || type === "fieldset") return false
  return type !== "radio" || checked === true
}

function item(control: Control): unknown[] {
  return control.value.trim() ? [typed(control)] : []
}

function typed({ value, type, checked, dataset }: Control): unknown {
  if (type === "checkbox") return checked === true
  if (dataset["type"] === "number") return Number(value)
  if (dataset["type"] === "boolean") return value === "true"
  return value
}
