import { causeOf, wordsOf } from '../core/dead-letter/cause.ts'
import { fieldHashes } from '../core/dead-letter/version.ts'
import type { SourceRecord } from '../core/model/connector.ts'
import { SyncError } from '../core/model/failure.ts'
import type { JsonObject, JsonValue } from '../core/model/json.ts'
import { EMPTY_TALLY, type Tally } from '../core/model/tally.ts'
import { personalIn } from '../core/personal/exchange.ts'
import { maskText } from '../core/personal/mask.ts'
import { personalSent, personalValues } from '../core/personal/values.ts'
import { deliveredText } from '../core/transform/compare.ts'
import { advanceCursor } from '../store/cursor.ts'
import { type NewDeadLetter, parkRecords, releaseWaiting, resolveDeadLetters } from '../store/dead-letters.ts'
import { confirmRows, type NewLedgerRow, withdrawIntents } from '../store/ledger.ts'
import type { Transaction } from '../store/open.ts'
import { areUndecided, rekeyDeadLetter } from '../store/open-letters.ts'
import { endDecisions } from '../store/overlays.ts'
import { addToRun } from '../store/runs.ts'
import { addUsage, type UsageEntry } from '../store/usage.ts'
import { runWaits } from '../store/waiting-runs.ts'
import { breakerHalt } from './breaker.ts'
import { assertConserved } from './conservation.ts'
import type { LegContext } from './context.ts'
import type { Judged } from './judge.ts'
import { assertLeaseOf } from './lease.ts'
import { placeOf } from './place.ts'
import { columnsOf } from './row.ts'
import { waitFor } from './run-waits.ts'
import { DISCARDED, SUPERSEDED, type Verdict, type Work } from './work.ts'

/** Where the commit of a page leaves the cursor; null for records that did not come from one (retries). */
export interface CursorStep {
  readonly sequence: number
  readonly next: JsonObject
  readonly caughtUp: boolean
}

/** What a page adds to its run, and which other lane waits for its turn. */
export interface Committed {
  readonly tally: Tally
  /** Records that were parked rather than only made to wait. */
  readonly failed: number
  readonly wantedBy: string | null
  /** Why the mapping halts: what was delivered and refused is kept, cursor and counters stand before the page. */
  readonly halt: SyncError | null
}

/** What a page is counted by. */
export interface Counted {
  /** As the connector handed them over. */
  readonly handed: readonly SourceRecord[]
  /** Tried again rather than read: they balance on their own. */
  readonly areDue: boolean
  readonly calls: number
  readonly writeCalls: number
  readonly usage: readonly UsageEntry[]
}

/** One transaction: ledger, dead letters, counters, cursor. */
export async function commitPage(
  context: LegContext,
  judged: Judged,
  cursor: CursorStep | null,
  counted: Counted,
): Promise<Committed> {
  const { store, plan } = context
  assertConserved(plan.mapping, counted.handed, [
    ...judged.works.map((work) => work.record),
    ...judged.superseded,
  ])
  const verdicts = new Map(judged.works.map((work) => [work, verdictOf(work)]))
  const tally = tallyOf(verdicts, judged.superseded.length, counted)
  const rows: NewLedgerRow[] = []
  const parked: NewDeadLetter[] = []
  const settled: Work[] = []
  const refused: string[] = []
  for (const [work, verdict] of verdicts) {
    const row = rowOf(context, work, verdict)
    if (row !== null) rows.push(row)
    else if (verdict.kind === 'parked' && work.intended && work.lostAt === null) refused.push(work.key)
    if (verdict.kind === 'parked') parked.push(deadLetterOf(context, work, verdict))
    else if (verdict.kind === 'due') parked.push(dueLetterOf(context, work, verdict))
    else if (work.letter !== null && !isSuperseded(verdict)) settled.push(work)
  }
  const failed = parked.filter(({ onlyWaits }) => !onlyWaits).length
  return store.transaction(async (trx): Promise<Committed> => {
    const wantedBy = await assertLeaseOf(context, trx)
    await takeLetters(context, trx, judged)
    await confirmRows(trx, rows)
    if (parked.length > 0) await parkRecords(trx, parked, context.now())
    // Refused for certain: what the ledger said before is true again.
    if (refused.length > 0) await withdrawIntents(trx, context.scope, plan.namespace, refused)
    for (const [how, works] of Map.groupBy(settled, settledHow)) {
      const keys = works.map(({ key }) => key)
      await resolveDeadLetters(trx, context.scope, plan.mapping, keys, how, context.now())
    }
    const written = rows.filter((row) => row.targetId !== null).map((row) => row.key)
    if (written.length > 0) await releaseWaiting(trx, context.scope, plan.namespace, written, context.now())
    for (const entry of counted.usage) await addUsage(trx, entry)
    const halt = await breakerHalt(context, trx, verdicts, cursor === null ? 'retries' : 'page')
    if (halt !== null) {
      // In this very transaction, so that no other run of the mapping comes in between.
      await runWaits(trx, context.runId, waitFor(halt, context.planHash, context.now())!)
      return { tally: EMPTY_TALLY, failed, wantedBy, halt }
    }
    await addToRun(trx, context.runId, tally, cursor?.sequence ?? null, counted.areDue ? 0 : freshOf(judged))
    if (cursor !== null) {
      await advanceCursor(trx, {
        project: context.scope,
        mapping: plan.mapping,
        lane: context.lane,
        cursor: cursor.next,
        sequence: cursor.sequence,
        runId: context.runId,
        now: context.now(),
      })
    }
    return { tally, failed, wantedBy, halt: null }
  })
}

