/** Alike: whether two questions ask the same. `workshop/features/questions/alike.py` says how, and is its twin. */

import words from "../../../workshop/features/questions/alike.json"

export const ENOUGH = 0.5
const WORD = /[\p{L}\p{N}]+/gu
const ACCENTS = /[\u0300-\u036f]/g
const LEFT = 3 // letters of a word that an ending never takes

const EMPTY = new Set(words.empty)
/** Questions stay as they are: each is read once. */
const read = new Map<string, ReadonlySet<string>>()

export interface Asked {
  readonly id: string
  readonly text: string
}

/** Of `others`, those that ask the same as `text`, likest first. */
export function alike<Q extends Asked>(text: string, others: readonly Q[], most = 3): Q[] {
  const wanted = stems(text)
  const scored = others.map((other) => ({ other, score: common(wanted, remembered(other.text)) }))
  const enough = scored.filter(({ score }) => score >= ENOUGH).sort((a, b) => b.score - a.score)
  return enough.slice(0, most).map(({ other }) => other)
}

/** From 0, nothing in common, to 1. */
export function likeness(one: string, other: string): number {
  return common(stems(one), stems(other))
}

/** The words that say what it is about, without their endings. */
export function stems(text: string): ReadonlySet<string> {
  const found = plain(text).match(WORD) ?? []
  return new Set(found.filter((word) => !EMPTY.has(word)).map(stem))
}

function remembered(text: string): ReadonlySet<string> {
  const known = read.get(text) ?? stems(text)
  read.set(text, known)
  return known
}

function common(first: ReadonlySet<string>, second: ReadonlySet<string>): number {
  const shared = [...first].filter((each) => second.has(each)).length
  const same = shared === first.size && shared === second.size
  if (shared < 2 && !same) return 0 // one word in common is a subject, not a question
  return (2 * shared) / Math.max(1, first.size + second.size)
}

function plain(text: string): string {
  const spelt = text.normalize("NFKD").replace(ACCENTS, "").toLowerCase()
  return spelt.replaceAll("œ", "oe").replaceAll("æ", "ae")
}

function stem(word: string): string {
  const ending = words.endings.find((each) => ends(word, each)) ?? ""
  const left = word.slice(0, word.length - ending.length)
  return left.length > LEFT && left.at(-1) === left.at(-2) ? left.slice(0, -1) : left
}

function ends(word: string, ending: string): boolean {
  return word.endsWith(ending) && word.length - ending.length >= LEFT
}
