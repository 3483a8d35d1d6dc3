// Generated from workshop/features by `make types`. Do not edit.

import type { Place, Role } from "./protocol"

/** stage.plenary */
export interface Plenary {
  readonly id: string
  readonly phase: "waiting" | "live" | "ended"
  readonly source: string
  readonly signal: boolean
  readonly began_at: number
  readonly ended_at: number
}

/** agenda.item */
export interface Item {
  readonly id: string
  readonly title: string
  readonly minutes: number
  readonly rank: number
  readonly status: "planned" | "on" | "done"
  readonly began_at: number
  readonly ended_at: number
}

/** polls.poll */
export interface Poll {
  readonly id: string
  readonly plan: Plan
  readonly seq: number
  readonly version: number
  readonly status: "draft" | "open" | "closing" | "counting" | "closed" | "published"
  readonly listed: boolean
  readonly opened_at: number
  readonly ends_at: number
  readonly closed_at: number
  readonly until: number
  readonly round: number
  readonly before: string
  readonly set_aside: boolean
}

/** polls.roll */
export interface Roll {
  readonly id: string
  readonly people: readonly string[]
}

/** polls.invitation */
export interface Invitation {
  readonly id: string
  readonly poll: string
  readonly person: string
}

/** polls.ballot */
export interface Ballot {
  readonly id: string
  readonly poll: string
  readonly person: string
  readonly channel: "hall" | "remote" | "kiosk"
  readonly answer: number | string | readonly (number | string)[] | null
  readonly seq: number
  readonly since: number
  readonly groups: readonly string[]
}

/** polls.turnout */
export interface Turnout {
  readonly id: string
  readonly hall: number
  readonly remote: number
  readonly kiosk: number
  readonly paper: number
  readonly entitled: number
  readonly at: number
  readonly upto: number
  readonly told: number
}

/** polls.running */
export interface Running {
  readonly id: string
  readonly poll: string
  readonly seen_by: string
  readonly outcome: AnyOutcome
}

/** polls.sheet */
export interface Sheet {
  readonly id: string
  readonly poll: string
  readonly channel: "hands" | "cards" | "paper"
  readonly lines: readonly (readonly [AnyAnswer, number])[]
  readonly voters: number
  readonly person: string
  readonly name: string
  readonly second: string
  readonly second_name: string
}

/** polls.result */
export interface Result {
  readonly id: string
  readonly outcome: AnyOutcome
  readonly parts: readonly Part[]
  readonly hall: number
  readonly remote: number
  readonly kiosk: number
  readonly paper: number
  readonly entitled: number
  readonly sheets: readonly HandCount[]
  readonly published: boolean
  readonly missing: number
  readonly lost: boolean
  readonly ballots_sha256: string
  readonly codes_sha256: string
}

/** polls.opened */
export interface Opened {
  readonly id: string
  readonly ballots: readonly AnyAnswer[]
  readonly codes: readonly string[]
}

/** questions.rules */
export interface Rules {
  readonly id: string
  readonly open: boolean
  readonly held: boolean
  readonly anonymous: boolean
  readonly against: boolean
  readonly asked_from: "everyone" | "hall" | "remote"
}

/** questions.question */
export interface Question {
  readonly id: string
  readonly text: string
  readonly name: string
  readonly place: Place | null
  readonly at: number
  readonly seq: number
  readonly state: "held" | "open" | "answering" | "answered" | "archived" | "refused" | "merged"
  readonly typed: boolean
  readonly hands: number
  readonly answering_at: number
  readonly answered_at: number
  readonly into: string
  readonly before: "held" | "open" | "answering" | "answered" | "archived" | "refused" | "merged"
}

/** questions.asker */
export interface Asker {
  readonly id: string
  readonly person: string
  readonly text: string
  readonly at: number
  readonly refused: boolean
  readonly why: string
  readonly into: string
}

/** questions.support */
export interface Support {
  readonly id: string
  readonly about: string
  readonly person: string
  readonly place: Place
  readonly against: boolean
  readonly seq: number
}

/** questions.sum */
export interface Sum {
  readonly id: string
  readonly group: readonly string[]
  readonly hall: number
  readonly remote: number
  readonly hall_against: number
  readonly remote_against: number
  readonly seq: number
}

/** questions.supporters */
export interface Supporters {
  readonly id: string
  readonly hall: number
  readonly remote: number
  readonly hall_against: number
  readonly remote_against: number
  readonly at: number
  readonly upto: number
}

/** chat.message */
export interface Message {
  readonly id: string
  readonly person: string
  readonly name: string
  readonly role: Role
  readonly place: Place
  readonly text: string
  readonly at: number
  readonly seq: number
  readonly removed: boolean
}

/** minutes.life */
export interface Life {
  readonly id: string
  readonly phase: "live" | "prepared" | "amendable" | "final"
  readonly since: number
  readonly approved: readonly string[]
  readonly sha256: string
}

/** minutes.lock */
export interface Lock {
  readonly id: string
  readonly locked: boolean
  readonly writing: "staff" | "admitted" | "everyone"
}