/** The dead letters of the page's records, as they were judged. Throws `lease-lost` when a person decided on one meanwhile. */
async function takeLetters(context: LegContext, trx: Transaction, judged: Judged): Promise<void> {
  const { scope, plan } = context
  const letters = judged.works.flatMap(({ letter }) => letter ?? [])
  if (!(await areUndecided(trx, scope, plan.mapping, letters))) {
    throw new SyncError(
      'lease-lost',
      `Someone decided on a dead letter of ${plan.mapping} while its record was on the way: the page is read again.`,
    )
  }
  for (const { letter, key } of judged.works) {
    if (letter !== null && letter.key !== key)
      await rekeyDeadLetter(trx, scope, plan.mapping, { id: letter.id, key }, context.now())
  }
  await endDecisions(trx, scope, plan.mapping, judged.outdated)
}

/** The version that was parked went through after all, or a later one took its place. */
function settledHow({ letter, record, sourceHash }: Work): 'resolved' | 'superseded' {
  return letter !== null && record.stamp > letter.stamp && sourceHash !== letter.parkedHash
    ? 'superseded'
    : 'resolved'
}

/** Every record ends somewhere: what was sent or stepped is created or updated, what needed nothing is unchanged. */
function verdictOf(work: Work): Verdict {
  if (work.verdict !== null) return work.verdict
  if (work.created) return { kind: 'created' }
  return {
    kind:
      work.written || work.letter !== null || work.fingerprint !== work.row?.fingerprint
        ? 'updated'
        : 'unchanged',
  }
}

/** An older version says nothing of the record: what is known and parked of it stays as it is. */
function isSuperseded(verdict: Verdict): boolean {
  return verdict.kind === 'filtered' && verdict.reason === SUPERSEDED
}

/** How many records no page brought before, or not in this version: each run reads a little of what was seen again. */
function freshOf(judged: Judged): number {
  return judged.works.filter(({ row, record }) => row === null || row.sourceStamp !== record.stamp).length
}

function tallyOf(verdicts: ReadonlyMap<Work, Verdict>, superseded: number, counted: Counted): Tally {
  const filteredBy: Record<string, number> = superseded > 0 ? { [SUPERSEDED]: superseded } : {}
  const counts = { created: 0, updated: 0, unchanged: 0, filtered: superseded, parked: 0 }
  for (const verdict of verdicts.values()) {
    if (verdict.kind === 'due') counts.parked++
    else counts[verdict.kind]++
    if (verdict.kind === 'filtered') filteredBy[verdict.reason] = (filteredBy[verdict.reason] ?? 0) + 1
  }
  if (!counted.areDue)
    return {
      ...EMPTY_TALLY,
      ...counts,
      filteredBy,
      read: counted.handed.length,
      calls: counted.calls,
      writeCalls: counted.writeCalls,
    }
  const { [SUPERSEDED]: overtaken = 0, [DISCARDED]: discarded = 0 } = filteredBy
  // Retries balance on their own and are not part of what was read.
  return {
    ...EMPTY_TALLY,
    due: counted.handed.length,
    delivered: counts.created + counts.updated + counts.unchanged + counts.filtered - overtaken - discarded,
    parkedAgain: counts.parked,
    superseded: overtaken,
    discarded,
    calls: counted.calls,
    writeCalls: counted.writeCalls,
  }
}

