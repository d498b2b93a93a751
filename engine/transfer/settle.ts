import type { FoundRecord } from '../core/model/connector.ts'
import { recordKey } from '../core/model/record-key.ts'
import { type LedgerRow, ledgerRows, linkIntents, openIntents, withdrawIntents } from '../store/ledger.ts'
import type { LegContext } from './context.ts'
import { settledAt } from './fence.ts'
import { assertLeaseOf } from './lease.ts'
import { certainOf } from './row.ts'
import { underWay, type Work } from './work.ts'

/** The most open intents that one leg settles before its first page; further ones wait for the next. */
const MOST_INTENTS = 5_000

/**
 * Settles the writes of dead legs whose outcome nobody knows, as far as nothing can still be on its way. Gives the source's
 * keys of these records: each is to be read again by itself.
 */
export async function settleOpenIntents(context: LegContext): Promise<readonly string[]> {
  const open = await openIntents(context.store, context.scope, context.plan.namespace, {
    limit: MOST_INTENTS,
    exceptEpoch: context.epoch,
  })
  const now = context.now()
  const ripe = open.filter((row) => settledAt(context.fence, row.sentAt ?? 0) <= now)
  await settle(context, ripe)
  return ripe.flatMap((row) => row.sourceKey ?? [])
}

/**
 * Records of the page with a write that got no answer: an open intent of another leg, or a copy of what was confirmed since. The
 * same payload may be sent again at once where writes are keyed and atomic; a different one waits until nothing can be on its
 * way, lest the late one undo it, and an open intent is then looked up before anything is sent.
 */
export async function settlePage(context: LegContext, works: readonly Work[]): Promise<void> {
  const ripe: Work[] = []
  for (const work of underWay(works)) {
    const { row } = work
    if (row === null || (row.state !== 'intent' && row.sentAt === null)) continue
    const payload = row.state === 'intent' ? row.payloadHash : row.fingerprint
    if (context.target.facts.keyedWrites && payload === work.fingerprint) continue
    const at = settledAt(context.fence, row.sentAt ?? 0)
    if (at > context.now())
      work.verdict = {
        kind: 'due',
        at,
        message:
          'An earlier write of this record got no answer and may still take effect; nothing else is sent until it no longer can.',
      }
    else {
      work.lostAt = null
      if (row.state === 'intent') ripe.push(work)
    }
  }
  if (ripe.length === 0) return
  await settle(
    context,
    ripe.map((work) => work.row!),
  )
  const rows = await ledgerRows(
    context.store,
    context.scope,
    context.plan.namespace,
    ripe.map((work) => work.key),
  )
  for (const work of ripe) {
    const row = rows.get(work.key) ?? null
    work.row = row
    work.previous = row?.fieldHashes ?? null
    work.lastKnown = work.previous
    if (row === null) continue
    work.targetId = row.targetId
    work.adopted = row.adopted
  }
}

/** Looks records up at the target: found ones are linked, of the others the ledger says again what it said before. */
async function settle(context: LegContext, rows: readonly LedgerRow[]): Promise<void> {
  if (rows.length === 0) return
  const { plan, store } = context
  const keyOf = (row: LedgerRow): string => recordKey(plan.project, plan.namespace, row.key)
  const adoptedIdOf = (row: LedgerRow): string | null => (row.adopted ? row.targetId : null)
  const byId = await lookUp(
    context,
    'id',
    rows.flatMap((row) => adoptedIdOf(row) ?? []),
  )
  const byKey = await lookUp(context, 'key', rows.filter((row) => adoptedIdOf(row) === null).map(keyOf))
  const idOf = (row: LedgerRow) => {
    const adoptedId = adoptedIdOf(row)
    return adoptedId === null ? byKey.get(keyOf(row)) : byId.get(adoptedId)
  }
  const found = rows.flatMap((row) => {
    const targetId = idOf(row)
    if (targetId === undefined) return []
    return [{ key: row.key, targetId, certain: certainOf(plan, row) }]
  })
  const missing = rows.filter((row) => idOf(row) === undefined).map((row) => row.key)
  await store.transaction(async (trx) => {
    await assertLeaseOf(context, trx)
    await linkIntents(trx, context.scope, plan.namespace, found)
    if (missing.length > 0) await withdrawIntents(trx, context.scope, plan.namespace, missing)
  })
  context.log('settled writes without an answer', { found: found.length, missing: missing.length })
}

async function lookUp(
  context: LegContext,
  kind: 'key' | 'id',
  values: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (values.length === 0) return new Map()
  const found: readonly FoundRecord[] = await context.target.lookUp({
    resource: context.plan.target.resource,
    by: { kind },
    values,
    where: {},
    fields: [],
    archived: true,
    signal: context.signal,
  })
  return new Map(found.map((record) => [record.value, record.id]))
}
