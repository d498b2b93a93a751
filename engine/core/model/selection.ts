import type { FieldType } from './recorded.ts'

/**
 * The source fields a plan uses, as a tree: what a connector asks for, and nothing else.
 * A leaf has a type; an inner node has `fields`. `list` says how a list is asked for and given back as a plain array.
 */
export interface Selection {
  readonly [field: string]: SelectedField
}

export interface SelectedField {
  readonly type: FieldType
  /** Present on objects and lists of objects. */
  readonly fields?: Selection
  /** `connection`: a GraphQL connection; `first`: a list that takes a `first` argument; `plain`: a list as it is. */
  readonly list?: 'connection' | 'first' | 'plain'
  /** A convenience the connector computes from other fields of the same object, which it asks for by itself. */
  readonly computed?: true
  /** What a `selection` may be, as recorded; another value is drift. */
  readonly values?: readonly string[]
  /** It says something of a person, and so does all below it: masked wherever people look until they open it. */
  readonly personal?: true
}
