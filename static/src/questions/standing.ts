/** Standing: each question with what is merged into it, who supports it, and what one said of it oneself. */

import type { Waiting } from "../room/outbox"
import type { Records } from "../room/protocol"
import type { Question, Support, Supporters } from "../room/records"
import type { Ranked } from "./ranking"

export interface Standing extends Ranked {
  readonly id: string
  readonly text: string
  readonly question: Question
  /** What was merged into it. */
  readonly merged: readonly Question[]
  readonly hall: number
  readonly remote: number
}

/** How it stands with these questions: those that are merged stand with the one they are merged into. */
export function standings(questions: readonly Question[], records: Records): Standing[] {
  const heads = questions.filter(({ state }) => state !== "merged")
  return heads.map((question) => standing(question, inside(question.id, questions), records))
}

function standing(question: Question, merged: readonly Question[], records: Records): Standing {
  const { id, text, at, hands } = question
  const count = records[`questions.supporters/${id}`] as Supporters | undefined
  const { hall = 0, remote = 0, hall_against = 0, remote_against = 0 } = count ?? {}
  return { id, text, at, question, merged, hall, remote, up: hall + remote + hands, down: hall_against + remote_against }
}

function inside(id: string, questions: readonly Question[]): Question[] {
  const direct = questions.filter(({ state, into }) => state === "merged" && into === id)
  return direct.flatMap((each) => [each, ...inside(each.id, questions)])
}

export type Word = "for" | "against" | "nothing"

/** What one says of it: as last asked, or else as the room has it. */
export function word({ id, merged }: Standing, me: string, records: Records, waiting: readonly Waiting[]): Word {
  const asked = waiting.filter(({ command }) => speaks(command.do) && command.with["question"] === id).at(-1)
  if (asked) return asked.command.do === "questions.take_back" ? "nothing" : side(asked.command.with["against"] === true)
  const said = [id, ...merged.map((each) => each.id)].flatMap((each) => (records[`questions.support/${each}:${me}`] as Support | undefined) ?? [])
  const last = said.sort((a, b) => b.seq - a.seq)[0]
  return last ? side(last.against) : "nothing"
}

export function speaks(command: string): boolean {
  return command === "questions.support" || command === "questions.take_back"
}

function side(against: boolean): Word {
  return against ? "against" : "for"
}
