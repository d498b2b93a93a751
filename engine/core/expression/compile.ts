import type { DeadLetterClass } from '../model/dead-letter.ts'
import type { JsonValue } from '../model/json.ts'
import type { Frame, Surroundings } from './frame.ts'
import type { Value } from './kinds.ts'
import { compileNode } from './nodes.ts'
import { Park } from './park.ts'
import type { Expression } from './parse.ts'

/** An expression ready to run: deterministic, no I/O, never throws for what a record holds. */
export type Compiled = (scope: Scope) => Evaluation

/** What one evaluation sees. */
export interface Scope {
  readonly variables: Readonly<Record<string, Value>>
  readonly tables: Readonly<Record<string, Readonly<Record<string, JsonValue>>>>
  readonly references: References
}

/** Answers look-ups at once or says `pending`; what was asked is collected there, answered in a batch, and evaluated again. */
export interface References {
  match(request: MatchRequest): Resolution
  link(mapping: string, key: string): Resolution
  ref(name: string): Resolution
}

/** The record of a target resource whose field equals the value exactly, further exact conditions given. */
export interface MatchRequest {
  readonly resource: string
  readonly field: string
  readonly value: string
  readonly where: Readonly<Record<string, string | number | boolean>>
}

export type Resolution =
  | { readonly status: 'found'; readonly id: string }
  /** `message` replaces the one made up here. */
  | { readonly status: 'missing'; readonly message?: string }
  | { readonly status: 'ambiguous'; readonly ids: readonly string[] }
  | { readonly status: 'pending' }

export type Evaluation =
  | { readonly ok: true; readonly value: Value }
  /** Look-ups of the branch taken are not answered yet; all that could be asked has been asked. */
  | { readonly ok: false; readonly kind: 'pending' }
  | {
      readonly ok: false
      readonly kind: 'parked'
      readonly class: DeadLetterClass
      readonly message: string
      /** Present where a link waits for a record of another mapping. */
      readonly reference?: { readonly mapping: string; readonly key: string }
    }

const PENDING: Evaluation = Object.freeze({ ok: false, kind: 'pending' })
const NO_LOCALS: Value[] = []

/** Compiles a checked expression to closures, once. The environment adds what resources `link` and `ref` give. */
export function compileExpression(expression: Expression, environment?: Surroundings): Compiled {
  const { run, slots } = compileNode(expression, environment ?? null)
  return (scope) => {
    const frame: Frame = {
      scope,
      locals: slots === 0 ? NO_LOCALS : new Array<Value>(slots).fill(null),
      pending: 0,
    }
    try {
      const value = run(frame)
      return frame.pending > 0 ? PENDING : { ok: true, value }
    } catch (error) {
      if (!(error instanceof Park)) throw error
      if (frame.pending > 0) return PENDING
      const parked = { ok: false, kind: 'parked', class: error.class, message: error.message } as const
      return error.reference === null ? parked : { ...parked, reference: error.reference }
    }
  }
}
