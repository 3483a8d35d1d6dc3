/** What the live blocks of the minutes show: records of the room. Markup: templates/features/minutes-records.html */

import { fill, hide, when } from "../room/dom"
import type { Records } from "../room/protocol"
import type { Poll, Question, Result, Supporters } from "../room/records"
import { longDate, number, timeOfDay, word } from "../room/words"
import { draw, sayTurnout } from "./figures"
import { isOver } from "./poll-facts"
import { offsetIn } from "./recording"

/** Kinds of record that can stand in the text. Each has a `<template data-record>`; a poll has a result besides. */
const SHOWN = ["polls.poll", "questions.question", "minutes.decision", "minutes.action"]
export const CONCERNED: readonly string[] = [...SHOWN, "polls.result", "questions.supporters", "stage.plenary"]

/** The element that shows this record, filled; the one shown already, where it can stay. */
export function describe(page: HTMLElement, records: Records, key: string, at: number | null, shown?: HTMLElement): HTMLElement {
  const record = records[key] as Records | undefined
  const template = templateOf(page, record ? key.slice(0, key.indexOf("/")) : "gone")
  const kind = template.dataset["record"]!
  const element = shown?.dataset["shows"] === kind ? shown : (template.content.firstElementChild!.cloneNode(true) as HTMLElement)
  element.dataset["shows"] = kind
  const hour = at === null ? "" : moment(page, records, at)
  fill(element, { ...(record && said(record)), ...(kind === "minutes.action" && dated(record)), hour })
  hide(element.querySelector("footer"), !hour)
  if (kind === "polls.poll") showPoll(element, record as unknown as Poll, records)
  else if (record && kind === "questions.question") showQuestion(element, record as unknown as Question, records)
  else when(element, record ? facts(record) : [])
  return element
}

/** The hour; and how far into the recording that is, if the plenary was on. */
function moment(page: HTMLElement, records: Records, at: number): string {
  const hour = timeOfDay(at)
  const offset = offsetIn(records, at)
  return offset ? word(page, "recorded", { at: hour, offset }) : hour
}

function templateOf(page: HTMLElement, kind: string): HTMLTemplateElement {
  const find = (each: string): HTMLTemplateElement | null => page.querySelector(`template[data-record="${CSS.escape(each)}"]`)
  return find(kind) ?? find("gone")!
}

function showPoll(element: HTMLElement, poll: Poll, records: Records): void {
  const result = records[`polls.result/${poll.id}`] as Result | undefined
  if (result) draw(element.querySelector("figure"), poll, result)
  if (result) sayTurnout(element, result)
  fill(element, { question: poll.plan.question })
  when(element, [result?.published ? "result" : isOver(poll.status) ? "closed" : poll.status])
}

function showQuestion(element: HTMLElement, question: Question, records: Records): void {
  const { hall = 0, remote = 0 } = (records[`questions.supporters/${question.id}`] ?? {}) as Partial<Supporters>
  fill(element, { support: number(hall + remote + question.hands) })
  const over = question.answered_at > 0
  when(element, [question.name ? "has-name" : "no-name", ...(over ? ["answered"] : []), ...(hall + remote + question.hands ? ["supported"] : [])])
}

/** Of any record: each field that is words or a number fills the slot of its name. */
function said(record: Records): Record<string, string> {
  const fields = Object.entries(record).filter(([, value]) => typeof value === "string" || typeof value === "number")
  return Object.fromEntries(fields.map(([name, value]) => [name, String(value)]))
}

function dated(record: Records | undefined): Record<string, string> {
  const by = record?.["by"]
  return typeof by === "string" && by ? { by: longDate(by) } : {}
}

/** Each field that is true, or empty, is a fact by its name: `done`, `no-due`. */
function facts(record: Records): string[] {
  return Object.entries(record).map(([name, value]) => (value === true ? name : value ? `has-${name}` : `no-${name}`))
}
