/**
 * Words: what people read stands in the templates; scripts only choose and fill.
 *
 * `{name}` in a text stands for a value. Where the number `n` decides the form, the forms stand in
 * `data-one` and `data-other`, by the plural rules of the page's language.
 */

export type Values = Readonly<Record<string, string | number>>

/** How the page's readers write numbers and times. Browsers do not know Corsican. */
export function locales(): string[] {
  const { lang } = document.documentElement
  return { co: ["co", "fr"], en: ["en-GB"] }[lang] ?? [lang || "fr"]
}

/** The text of `source`, in the form that fits and with its values filled in. */
export function phrase(source: HTMLElement, values: Values = {}): string {
  return filled(form(source, values["n"]), values)
}

/** The word called `name` in the nearest `<template data-words>` around `near`, or in the page's. */
export function word(near: Element, name: string, values: Values = {}): string {
  const found = lookUp(near, `[data-word="${name}"]`)
  return found ? phrase(found, values) : ""
}

/** What a refusal's code means here; the entry `*` stands for all the others. */
export function refusal(near: Element, code: string): string {
  const found = lookUp(near, `[data-code~="${code}"]`) ?? lookUp(near, `[data-code="*"]`)
  return found ? phrase(found, { code }) : code
}

export function number(value: number): string {
  return new Intl.NumberFormat(locales()).format(value)
}

export function percent(share: number): string {
  return new Intl.NumberFormat(locales(), { style: "percent" }).format(share)
}

/** Hours and minutes of a moment in seconds, where the session takes place, as the server writes them: 9 h 05, or 9:05 in English. */
export function timeOfDay(seconds: number): string {
  const timeZone = document.querySelector<HTMLElement>("[data-time-zone]")?.dataset["timeZone"]
  const form = { hour: "numeric", minute: "2-digit", hourCycle: "h23", ...(timeZone && { timeZone }) } as const
  const parts = parted(new Intl.DateTimeFormat(locales(), form), seconds * 1000)
  const hour = String(Number(parts["hour"]))
  return document.documentElement.lang === "en" ? `${hour}:${parts["minute"]}` : `${hour}\u00a0h\u00a0${parts["minute"]}`
}

function parted(form: Intl.DateTimeFormat, milliseconds: number): Record<string, string> {
  return Object.fromEntries(form.formatToParts(milliseconds).map(({ type, value }) => [type, value]))
}

function form(source: HTMLElement, n: string | number | undefined): string {
  const plain = (source.textContent ?? "").trim()
  if (typeof n !== "number") return plain
  const category = new Intl.PluralRules(locales()).select(n)
  return source.dataset[category] ?? source.dataset["other"] ?? plain
}

function filled(text: string, values: Values): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name]
    return typeof value === "number" ? number(value) : (value ?? whole)
  })
}

function lookUp(near: Element, selector: string): HTMLElement | null {
  for (let around: Element | null = near; around; around = around.parentElement) {
    for (const words of around.querySelectorAll<HTMLTemplateElement>(":scope > template[data-words]")) {
      const found = words.content.querySelector<HTMLElement>(selector)
      if (found) return found
    }
  }
  return null
}

/** A date like 2026-12-31, written out; in French the first of a month is “1er”. */
export function longDate(date: string): string {
  const [year = 0, month = 1, day = 1] = date.split("-").map(Number)
  const written = new Intl.DateTimeFormat(locales(), { dateStyle: "long", timeZone: "UTC" }).format(Date.UTC(year, month - 1, day))
  return document.documentElement.lang === "en" ? written : written.replace(/^1(?= )/, "1er")
}

/** Several names as one writes them: Ana, Ben and Chi. */
export function listed(names: readonly string[]): string {
  return new Intl.ListFormat(locales()).format(names)
}

/** Seconds as a clock counts them down: 0:09 */
export function duration(seconds: number): string {
  const two = (n: number): string => String(n).padStart(2, "0")
  const minutes = Math.floor(seconds / 60)
  const hours = Math.floor(minutes / 60)
  return hours ? `${hours}:${two(minutes % 60)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`
}
