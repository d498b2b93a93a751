import type { ServerResponse } from 'node:http'
import { admitted, deliver, type HttpReply } from '../transport.ts'
import { type Database, sudo } from './env.ts'
import { CONFLICTS, databaseError } from './errors.ts'
import { type Prepared, page } from './exchange.ts'
import { type OdooFault, own } from './faults.ts'
import { isObject, type Json } from './json.ts'
import { lostConflict } from './load.ts'
import { stampOf, timeOf } from './stamps.ts'
import type { UnderWay } from './under-way.ts'
import { writeRecords } from './write.ts'

type Call = Extract<Prepared, { readonly kind: 'call' }>

const PAGES: Readonly<Record<number, string>> = {
  200: 'Please wait',
  429: 'Too Many Requests',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Time-out',
}

/** Does a call and answers it, with all that goes wrong. */
export async function perform(
  db: Database,
  call: Call,
  hits: readonly OdooFault[],
  underWay: UnderWay,
  response: ServerResponse,
): Promise<void> {
  if (!(await admitted(hits, response))) return
  const send = (reply: HttpReply) => deliver(response, reply, hits, timeOf(db.stamp()))
  const status = own(hits, 'status')
  if (status !== undefined) {
    const code = status.status ?? 502
    const again = status.retryAfter === undefined ? {} : { 'retry-after': status.retryAfter }
    return send(page(code, PAGES[code] ?? 'Error', 'nginx', again))
  }
  if (own(hits, 'key-expired') !== undefined) return send(call.refuseKey())
  const left = own(hits, 'cut-working') ?? own(hits, 'cut-queued')
  if (left !== undefined) {
    const began = left.kind === 'cut-working' ? db.stamp() : null
    underWay.later(left.ms ?? 0, () => goOn(db, call, began))
    return void response.socket?.destroy()
  }
  const reply = run(db, call, own(hits, 'conflict'), own(hits, 'late-commit')?.ms ?? 0)
  if (own(hits, 'touched') !== undefined) touch(db, call, reply)
  const hold = own(hits, 'hold')
  if (hold === undefined || (await underWay.hold(call, response, hold.ms))) send(reply)
}

function run(db: Database, call: Call, conflict: OdooFault | undefined, lateMs: number): HttpReply {
  try {
    if (conflict !== undefined) return lose(call, conflict)
    // The transaction begins now, not when the request came in.
    const stamp = lateMs === 0 ? db.stamp() : stampOf(timeOf(db.stamp()) - lateMs)
    return call.succeed(call.run({ ...call.env, stamp }))
  } catch (error) {
    return call.fail(error)
  }
}

function lose(call: Call, { says = 'serialization', as }: OdooFault): HttpReply {
  const [name, text] = CONFLICTS[says]
  if (call.method === 'load' && as !== 'error') return call.succeed(lostConflict(call.rows, text))
  throw databaseError(name, text)
}

/**
 * What nobody waits for any more is done all the same (observed). A transaction that began before others changed the same
 * rows loses against them at its end: `load` gives up then, other methods are tried again by Odoo.
 */
function goOn(db: Database, call: Call, began: string | null): void {
  const transaction = (stamp: string): void =>
    db.store.atomically(() => {
      call.run({ ...call.env, stamp })
      for (const row of db.store.replaced())
        if (String(row.write_date) > stamp) throw databaseError(...CONFLICTS.serialization)
    })
  try {
    transaction(began ?? db.stamp())
  } catch {
    if (began === null || call.method === 'load') return
    run(db, call, undefined, 0)
  }
}

/** A write of nothing stamps a record, too (observed). */
function touch(db: Database, call: Call, reply: HttpReply): void {
  const answer = JSON.parse(reply.body) as Json
  const rows = isObject(answer) && 'result' in answer ? answer.result : answer
  if (!Array.isArray(rows)) return
  const ids = (rows as readonly Json[]).flatMap((row) => (isObject(row) ? [Number(row.id)] : []))
  writeRecords({ ...sudo(call.env), stamp: db.stamp() }, call.model, ids, {})
}
