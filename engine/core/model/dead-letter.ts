/** Why a record could not be delivered. */
export const DEAD_LETTER_CLASSES = [
  'value',
  'missing-value',
  'missing-reference',
  'ambiguous',
  'rejected',
  'permission',
  'conflict',
  'too-large',
  'disagrees',
  'step-refused',
  'deleted-at-target',
  'unknown-outcome',
] as const
export type DeadLetterClass = (typeof DEAD_LETTER_CLASSES)[number]

/** `waiting`: a reference will release it; `parked`: time or a person will. */
export const DEAD_LETTER_STATES = [
  'parked',
  'waiting',
  'retrying',
  'resolved',
  'discarded',
  'superseded',
] as const
export type DeadLetterState = (typeof DEAD_LETTER_STATES)[number]
export const OPEN_DEAD_LETTER_STATES = [
  'parked',
  'waiting',
  'retrying',
] as const satisfies readonly DeadLetterState[]

/** Why one record is parked, with the place in the mapping (`at`: `order_line.0.product_id`, `agree.0`, `then.1`). */
export interface Parking {
  readonly class: DeadLetterClass
  readonly message: string
  readonly at: string | null
}

/** What a person can decide on dead letters. */
export const DECISION_KINDS = ['retry', 'correct', 'discard', 'assign'] as const
export type DecisionKind = (typeof DECISION_KINDS)[number]

/** Which open dead letters of a mapping are meant. */
export type DeadLetterChoice =
  | { readonly ids: readonly string[] }
  /** All of one cause. */
  | { readonly cluster: string }
  /** All that fit; an empty one: all. */
  | { readonly filter: DeadLetterSieve }

export interface DeadLetterSieve {
  readonly class?: DeadLetterClass
  readonly state?: (typeof OPEN_DEAD_LETTER_STATES)[number]
  /** The place in the mapping. */
  readonly at?: string
  /** Null: those that nobody has. */
  readonly owner?: string | null
  /** First seen before this instant (epoch ms). */
  readonly before?: number
}
