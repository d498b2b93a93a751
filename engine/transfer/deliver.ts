import type { Outcome, TargetShape, UpsertItem } from '../core/model/connector.ts'
import { failureKindOf, SyncError } from '../core/model/failure.ts'
import { missingFieldsOf } from '../core/model/missing-fields.ts'
import { recordKey } from '../core/model/record-key.ts'
import { changesSince, hashesText } from '../core/transform/compare.ts'
import type { MappedOwnRecord } from '../core/transform/mapped.ts'
import { withdrawIntents } from '../store/ledger.ts'
import { sendBatches } from './batches.ts'
import type { LegContext } from './context.ts'
import { settledAt } from './fence.ts'
import { keepFresh, noteIntents } from './intents.ts'
import { assertLeaseOf } from './lease.ts'
import { park, underWay, type Work } from './work.ts'

/**
 * How often a batch is sent again within a page: one that the target rolled back for a reason of its own (serialization), and,
 * where writes are keyed and atomic, one whose answer got lost: sending the same payload again is the look-up.
 */
const MOST_TRIES = 5

/** Writes what changed: records of the record's own first, then the records, in batches. Intents stand before anything is sent. */
export async function deliver(context: LegContext, works: readonly Work[]): Promise<void> {
  const sending = underWay(works).filter((work) => work.mapped !== null)
  if (sending.length === 0) return
  await noteIntents(context, sending)
  await deliverIntended(context, sending).catch(async (error: unknown) => {
    // The mapping has to be mended: what it then sends is another payload, which would wait for what was never sent.
    if (missingFieldsOf(error) !== null) await withdrawUnsent(context, sending)
    throw error
  })
}

/** Of those for which nothing was written for certain. A record that was under way before may be there. */
async function withdrawUnsent(context: LegContext, works: readonly Work[]): Promise<void> {
  const unsent = works.filter(
    ({ written, lostAt, row }) => !written && lostAt === null && row?.state !== 'intent',
  )
  await context.store.transaction(async (trx) => {
    await assertLeaseOf(context, trx)
    const keys = unsent.map(({ key }) => key)
    await withdrawIntents(trx, context.scope, context.plan.namespace, keys)
  })
}

async function deliverIntended(context: LegContext, sending: readonly Work[]): Promise<void> {
  await deliverOwnRecords(context, sending)
  const accept = (work: Work, outcome: Outcome): void => {
    if (outcome.status === 'created' || outcome.status === 'updated') {
      work.targetId = outcome.targetId
      work.created =
        outcome.status === 'created' || (work.row?.state === 'intent' && work.row.previous === null)
      work.written = true
    }
  }
  const { shape } = context.plan.target
  const deleted: Work[] = []
  await sendAll(context, shape, itemsOf(context, sending), accept, (work, outcome) => {
    if (outcome.class !== 'deleted-at-target' || context.plan.target.deletedAtTarget !== 'recreate')
      return false
    deleted.push(work)
    return true
  })
  if (deleted.length === 0) return
  // Whole again, under their own key: of what was delivered before nothing counts any more.
  const unknown = { targetId: null, adopted: false, previous: null, lastKnown: null }
  for (const work of deleted) Object.assign(work, unknown, { adjusted: {}, adoptedLines: {} })
  await deliverOwnRecords(context, deleted)
  await sendAll(context, shape, itemsOf(context, deleted), accept)
}

function itemsOf(context: LegContext, works: readonly Work[]): ReadonlyMap<Work, UpsertItem> {
  const items = new Map<Work, UpsertItem>()
  for (const work of underWay(works)) {
    const item = itemOf(context, work)
    if (item !== null) items.set(work, item)
  }
  return items
}

function itemOf(context: LegContext, work: Work): UpsertItem | null {
  const mapped = work.mapped!
  const changes = changesSince(
    context.plan,
    work.key,
    mapped,
    work.previous,
    work.lastKnown,
    work.adoptedLines,
  )
  if (!changes.any) return null
  const unsure = mayBeNew(work)
  return {
    key: recordKey(context.plan.project, context.plan.namespace, work.key),
    targetId: work.targetId,
    adopted: work.adopted,
    fields: changes.fields,
    firstTimeFields: work.targetId === null || unsure ? mapped.firstTimeFields : {},
    ...(unsure ? { mayBeNew: true } : {}),
    lines: changes.lines,
    removedLines: changes.removedLines,
  }
}

/** A leg died, or got no answer, when it created it; or nothing of such a record is certain since it was found and linked. */
function mayBeNew({ row, adopted }: Work): boolean {
  if (row === null || adopted) return false
  if (row.state === 'intent') return row.previous === null
  return (
    row.state === 'confirmed' &&
    row.fingerprint === null &&
    row.fieldHashes !== null &&
    Object.keys(row.fieldHashes.fields).length === 0
  )
}

