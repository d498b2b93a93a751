import pg from 'pg'
import { type FailureKind, SyncError } from '../../core/model/failure.ts'

/** SQLSTATEs of PostgreSQL, by class or whole, that are no fault of ours (postgresql.org/docs/current/errcodes-appendix.html). */
const KINDS: Readonly<Record<string, FailureKind>> = {
  // Connection, resources (too many connections, disk full), operator (shutdown, cancelled), system.
  '08': 'unavailable',
  '53': 'unavailable',
  '57': 'unavailable',
  '58': 'unavailable',
  // A transaction that idled too long: its process was stopped, and lost its locks.
  '25P03': 'unavailable',
  '40001': 'unavailable',
  '40P01': 'unavailable',
  // A lock was held for too long.
  '55P03': 'unavailable',
  '28': 'auth-expired',
  '42501': 'scope-violation',
  '3D000': 'invalid-plan',
}

/** PostgreSQL ended a transaction in favour of another one: a deadlock, or a write that cannot be ordered. Nothing of it is there. */
const CONFLICTS = ['40001', '40P01']

/** What the network says without an SQLSTATE, in words of `pg` or codes of Node. */
const LOST =
  /^(E[A-Z]+|CERT_|DEPTH_|SELF_SIGNED|UNABLE_TO|ERR_TLS|ERR_SSL|ERR_SOCKET)|connection|timeout|terminated|not queryable/i

/** `where`: the server without credentials. What is not known as someone else's trouble comes back as it is: a bug. */
export function faultOf(error: unknown, where: string): unknown {
  if (error instanceof SyncError || !(error instanceof Error)) return error
  const state = stateOf(error)
  if (state !== null) {
    const kind = KINDS[state] ?? KINDS[state.slice(0, 2)]
    return kind === undefined
      ? error
      : new SyncError(kind, sentence(kind, where, error.message), { cause: error })
  }
  const code = String((error as { code?: unknown }).code ?? '')
  if (!LOST.test(code || error.message)) return error
  return new SyncError('unavailable', sentence('unavailable', where, error.message || code), { cause: error })
}

/** The SQLSTATE of what PostgreSQL itself answered; null for what the network or `pg` says. */
function stateOf(error: unknown): string | null {
  return error instanceof pg.DatabaseError ? (error.code ?? '') : null
}

function sentence(kind: FailureKind, where: string, said: string): string {
  const reason = said.replace(/\.$/, '')
  if (kind === 'auth-expired')
    return `The store at ${where} refuses the credentials: ${reason}. Correct the secret that holds its address.`
  if (kind === 'scope-violation')
    return `The store at ${where} lacks a right: ${reason}. The user has to own its tables, or be granted them.`
  if (kind === 'invalid-plan')
    return `The store at ${where} is not there: ${reason}. Create it with createdb, or correct the address.`
  return `The store at ${where} is not available: ${reason}.${adviceOn(reason)}`
}

function adviceOn(reason: string): string {
  if (/certificate|altnames/i.test(reason))
    return ' An authority of your own is given in the address: sslrootcert=FILE.'
  if (/not support SSL/.test(reason)) return ' Only a store on this machine is spoken to without encryption.'
  return ''
}

/** The whole transaction may be tried again at once. */
export function isConflict(error: unknown): boolean {
  return CONFLICTS.includes(stateOf(error instanceof SyncError ? error.cause : error) ?? '')
}

/** After it the connection is of no use any more. */
export function isLost(error: unknown): boolean {
  const state = stateOf(error)
  return state === null || /^(08|57P0|25P03)/.test(state)
}
