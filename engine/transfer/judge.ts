import { overlaid } from '../core/dead-letter/overlay.ts'
import { isVersion } from '../core/dead-letter/version.ts'
import type { SourceRecord } from '../core/model/connector.ts'
import type { JsonObject, JsonValue } from '../core/model/json.ts'
import type { Plan } from '../core/model/plan.ts'
import { type DeliveredHashes, deliveryFingerprint, hashesText } from '../core/transform/compare.ts'
import { fingerprintOf } from '../core/transform/fingerprint.ts'
import { type LedgerRow, ledgerRows } from '../store/ledger.ts'
import { type OpenDeadLetter, openDeadLettersOf } from '../store/open-letters.ts'
import { type HeldDecision, heldDecisions } from '../store/overlays.ts'
import { adopt } from './adopt.ts'
import type { LegContext } from './context.ts'
import { certainOf } from './row.ts'
import { DISCARDED, park, SUPERSEDED, type Verdict, type Work } from './work.ts'

/** A page's records, each judged as far as it can be without writing. */
export interface Judged {
  readonly works: readonly Work[]
  /** Records replaced by a later version of the same key in the page. */
  readonly superseded: readonly SourceRecord[]
  /** Source keys of records that have changed since: what was decided of them holds no more. */
  readonly outdated: readonly string[]
}

/** How often look-ups may lead to further look-ups (`match` inside `match`). */
const MOST_PASSES = 5

/**
 * Identity, newest version a key, ledger, filter, transform, comparison: everything before the first write. `byKey`: they were read
 * by their keys just now, so that no later version of them is known, whatever their stamps say.
 */
export async function judge(
  context: LegContext,
  records: readonly SourceRecord[],
  byKey = false,
): Promise<Judged> {
  const { works, ...rest } = await identify(context, records, byKey)
  filter(context, works)
  await transform(context, works)
  for (const work of works) compare(work)
  await adopt(context, works)
  return { works, ...rest }
}

async function identify(
  context: LegContext,
  records: readonly SourceRecord[],
  byKey: boolean,
): Promise<Judged & { readonly works: Work[] }> {
  const { transformer, plan } = context
  const uses = Object.keys(plan.source.selection)
  const held = await heldDecisions(
    context.store,
    context.scope,
    plan.mapping,
    records.map(({ key }) => key),
  )
  const outdated: string[] = []
  const newest = new Map<
    string,
    {
      record: SourceRecord
      hash: string
      source: Work['source']
      decision: HeldDecision | null
      label: string | null
      verdict: Verdict | null
    }
  >()
  const superseded: SourceRecord[] = []
  for (const record of records) {
    const decided = held.get(record.key) ?? null
    const hash = fingerprintOf(record.data as JsonValue)
    const holds = decided !== null && isVersion(decided.version, { data: record.data, hash }, uses)
    if (decided !== null && !holds && record.stamp >= (decided.stamp ?? '')) outdated.push(record.key)
    const decision = holds ? decided : null
    const source = transformer.decode(correctedBy(decision, record, plan))
    const identified = transformer.identify(source)
    const key = identified.status === 'identified' ? identified.key : record.key
    const entry =
      identified.status === 'identified'
        ? { record, hash, source, decision, label: identified.label, verdict: null }
        : {
            record,
            hash,
            source,
            decision,
            label: null,
            verdict:
              identified.status === 'parked'
                ? ({ kind: 'parked', parking: identified.parking, waitsFor: null } as const)
                : ({ kind: 'filtered', reason: identified.reason } as const),
          }
    const other = newest.get(key)
    const isNewest = other === undefined || other.record.stamp <= record.stamp
    if (other !== undefined) superseded.push(isNewest ? other.record : record)
    if (isNewest) newest.set(key, entry)
  }
  const keys = [...newest.keys()]
  const rows = await ledgerRows(context.store, context.scope, plan.namespace, keys)
  const sourceKeys = [...newest.values()].map(({ record }) => record.key)
  const open = await openDeadLettersOf(context.store, context.scope, plan.mapping, keys, sourceKeys)
  const works = keys.map((key): Work => {
    const { record, hash: sourceHash, source, decision, label, verdict } = newest.get(key)!
    const row = rows.get(key) ?? null
    const letter = open.byKey.get(key) ?? open.bySourceKey.get(record.key) ?? null
    const older = byKey ? null : olderVerdict(context, record.stamp, sourceHash, row, letter)
    const known =
      decidedVerdict(decision, row) ?? older ?? verdict ?? knownVerdict(context, row, sourceHash, letter)
    // Of no interest where nothing will be sent.
    const lastKnown = known === null ? lastKnownOf(plan, row) : null
    return {
      record,
      source,
      key,
      label,
      sourceHash,
      row,
      previous: mayBeMissing(row) ? null : lastKnown,
      lastKnown,
      letter,
      mapped: null,
      hashes: null,
      fingerprint: null,
      targetId: row?.targetId ?? null,
      adopted: row?.adopted ?? false,
      created: false,
      intended: false,
      written: false,
      lostAt: row?.sentAt ?? null,
      adjusted: { ...lastKnown?.adjusted },
      adoptedLines: { ...lastKnown?.adoptedLines },
      stepsDue: row?.stepsDue ?? [],
      verdict: known,
    }
  })
  return { works, superseded, outdated }
}

