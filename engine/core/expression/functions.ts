import type { JsonValue } from '../model/json.ts'
import { DATE_FUNCTIONS } from './functions/dates.ts'
import { FORM_FUNCTIONS } from './functions/forms.ts'
import { LIST_FUNCTIONS } from './functions/lists.ts'
import { LOOK_UP_FUNCTIONS } from './functions/look-ups.ts'
import { NUMBER_FUNCTIONS } from './functions/numbers.ts'
import { TEXT_FUNCTIONS } from './functions/texts.ts'
import type { Value } from './kinds.ts'
import type { Type, TypeKind } from './type.ts'

/** What a parameter takes; `any` takes everything. */
export type Takes = 'any' | readonly TypeKind[]

export interface Parameter {
  readonly name: string
  readonly takes: Takes
  readonly optional?: true
  /** Takes all further arguments too. */
  readonly rest?: true
  /** A text that must be written out. */
  readonly literal?: true
  /** The only texts it takes, when written out. */
  readonly values?: readonly string[]
}

/** What an example gives: a JSON value, a number with a fraction, or the id of a record found. */
export type Given = JsonValue | { readonly decimal: string } | { readonly reference: string }

/** One function of the language: what the checker knows of it, how it runs, and its line in docs/expressions.md. */
export interface FunctionEntry {
  readonly group: 'choices' | 'look-ups' | 'numbers' | 'texts' | 'dates' | 'lists' | 'codes'
  readonly parameters: readonly Parameter[]
  readonly gives: TypeKind | ((args: readonly Type[]) => Type)
  /** `gives`: null in, null out (first argument only); `parks`: a null argument parks the record; `takes`: it is for the function. */
  readonly nulls: 'gives' | 'parks' | 'takes'
  readonly meaning: string
  readonly example: { readonly cel: string; readonly gives: Given }
  /** Null: not run like other functions (its arguments are evaluated as needed). Throws a Park for values it cannot take. */
  readonly run: ((args: readonly Value[]) => Value) | null
}

/** The whole of the language's functions. Every one may be written `f(x, …)` or `x.f(…)`, but look-ups and choices only the first way. */
export const FUNCTIONS: Readonly<Record<string, FunctionEntry>> = Object.freeze(
  Object.assign(Object.create(null) as Record<string, FunctionEntry>, {
    ...LOOK_UP_FUNCTIONS,
    ...NUMBER_FUNCTIONS,
    ...TEXT_FUNCTIONS,
    ...DATE_FUNCTIONS,
    ...LIST_FUNCTIONS,
    ...FORM_FUNCTIONS,
  }),
)