function rowOf(context: LegContext, work: Work, verdict: Verdict): NewLedgerRow | null {
  const base = {
    ...columnsOf(context, work),
    targetId: work.targetId,
    adopted: work.adopted,
    sourceHash: work.sourceHash,
    deliveredAt: context.now(),
    sentAt: work.lostAt,
  }
  if (verdict.kind === 'filtered') {
    if (isSuperseded(verdict)) return null
    if (work.targetId !== null) return seenAgain(work)
    // An open intent stays open: whether its write made a record is not known yet.
    if (work.row?.state === 'intent') return null
    return { ...base, state: 'filtered', fingerprint: null, fieldHashes: null, stepsDue: [] }
  }
  if (verdict.kind === 'due') return null
  // Parked before anything was written: the ledger knows of nothing at the target, and an open intent stays open. So does one
  // whose write got no answer before it was refused: the first may have taken effect, or will.
  if (verdict.kind === 'parked' && (work.mapped === null || !wasDelivered(work))) {
    const { row, record, intended, lostAt } = work
    const mayBeThere = row?.state === 'intent' || (intended && lostAt !== null)
    const isThere = mayBeThere || (row !== null && row.targetId !== null)
    const isNoted = row !== null && row.sourceStamp === record.stamp && !intended
    return isThere || isNoted
      ? null
      : { ...base, state: 'parked', fingerprint: null, fieldHashes: null, stepsDue: [] }
  }
  if (work.mapped === null) return seenAgain(work)
  return {
    ...base,
    state: 'confirmed',
    fingerprint: work.fingerprint,
    fieldHashes: deliveredText(work.hashes!, work.adjusted, work.adoptedLines),
    stepsDue: verdict.kind === 'parked' ? stepsLeft(work) : work.stepsDue,
  }
}

/** A later version that leaves all as it is: nothing but its stamp is noted, so that no version in between is taken for a later one. */
function seenAgain({ row, record }: Work): NewLedgerRow | null {
  if (row?.state !== 'confirmed' || row.planHash === null || row.deliveredAt === null || row.runId === null)
    return null
  if (row.sourceStamp === record.stamp) return null
  const { planHash, deliveredAt, runId } = row
  const sourceKey = record.key
  return { ...row, state: row.state, planHash, deliveredAt, runId, sourceKey, sourceStamp: record.stamp }
}

/** Stopped by its total or a step: the record itself stands at the target as mapped. */
function wasDelivered(work: Work): boolean {
  const parking = work.verdict?.kind === 'parked' ? work.verdict.parking : null
  return work.targetId !== null && (parking?.class === 'disagrees' || parking?.class === 'step-refused')
}

function stepsLeft(work: Work): readonly number[] {
  const parking = work.verdict?.kind === 'parked' ? work.verdict.parking : null
  return parking?.class === 'disagrees' ? (work.mapped?.steps ?? []) : work.stepsDue
}

function deadLetterOf(
  context: LegContext,
  work: Work,
  verdict: Extract<Verdict, { kind: 'parked' }>,
): NewDeadLetter {
  const { plan, sourceMap } = context
  const { parking, waitsFor, exchange } = verdict
  const fields = work.mapped === null ? null : (work.mapped.fields as JsonValue as JsonObject)
  // It is shown, told and logged in many places: what it quotes of a person is nowhere but in the payload, which is sealed.
  const personal = [
    ...personalValues(plan, { data: work.record.data, mapped: fields }),
    ...(work.mapped === null ? [] : personalSent(plan, work.mapped)),
  ]
  const message = maskText(parking.message, personal)
  const place = placeOf(sourceMap.places, parking.at)
  const linked = waitsFor === null ? undefined : plan.links[waitsFor.mapping]
  return {
    project: context.scope,
    mapping: plan.mapping,
    namespace: plan.namespace,
    key: work.key,
    label: work.label,
    class: parking.class,
    message,
    cause: causeOf({ ...parking, message }, { read: work.record.data, mapped: fields }, wordsOf(plan)),
    at: parking.at,
    file: place === null ? null : sourceMap.file,
    line: place?.line ?? null,
    column: place?.column ?? null,
    state: linked === undefined ? 'parked' : 'waiting',
    payload: { key: work.record.key, stamp: work.record.stamp, data: work.record.data },
    sourceHash: work.sourceHash,
    sourceFields: fieldHashes(work.record.data, Object.keys(plan.source.selection)),
    mapped: fields,
    exchange: exchange === undefined ? null : { ...exchange, personal: personalIn(exchange, personal) },
    targetId: work.targetId,
    dueAfterMs: plan.errors.parked.again,
    planHash: context.planHash,
    runId: context.runId,
    onlyWaits: linked !== undefined,
    waitsFor: linked === undefined || waitsFor === null ? null : { ...waitsFor, namespace: linked.namespace },
  }
}

/** Whether it was written is not known, or which version is the last: it is looked at again once nothing can still be late. */
function dueLetterOf(
  context: LegContext,
  work: Work,
  verdict: Extract<Verdict, { kind: 'due' }>,
): NewDeadLetter {
  const { class: why = 'unknown-outcome', message } = verdict
  const parking = { class: why, message, at: null }
  const letter = deadLetterOf(context, work, { kind: 'parked', parking, waitsFor: null })
  return { ...letter, onlyWaits: true, dueAfterMs: [Math.max(0, verdict.at - context.now())] }
}
