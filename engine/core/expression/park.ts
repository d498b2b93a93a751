import type { DeadLetterClass } from '../model/dead-letter.ts'

/** Thrown inside an evaluation to leave it at its first fault; never leaves `compileExpression`. Not an Error: no stack is wanted. */
export class Park {
  readonly class: DeadLetterClass
  readonly message: string
  readonly reference: { readonly mapping: string; readonly key: string } | null

  constructor(kind: DeadLetterClass, message: string, reference: Park['reference'] = null) {
    this.class = kind
    this.message = message
    this.reference = reference
  }
}

/** A value that cannot be used as it is. */
export function badValue(message: string): Park {
  return new Park('value', message)
}

/** Nothing where something is needed; `source` is the expression that gave it. */
export function missingValue(source: string, purpose: string): Park {
  return new Park(
    'missing-value',
    `${source} has no value in this record, and ${purpose} needs one. Say what to use instead: coalesce(${source}, …).`,
  )
}