/** minutes.writer */
export interface Writer {
  readonly id: string
  readonly name: string
  readonly admitted: boolean
  readonly at: number
}

/** minutes.decision */
export interface Decision {
  readonly id: string
  readonly words: string
  readonly in_favour: number
  readonly against: number
  readonly abstained: number
  readonly at: number
}

/** minutes.action */
export interface Action {
  readonly id: string
  readonly what: string
  readonly who: string
  readonly by: string
  readonly done: boolean
  readonly at: number
}

/** minutes.turn */
export interface Turn {
  readonly id: string
  readonly name: string
  readonly place: Place
  readonly at: number
}

/** minutes.quote */
export interface Quote {
  readonly id: string
  readonly message: string
  readonly name: string
  readonly words: string
  readonly said_at: number
  readonly at: number
}

/** minutes.note */
export interface Note {
  readonly id: string
  readonly about: string
  readonly at: number
  readonly heading: string
  readonly placed: boolean
}

/** minutes.thread */
export interface Thread {
  readonly id: string
  readonly about: "comment" | "suggestion" | "remark"
  readonly person: string
  readonly name: string
  readonly at: number
  readonly begin: string
  readonly end: string
  readonly quoted: string
  readonly words: string
  readonly proposal: string
  readonly seen_by: string
  readonly status: "open" | "accepted" | "refused" | "answered" | "resolved"
  readonly settled_by: string
}

/** minutes.answer */
export interface Answer {
  readonly id: string
  readonly thread: string
  readonly person: string
  readonly name: string
  readonly at: number
  readonly words: string
  readonly seen_by: string
}

/** minutes.version */
export interface Version {
  readonly id: string
  readonly name: string
  readonly edit: number
  readonly by: string
  readonly at: number
}

/** people.seat */
export interface Seat {
  readonly id: string
  readonly name: string
  readonly role: Role
  readonly place: Place
  readonly at: number
  readonly groups: readonly string[]
  readonly waiting: readonly string[]
  readonly consent: boolean
  readonly consent_by: string
  readonly consent_at: number
}

/** people.axis */
export interface Axis {
  readonly id: string
  readonly name: string
  readonly values: readonly string[]
  readonly declared: "self" | "staff"
  readonly consent: readonly string[]
}

/** people.belonging */
export interface Belonging {
  readonly id: string
  readonly groups: readonly string[]
  readonly waiting: readonly string[]
}

/** One of the options. */
export interface Single {
  readonly kind: "single"
  readonly options: readonly string[]
}

/** From `least` to `most` of the options. */
export interface Multiple {
  readonly kind: "multiple"
  readonly options: readonly string[]
  readonly most: number
  readonly least: number
}

/** For or against, and `abstain` if that may be said too. */
export interface YesNo {
  readonly kind: "yes_no"
  readonly abstain: boolean
}

/** As many of the options as one can live with, or none. */
export interface Approval {
  readonly kind: "approval"
  readonly options: readonly string[]
}

/** The options in order, the best first; what one has no view on may be left out. */
export interface Ranking {
  readonly kind: "ranking"
  readonly options: readonly string[]
  readonly method: "borda" | "runoff"
}

/** Each of the options on a scale from 1 (`low`) to `steps` (`high`). */
export interface Rating {
  readonly kind: "rating"
  readonly options: readonly string[]
  readonly steps: number
  readonly low: string
  readonly high: string
  readonly cannot_say: boolean
}

/** One answer from 1 (`low`) to `steps` (`high`). */
export interface Scale {
  readonly kind: "scale"
  readonly steps: number
  readonly low: string
  readonly high: string
  readonly cannot_say: boolean
}

/** So many points to give to the options; `all_of_them`, or as many as one likes. */
export interface Points {
  readonly kind: "points"
  readonly options: readonly string[]
  readonly points: number
  readonly all_of_them: boolean
}

/** A number from `least` to `most`: whole, or with three decimals at most. */
export interface Number {
  readonly kind: "number"
  readonly least: number
  readonly most: number
  readonly unit: string
  readonly whole: boolean
}

/** An answer in one's own words, of 500 signs at most. */
export interface Text {
  readonly kind: "text"
}

/** A few words, of 40 signs each. */
export interface Words {
  readonly kind: "words"
  readonly most: number
}

/** Agree, disagree or pass, statement by statement. */
export interface Statements {
  readonly kind: "statements"
  readonly options: readonly string[]
}

/** Proposals, as many as the envelope can pay for; in whole euros. */
export interface Budget {
  readonly kind: "budget"
  readonly envelope: number
  readonly proposals: readonly Proposal[]
}

/** What a part of the envelope could pay for. The cost is in whole euros. */
export interface Proposal {
  readonly title: string
  readonly cost: number
  readonly commune: string
  readonly theme: string
}

/** One pin on a bundled map. */
export interface Map {
  readonly kind: "map"
  readonly map: "france" | "corsica"
}

/** Votes for each option, and of what number they are shares: of the votes (plurality), of the voters (multiple, approval), of yes and no without abstentions (yes_no: yes, no, abstain). */
export interface Shares {
  readonly shape: "shares"
  readonly voters: number
  readonly method: "plurality" | "multiple" | "approval" | "yes_no"
  readonly votes: readonly number[]
  readonly base: number
}