/** A record's own delivery address and the like: written under `<key>/<as>`, then pointed to by the record's field. */
async function deliverOwnRecords(context: LegContext, works: readonly Work[]): Promise<void> {
  const byField = new Map<string, { shape: TargetShape; items: Map<Work, UpsertItem> }>()
  for (const work of works) {
    if (work.mapped!.records.length === 0) continue
    const changed = new Set(changesSince(context.plan, work.key, work.mapped!, work.previous).records)
    for (const own of work.mapped!.records) {
      const group = byField.get(own.field) ?? { shape: own.shape, items: new Map() }
      byField.set(own.field, group)
      if (changed.has(own) || work.previous === null) group.items.set(work, ownItem(context, work, own))
    }
  }
  for (const [field, group] of byField) {
    await sendAll(context, group.shape, group.items, (work, outcome) => {
      if (outcome.status !== 'created' && outcome.status !== 'updated') return
      work.written = true
      work.mapped = { ...work.mapped!, fields: { ...work.mapped!.fields, [field]: outcome.targetId } }
      work.hashes = hashesText(work.mapped)
    })
  }
  // An unchanged one still stands where it was pointed to: its field is neither sent nor forgotten.
}

function ownItem(context: LegContext, work: Work, own: MappedOwnRecord): UpsertItem {
  return {
    key: recordKey(context.plan.project, context.plan.namespace, work.key, { as: own.as, key: '' }),
    targetId: null,
    adopted: false,
    fields: own.fields,
    firstTimeFields: {},
    lines: [],
    removedLines: [],
  }
}

/** Sends items in batches until each has an answer; conflicts that the target rolled back are sent again. */
export async function sendAll(
  context: LegContext,
  shape: TargetShape,
  items: ReadonlyMap<Work, UpsertItem>,
  accept: (work: Work, outcome: Outcome) => void,
  /** True for a rejection that is seen to otherwise. */
  spare: (work: Work, outcome: Extract<Outcome, { status: 'rejected' }>) => boolean = () => false,
): Promise<void> {
  let open = [...items].sort(byKey)
  for (let attempt = 1; open.length > 0; attempt++) {
    const again: [Work, UpsertItem][] = []
    await sendBatches(context, open, async (batch) => {
      await keepFresh(context)
      const outcomes = await context.target
        .upsert({ shape, items: batch.map(([, item]) => item), signal: context.signal })
        .catch((error: unknown) => {
          // Only of what the contract names is it certain that nothing was written.
          if (failureKindOf(error) === 'bug') for (const [work] of batch) work.lostAt = context.now()
          throw error
        })
      if (outcomes.length !== batch.length) {
        throw new SyncError(
          'bug',
          `The connector ${context.plan.target.connection.connector} gave ${outcomes.length} outcomes for ${batch.length} records.`,
        )
      }
      for (const [index, [work, item]] of batch.entries()) {
        const outcome = outcomes[index]!
        if (outcome.status === 'unattempted') again.push([work, item])
        else if (outcome.status === 'rejected') {
          if (!spare(work, outcome)) reject(context, work, outcome)
        } else if (outcome.status === 'unknown' && context.target.facts.keyedWrites) {
          work.lostAt = context.now()
          again.push([work, item])
        } else if (outcome.status === 'unknown')
          work.verdict ??= {
            kind: 'due',
            message: outcome.message,
            at: settledAt(context.fence, context.now()),
          }
        else accept(work, outcome)
      }
    })
    if (again.length > 0 && attempt >= MOST_TRIES) {
      throw new SyncError(
        'unavailable',
        `${context.plan.target.connection.name} did not confirm ${again.length} writes in ${attempt} tries; the run goes on later.`,
      )
    }
    open = again.sort(byKey)
  }
}

/** Rows are written in the order of their keys, so that transactions that meet wait for one another instead of locking up. */
function byKey([, a]: readonly [Work, UpsertItem], [, b]: readonly [Work, UpsertItem]): number {
  return a.key < b.key ? -1 : a.key > b.key ? 1 : 0
}

function reject(context: LegContext, work: Work, outcome: Extract<Outcome, { status: 'rejected' }>): void {
  const { message, exchange } = outcome
  park(work, { class: outcome.class, message, at: placeOf(context, work, outcome) }, { exchange })
}

/** The part of the plan that filled the field the target complained of. */
function placeOf(
  context: LegContext,
  work: Work,
  outcome: Extract<Outcome, { status: 'rejected' }>,
): string | null {
  if (outcome.line !== null) {
    for (const [field, fieldPlan] of Object.entries(context.plan.fields)) {
      if (fieldPlan.kind !== 'lines') continue
      for (const line of work.mapped?.lines ?? []) {
        if (
          recordKey(context.plan.project, context.plan.namespace, work.key, {
            as: line.as,
            key: line.key,
          }) !== outcome.line
        )
          continue
        const block = fieldPlan.blocks.findIndex((candidate) => candidate.as === line.as)
        const inner =
          outcome.field !== null && fieldPlan.blocks[block]?.fields[outcome.field] !== undefined
            ? `.fields.${outcome.field}`
            : ''
        return `fields.${field}.${block}${inner}`
      }
    }
  }
  return outcome.field !== null && context.plan.fields[outcome.field] !== undefined
    ? `fields.${outcome.field}`
    : null
}
