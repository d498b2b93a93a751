import type { JsonValue } from '../../core/model/json.ts'
import type { Queryable } from '../open.ts'

/** Something in a store that must not be, or that someone should look at. */
export interface Finding {
  /** Names the rule: `unbalanced-run`. */
  readonly code: string
  /** Where, what was found, what was expected. */
  readonly message: string
  /** What to do. */
  readonly hint: string
}

/** What the rules are handed. */
export interface CheckContext {
  readonly store: Queryable
  /** The hash a plan is kept under. */
  hashOf(value: JsonValue): string
}

/** One rule over the whole store. It reads only, and gives a few findings even where thousands are wrong. */
export type Check = (context: CheckContext) => Promise<readonly Finding[]>

/** The most findings of one rule; further ones are the same trouble. */
export const MOST_FINDINGS = 10
