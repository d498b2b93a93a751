import type { Field, Fields, Version } from './fields.ts'
import type { Json, JsonObject } from './json.ts'
import type { Row, Store } from './store.ts'

/** A database with its models. */
export interface Database {
  readonly name: string
  readonly version: Version
  readonly store: Store
  readonly fields: Map<string, Fields>
  readonly hooks: Readonly<Record<string, Hooks>>
  /** Who may make keys by program: nobody, since this build has no such thing; Settings users; everybody. `made`: all that were. */
  readonly keyMaking: { mode: 'absent' | 'settings' | 'everybody'; readonly made: string[] }
  /** A new moment, with microseconds. */
  stamp(): string
}

/** One call: who, in which context, and the start of its transaction, which is the stamp of all it writes. */
export interface Env {
  readonly db: Database
  readonly uid: number
  /** Without checks of rights, as Odoo's own code runs inside a call. */
  readonly su: boolean
  readonly context: JsonObject
  readonly stamp: string
}

export type Values = Readonly<Record<string, Json>>

/** What a model does beyond keeping fields. Rows are given as they are stored. */
export interface Hooks {
  /** Order of a search that asks for none. */
  readonly order?: string
  /** The model whose fields are those of this one too, and the field that points to it. */
  readonly inherits?: { readonly model: string; readonly field: string }
  /** one2many → the many2one of the other model that it mirrors. */
  readonly inverse?: Readonly<Record<string, string>>
  readonly displayName?: (env: Env, row: Row) => string
  readonly computed?: Readonly<Record<string, (env: Env, row: Row) => Json>>
  /** Values of fields that were not given. */
  readonly defaults?: (env: Env, given: Values) => Values
  readonly created?: (env: Env, row: Row) => void
  readonly written?: (env: Env, before: Row, changed: ReadonlySet<string>) => void
  /** Throws what a constraint of the model says. */
  readonly check?: (env: Env, row: Row) => void
  /** Throws where a row must stay. */
  readonly unlinking?: (env: Env, row: Row) => void
  readonly unlinked?: (env: Env, row: Row) => void
  /** Rows a user may see at all; with su none is asked. */
  readonly rule?: (env: Env, row: Row) => boolean
  readonly methods?: Readonly<Record<string, Method>>
}

export interface Method {
  /** Of the model (no ids) or of records. */
  readonly of: 'model' | 'records'
  /** By position; those with `?` may be left out. */
  readonly parameters: readonly string[]
  /** Builds without it answer as to any name they do not know. (Default: there) */
  readonly isThere?: (db: Database) => boolean
  /** `undefined` is Python's None. */
  run(env: Env, ids: readonly number[], args: Values): Json | undefined
}

export const sudo = (env: Env): Env => (env.su ? env : { ...env, su: true })

export function withContext(env: Env, more: JsonObject): Env {
  return { ...env, context: { ...env.context, ...more } }
}

export function fieldsOf(env: Env, model: string): Fields {
  const fields = env.db.fields.get(model)
  if (fields === undefined) throw new Error(`no fields of ${model}`)
  return fields
}

export const hooksOf = (env: Env, model: string): Hooks => env.db.hooks[model] ?? {}

/** The fields that a record has of its parent (`_inherits`): not stored here, stored there. */
export function delegatedTo(env: Env, model: string, field: Field): Field | null {
  const { inherits } = hooksOf(env, model)
  if (inherits === undefined || field.stored || OWN.has(field.name)) return null
  const parent = env.db.fields.get(inherits.model)?.get(field.name)
  return parent?.stored ? parent : null
}

const OWN: ReadonlySet<string> = new Set(['id', 'display_name', 'lst_price', 'product_variant_ids'])
