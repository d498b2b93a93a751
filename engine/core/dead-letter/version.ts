import type { JsonObject, JsonValue } from '../model/json.ts'
import { fingerprintOf } from '../transform/fingerprint.ts'

/** A hash a field: a mapping that reads more fields, or fewer, does not change the others. */
export type FieldHashes = { readonly [field: string]: string }

/** A version of a source record, as decisions are bound to it. */
export interface SourceVersion {
  /** Of the whole record. */
  readonly hash: string | null
  /** Empty where an earlier version of the store kept none. */
  readonly fields: FieldHashes
}

export function fieldHashes(data: JsonObject, uses: readonly string[]): FieldHashes {
  return Object.fromEntries(uses.map((field) => [field, hashAt(data, field)]))
}

/** Whether a record is still that version, in all fields that the mapping uses and that were known then. */
export function isVersion(
  version: SourceVersion,
  record: { readonly data: JsonObject; readonly hash: string },
  uses: readonly string[],
): boolean {
  if (version.hash === record.hash) return true
  const known = uses.filter((field) => version.fields[field] !== undefined)
  return known.length > 0 && known.every((field) => version.fields[field] === hashAt(record.data, field))
}

function hashAt(data: JsonObject, field: string): string {
  return fingerprintOf((data[field] ?? null) as JsonValue)
}