/** Points given to each option, and by how many people. */
export interface Allotted {
  readonly shape: "allotted"
  readonly voters: number
  readonly points: readonly number[]
  readonly givers: readonly number[]
  readonly method: "points"
}

/** The Borda score of each option; `order` is the options, the best first, ties together. */
export interface Scores {
  readonly shape: "scores"
  readonly voters: number
  readonly scores: readonly number[]
  readonly order: readonly (readonly number[])[]
  readonly winners: readonly number[]
  readonly method: "borda"
}

/** An instant run-off. More winners than one: they are tied, and people must decide. */
export interface Rounds {
  readonly shape: "rounds"
  readonly voters: number
  readonly rounds: readonly Round[]
  readonly order: readonly (readonly number[])[]
  readonly winners: readonly number[]
  readonly method: "runoff"
}

/** One round of a run-off: votes for each option (0 once it is out), ballots that name none of those left, and the options that go out after it. */
export interface Round {
  readonly votes: readonly number[]
  readonly exhausted: number
  readonly out: readonly number[]
}

/** For each thing that was rated, or for the one question of a scale: how many gave step 1, 2, …, how many could not say, and the mean and the median of the others. */
export interface Rated {
  readonly shape: "rated"
  readonly voters: number
  readonly counts: readonly (readonly number[])[]
  readonly cannot_say: readonly number[]
  readonly mean: readonly (number | null)[]
  readonly median: readonly (number | null)[]
  readonly method: "rating"
}

/** How many numbers lie from each edge up to, but not including, the next. */
export interface Histogram {
  readonly shape: "histogram"
  readonly voters: number
  readonly edges: readonly number[]
  readonly counts: readonly number[]
  readonly mean: number | null
  readonly median: number | null
  readonly least: number | null
  readonly most: number | null
  readonly method: "histogram"
}

/** What was written, sorted, so that the order tells nothing; and how many texts are left out (see `abridged`). */
export interface Texts {
  readonly shape: "texts"
  readonly voters: number
  readonly texts: readonly string[]
  readonly method: "texts"
  readonly more: number
}

/** Words, the most frequent first; and how many are left out (see `abridged`). */
export interface Cloud {
  readonly shape: "cloud"
  readonly voters: number
  readonly words: readonly Word[]
  readonly method: "words"
  readonly more: number
}

/** A word in its most frequent spelling, and how many people gave it in any. */
export interface Word {
  readonly word: string
  readonly n: number
}

/** What people think of each statement, and how far it bridges their differences: a share from 0 to 1, or nothing where nobody opposes anybody. */
export interface Opinions {
  readonly shape: "opinions"
  readonly voters: number
  readonly agree: readonly number[]
  readonly disagree: readonly number[]
  readonly passed: readonly number[]
  readonly bridging: readonly (number | null)[]
  readonly method: "bridging"
}

/** Which proposals the envelope pays for, in the order in which they got their money; `tied` are those among which people must choose. `spent` is in euros, without the tied ones. */
export interface Funded {
  readonly shape: "funded"
  readonly voters: number
  readonly votes: readonly number[]
  readonly funded: readonly number[]
  readonly tied: readonly number[]
  readonly spent: number
  readonly method: "greedy"
}

/** Every pin, as [x, y]; and how many stand in each square of the map's grid, `side` wide. */
export interface Pins {
  readonly shape: "pins"
  readonly voters: number
  readonly points: readonly (readonly number[])[]
  readonly side: number
  readonly spots: readonly Spot[]
  readonly method: "pins"
}

/** A square of the map, by its upper left corner, and how many pins stand in it. */
export interface Spot {
  readonly x: number
  readonly y: number
  readonly n: number
}

/** What a facilitator decides beforehand; what is copied, exported and imported. */
export interface Plan {
  readonly question: string
  readonly form: AnyForm
  readonly secrecy: "public" | "confidential" | "secret"
  readonly places: readonly Place[]
  readonly groups: readonly string[]
  readonly live: readonly ("phones" | "screen" | "desk")[]
  readonly seconds: number
  readonly grace: number
  readonly kiosk: boolean
}

/** The count of some of the voters; no outcome where it could tell how somebody voted. */
export interface Part {
  readonly name: string
  readonly voters: number
  readonly outcome: Shares | Allotted | Scores | Rounds | Rated | Histogram | Texts | Cloud | Opinions | Funded | Pins | null
}

/** A confirmed sheet, as the result shows it. */
export interface HandCount {
  readonly channel: "hands" | "cards" | "paper"
  readonly voters: number
  readonly name: string
  readonly second_name: string
}

export type AnyAnswer = number | string | readonly (number | string)[]

export type AnyForm = Single | Multiple | YesNo | Approval | Ranking | Rating | Scale | Points | Number | Text | Words | Statements | Budget | Map

export type AnyOutcome = Shares | Allotted | Scores | Rounds | Rated | Histogram | Texts | Cloud | Opinions | Funded | Pins