/** The record with what a person corrected in it. */
function correctedBy(decision: HeldDecision | null, record: SourceRecord, plan: Plan): JsonObject {
  return decision?.overlay == null
    ? record.data
    : overlaid(record.data, decision.overlay, plan.source.selection)
}

/** What a person decided of this very version. A correction that was pruned stands as it was delivered. */
function decidedVerdict(decision: HeldDecision | null, row: LedgerRow | null): Verdict | null {
  if (decision?.kind === 'discard') return { kind: 'filtered', reason: DISCARDED }
  return decision !== null && decision.overlay === null && row?.state === 'confirmed'
    ? { kind: 'unchanged' }
    : null
}

/** What a row says is at the target. The write of an open intent may or may not have arrived: what both ways agree in. */
function lastKnownOf(plan: Plan, row: LedgerRow | null): DeliveredHashes | null {
  if (row?.state === 'confirmed') return row.fieldHashes
  return row?.state === 'intent' ? certainOf(plan, row) : null
}

/** An intent on nothing: whether the record is there at all is not known, so all of it is sent again. */
function mayBeMissing(row: LedgerRow | null): boolean {
  return row?.state === 'intent' && row.previous === null
}

/**
 * Strictly older than what is known of the record, be it delivered, left out, parked or on its way. A page that was read ahead holds
 * such versions, and so does a source whose stamps go back; the record read by its key, a while later, tells them apart.
 */
function olderVerdict(
  context: LegContext,
  stamp: string,
  sourceHash: string,
  row: LedgerRow | null,
  parked: OpenDeadLetter | null,
): Verdict | null {
  const later = [row?.sourceStamp, parked?.stamp].find((known) => known != null && stamp < known)
  if (later === undefined) return null
  // What is parked is read by its key when it is due.
  if (parked !== null || row?.sourceHash === sourceHash) return { kind: 'filtered', reason: SUPERSEDED }
  return {
    kind: 'due',
    class: 'conflict',
    at: context.now() + context.source.facts.lookbackMs,
    message: `By its stamp (${stamp}) it is older than what is known of it (${later}). It is read again when nothing can still be late at the source, and delivered as it is then.`,
  }
}

/** The short way: the ledger knows this very version of the record under this very plan. */
function knownVerdict(
  context: LegContext,
  row: LedgerRow | null,
  sourceHash: string,
  parked: OpenDeadLetter | null,
): Verdict | null {
  const samePlan = (hash: string | null) =>
    hash === context.planHash || (context.lane === 'live' && context.plan.target.changed === 'new')
  if (parked !== null) {
    // What is parked is tried again by a full run, by time, by a decision or by a change; not by every look back.
    const asItWas =
      context.lane === 'live' && parked.sourceHash === sourceHash && parked.planHash === context.planHash
    return asItWas
      ? {
          kind: 'parked',
          parking: { class: parked.class, message: parked.message, at: parked.at },
          waitsFor: null,
        }
      : null
  }
  if (row === null) return null
  if (row.state !== 'confirmed' || row.stepsDue.length > 0) return null
  return row.sourceHash === sourceHash && samePlan(row.planHash) ? { kind: 'unchanged' } : null
}

function filter(context: LegContext, works: readonly Work[]): void {
  for (const work of works) {
    if (work.verdict !== null) continue
    const out = context.transformer.filter(work.source, work.targetId !== null)
    if (out === null) continue
    if ('parking' in out) park(work, out.parking)
    else work.verdict = { kind: 'filtered', reason: out.reason }
  }
}

async function transform(context: LegContext, works: readonly Work[]): Promise<void> {
  let pending = works.filter((work) => work.verdict === null)
  for (let pass = 0; pending.length > 0 && pass < MOST_PASSES; pass++) {
    if (pass > 0) await context.references.resolve()
    pending = pending.filter((work) => {
      const transformed = context.transformer.transform(work.source, context.references)
      if (transformed.status === 'pending') return true
      if (transformed.status === 'mapped') work.mapped = transformed.mapped
      else park(work, transformed.parking, { waitsFor: transformed.waitsFor })
      return false
    })
  }
  for (const work of pending)
    park(work, {
      class: 'value',
      message: `Look-ups inside look-ups go more than ${MOST_PASSES - 1} deep.`,
      at: null,
    })
  context.references.forgetMisses()
}

/** Equal to what was delivered, with nothing left to do: no write call. */
function compare(work: Work): void {
  if (work.verdict !== null || work.mapped === null) return
  work.hashes = hashesText(work.mapped)
  work.fingerprint = deliveryFingerprint(work.mapped, work.hashes)
  const row = work.row
  // Written before and stopped by its total or a step: nothing to send, and still something to do.
  const parkedAs = work.letter?.class
  if (parkedAs === 'disagrees' || parkedAs === 'step-refused') return
  if (row?.state === 'confirmed' && row.fingerprint === work.fingerprint && row.stepsDue.length === 0) {
    work.verdict = { kind: 'unchanged' }
  }
}
