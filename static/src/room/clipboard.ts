/** The clipboard, for what stands in a field to be copied. */

export async function copy(field: HTMLInputElement | HTMLTextAreaElement): Promise<void> {
  field.select()
  try {
    await navigator.clipboard.writeText(field.value)
  } catch {
    document.execCommand("copy") // plain HTTP in a hall has no clipboard of the newer kind
  }
}
