import { SyncError } from '../../core/model/failure.ts'
import type { MissingFields } from '../../core/model/missing-fields.ts'

/**
 * What Odoo answered instead of a result. In every case but `busy` the same call gives the same answer again;
 * in every case the transaction was rolled back, so nothing was written.
 */
export interface Fault {
  readonly kind: 'busy' | 'access' | 'missing' | 'absent' | 'too-large' | 'refused'
  /** The exact class name, e.g. `odoo.exceptions.ValidationError`. */
  readonly name: string
  /** Fit for people: no SQL, no traceback. In the language of the user. */
  readonly message: string
  /** How it stood in the answer: the status of HTTP, and what was said, with the name of a column where the database refused one. */
  readonly answer: { readonly status: number; readonly text: string }
}

/**
 * Conflicts between transactions and a database that is away. Everything else named `psycopg2.…` comes from bad data
 * (`InvalidTextRepresentation`, `NumericValueOutOfRange`, `ProgramLimitExceeded`): hence the exact names. Observed on 18.0, 19.0.
 */
const BUSY = new Set([
  'psycopg2.errors.SerializationFailure',
  'psycopg2.errors.LockNotAvailable',
  'psycopg2.errors.DeadlockDetected',
  'psycopg2.errors.AdminShutdown',
  'psycopg2.extensions.TransactionRollbackError',
  'psycopg2.OperationalError',
  'psycopg2.InterfaceError',
  'psycopg2.pool.PoolError',
  'odoo.exceptions.LockError',
])

const CREDENTIALS = new Set(['odoo.exceptions.AccessDenied', 'werkzeug.exceptions.Unauthorized'])

/** Whether the class says that the credentials are refused. */
export function refusesCredentials(name: string): boolean {
  return CREDENTIALS.has(name)
}

/** A fault by its exact class name: statuses mislead (Odoo 19 answers most bad data with 500), texts are translated. */
export function faultOf(name: string, message: string, status: number): Fault {
  const answer = { status, text: readable(message) }
  if (BUSY.has(name)) return { kind: 'busy', name, message: `Odoo was busy (${name}).`, answer }
  if (name.startsWith('psycopg2.')) {
    const why = `The database refused a value (${name.replace(/^.*\./, '')}).`
    return { kind: 'refused', name, message: why, answer }
  }
  const kind =
    name === 'odoo.exceptions.AccessError'
      ? 'access'
      : name === 'odoo.exceptions.MissingError'
        ? 'missing'
        : // The first is what 19 says of an unknown model or method, the second what 18 says of an unknown method.
          name === 'werkzeug.exceptions.NotFound' || name === 'builtins.AttributeError'
          ? 'absent'
          : 'refused'
  return { kind, name, message: answer.text, answer }
}

/** A request that the server, or what stands in front of it, does not take for its size. */
export const TOO_LARGE: Fault = {
  kind: 'too-large',
  name: 'http.413',
  message: 'The request is too large.',
  answer: { status: 413, text: '' },
}

const LONGEST_MESSAGE = 600

/** A text of Odoo without what PostgreSQL adds (rows and SQL with their values), cut to a readable length. */
export function readable(message: string): string {
  const text = message
    .replace(/\n\s*(DETAIL|LINE \d+|HINT|CONTEXT|QUERY|STATEMENT|WHERE)\b.*/s, '')
    .replace(/\[SQL:.*/s, '')
    .trim()
  return text.length > LONGEST_MESSAGE ? `${text.slice(0, LONGEST_MESSAGE)}…` : text
}

/**
 * What PostgreSQL says of a conflict. `load` catches the exception and hands on this text only, where other calls are
 * retried by Odoo itself. (A database set to another language is not recognised; a culprit is sent again alone before it
 * is believed, which settles most of those.)
 */
const CONFLICT = /could not serialize access|deadlock detected|could not obtain lock on|lock timeout/i

export function tellsOfConflict(message: string): boolean {
  return CONFLICT.test(message)
}

/** The failure of a read that Odoo answered with a fault. `doing` completes “Odoo refused to …”. */
export function failureOfRead(fault: Fault, doing: string): SyncError {
  const fields = { class: fault.name }
  switch (fault.kind) {
    case 'busy':
      return new SyncError('unavailable', `${fault.message} It could not ${doing} now.`, { fields })
    case 'access':
      return new SyncError('scope-violation', `The Odoo user may not ${doing}: ${fault.message}`, { fields })
    default:
      return new SyncError('schema-drift', `Odoo refused to ${doing}: ${fault.message}`, { fields })
  }
}

const OF_READ = [
  /^Invalid field '(?<field>\w+)' (?:on|in) (?:model )?'(?<model>[\w.]+)'/,
  /^Invalid field (?<model>[\w.]+)\.(?<field>\w+) in (?:leaf|condition)\b/,
]

/** The field for which a read was refused, because Odoo does not have it (any more); null where it was for something else. */
export function missingOfRead(connection: string, { message }: Fault): MissingFields | null {
  const said = OF_READ.map((form) => form.exec(message)?.groups).find((groups) => groups !== undefined)
  return said === undefined ? null : { connection, resource: said['model']!, fields: [said['field']!] }
}
