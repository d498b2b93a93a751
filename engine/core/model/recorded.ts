import type { JsonObject } from './json.ts'

/** What a recorded field is, whatever the system calls it. Decimals are exact; dates and times are ISO text in UTC. */
export const FIELD_TYPES = [
  'text',
  'html',
  'integer',
  'float',
  'decimal',
  'boolean',
  'date',
  'datetime',
  'selection',
  'many2one',
  'many2many',
  'one2many',
  'binary',
  'json',
  'reference',
  'object',
  'list',
] as const
export type FieldType = (typeof FIELD_TYPES)[number]

/**
 * One field of a recorded schema (a JSON Schema with `x-` annotations under schemas/recorded/).
 * Only annotations that the engine reads are named here.
 */
export interface RecordedField extends JsonObject {
  readonly 'x-type': FieldType
}

/** schemas/recorded/<system>/<version>/<resource>.schema.json */
export interface RecordedSchema extends JsonObject {
  readonly title: string
  readonly 'x-system': string
  readonly 'x-version': string
  /** The fields that tell one record from another. */
  readonly 'x-key': readonly string[]
  readonly properties: { readonly [name: string]: RecordedField }
}

/** The recorded schemas at hand, ours and the repository's own. */
export interface RecordedSchemas {
  schema(system: string, version: string, resource: string): RecordedSchema | null
  /** In order; empty when the version is not recorded. */
  resources(system: string, version: string): readonly string[]
  /** Oldest first. */
  versions(system: string): readonly string[]
}

/** Recorded samples by `<resource>/<name>`, the repository's own first. Null when there is none. */
export interface RecordedSamples {
  sample(system: string, version: string, name: string): JsonObject | null
  /** Names there are of a resource. */
  names(system: string, version: string, resource: string): readonly string[]
}
