import { SyncError } from './failure.ts'

/** Fields that a remote says it does not know (any more), though the mapping names them. */
export interface MissingFields {
  readonly connection: string
  readonly resource: string
  readonly fields: readonly string[]
}

/** The failure of a call that named such fields. Nothing of it was written. */
export function missingFieldsError(missing: MissingFields, message: string): SyncError {
  return new SyncError('schema-drift', message, { fields: { missing: { ...missing } } })
}

/** The fields a failure is about; null of any other one. */
export function missingFieldsOf(error: unknown): MissingFields | null {
  const missing = error instanceof SyncError ? error.fields['missing'] : undefined
  return missing === undefined ? null : (missing as unknown as MissingFields)
}
