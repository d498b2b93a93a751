import type { DeadLetterClass } from '../engine/core/model/dead-letter.ts'
import type { DecisionInput, SyncInput } from './messages.ts'

/** Whose dead letters are looked after. */
export interface DeadLettersInput {
  readonly project: string
  readonly mapping: string
}

/** What is sent to the workflow `deadLetters` from outside. Names are public: people use them in the Temporal UI. */
export const DEAD_LETTER_UPDATES = {
  retry: 'retry',
  correct: 'correct',
  discard: 'discard',
  assign: 'assign',
} as const
export const DEAD_LETTER_SIGNALS = { lookAgain: 'lookAgain' } as const

/**
 * What the Updates `retry` and `discard` carry. Exactly one of `ids`, `cluster` and `filter` says which open dead letters are
 * meant. Never a payload, and no key of a record.
 */
export interface LetterDecisionInput extends DecisionInput {
  /** Ids of dead letters, at most 1,000. */
  readonly ids?: readonly string[]
  /** All of one cause: the id that the list of causes shows. */
  readonly cluster?: string
  /** All that fit; an empty one: all. */
  readonly filter?: {
    readonly class?: DeadLetterClass
    readonly state?: 'parked' | 'waiting' | 'retrying'
    /** The place in the mapping, as it is shown. */
    readonly at?: string
    /** Null: those that nobody has. */
    readonly owner?: string | null
    /** First seen before this instant (epoch ms). */
    readonly before?: number
  }
}

/** Of the Update `assign`; `to` null: nobody. */
export interface AssignInput extends LetterDecisionInput {
  readonly to: string | null
}

/** Of the Update `correct`: the id of corrections that were validated and stored before. */
export interface CorrectInput extends DecisionInput {
  readonly edit: string
}

/** What these Updates answer. */
export interface LetterDecisionOutput {
  /** How many dead letters it was about. */
  readonly count: number
  /** The ids of the first twenty. */
  readonly ids: readonly string[]
  /** Of those named by id: settled already, or changed at the source since they were corrected. */
  readonly skipped: number
}

/** A decision on its way to the store. `updateId`: what makes the same one sent again harmless. */
export interface DecideLettersInput extends DeadLettersInput {
  readonly updateId: string
  readonly decision:
    | ({ readonly kind: 'retry' | 'discard' } & LetterDecisionInput)
    | ({ readonly kind: 'assign' } & AssignInput)
    | ({ readonly kind: 'correct' } & CorrectInput)
}

/** How the dead letters of a mapping stand, and what is to be done next. */
export interface Outlook {
  /** False when the mapping is not applied any more. */
  readonly applied: boolean
  /** Open ones. */
  readonly parked: number
  /** At most 20 rows and 8 KB, for the Temporal UI. Free of anything personal. */
  readonly details: string
  /** What a run that tries again what is due is started with; null when nothing is to be tried, or a scheduled run comes sooner. */
  readonly retry: SyncInput | null
  readonly connections: readonly string[]
  /** One line on what the mapping moves. */
  readonly summary: string
  /** When to look again at the latest (epoch ms). */
  readonly until: number
}
