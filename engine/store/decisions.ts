import { randomUUID } from 'node:crypto'
import { type SqlBool, sql } from 'kysely'
import type { Overlay } from '../core/dead-letter/overlay.ts'
import type { DeadLetterChoice, DecisionKind } from '../core/model/dead-letter.ts'
import { createUpsert, isOneOf } from './bulk.ts'
import { CLUSTER } from './clusters.ts'
import { keptRecordOf } from './dead-letter-row.ts'
import { type Edit, editsOf } from './edits.ts'
import { forUpdate, holdLock } from './locks.ts'
import type { Queryable, Transaction } from './open.ts'
import { OPEN_STATES } from './open-state.ts'
import { endDecisions, holdDecisions } from './overlays.ts'
import { openCell, sealCell } from './sealed.ts'
import type { DeadLetterTable } from './tables.ts'

/** What a person decided on one dead letter. */
export interface Decision {
  readonly id: string
  readonly deadLetterId: string
  /** `opened`: nothing was decided; somebody looked at the personal values in it. */
  readonly kind: DecisionKind | 'opened'
  readonly by: string
  readonly reason: string
  /** The fingerprint of the version it was decided on. */
  readonly sourceHash: string | null
  /** Of a correction; null when it was pruned. */
  readonly overlay: Overlay | null
  readonly decidedAt: number
}

export interface DecisionRequest {
  readonly project: string
  readonly mapping: string
  readonly by: string
  readonly reason: string
  /** Tells one decision from another: sent again with the same id it decides nothing again. */
  readonly updateId: string
  readonly decision:
    | { readonly kind: 'retry' | 'discard'; readonly of: DeadLetterChoice }
    | { readonly kind: 'assign'; readonly of: DeadLetterChoice; readonly to: string | null }
    /** `edit`: what {@link ./edits.ts} keeps. */
    | { readonly kind: 'correct'; readonly edit: string }
}

export interface Decided {
  /** How many dead letters this decision is about. */
  readonly count: number
  /** The ids of the first twenty. */
  readonly ids: readonly string[]
  /** Of those chosen by id: settled already, or read again from a changed source since they were corrected. */
  readonly skipped: number
}

const MOST_IDS = 20

const upsertDecisions = createUpsert({
  table: 'decision',
  columns: [
    'id',
    'project',
    'dead_letter_id',
    'kind',
    'by',
    'reason',
    'source_hash',
    'overlay',
    'decided_at',
    'update_id',
  ],
  key: ['id'],
})

/**
 * Carries out a decision, for all that are chosen or for none: retried and corrected ones are due now, a correction and a discard
 * hold until the source changes. Exactly one decision stands for each dead letter and `updateId`.
 */
export async function decide(trx: Transaction, request: DecisionRequest): Promise<Decided> {
  const { project, mapping, decision, updateId } = request
  await holdLock(trx, ['dead letters', project, mapping], 'alone')
  const before = await decidedBefore(trx, project, updateId)
  if (before.length > 0) return { count: before.length, ids: before.slice(0, MOST_IDS), skipped: 0 }
  const edits = decision.kind === 'correct' ? await editsOf(trx, project, mapping, decision.edit) : []
  const choice =
    decision.kind === 'correct' ? { ids: edits.map(({ deadLetterId }) => deadLetterId) } : decision.of
  const chosen = await chosenLetters(trx, project, mapping, choice, decision.kind === 'retry')
  const letters = decision.kind === 'correct' ? chosen.filter(isAsEdited(edits)) : chosen
  const overlays = new Map(edits.map(({ deadLetterId, overlay }) => [deadLetterId, overlay]))
  const decidedAt = trx.now()
  const rows = letters.map((letter) => {
    const overlay = overlays.get(letter.id)
    return {
      id: randomUUID(),
      project,
      dead_letter_id: letter.id,
      kind: decision.kind,
      by: request.by,
      reason: request.reason,
      source_hash: letter.source_hash,
      overlay: overlay === undefined ? null : sealCell(trx, 'decision', 'overlay', JSON.stringify(overlay)),
      decided_at: decidedAt,
      update_id: updateId,
    }
  })
  await upsertDecisions(trx, rows)
  const { kind } = decision
  if (kind === 'correct' || kind === 'discard') {
    await holdDecisions(
      trx,
      project,
      mapping,
      letters.map((letter, index) => ({
        kind,
        letter,
        sourceKey: sourceKeyOf(trx, letter),
        overlay: overlays.get(letter.id) ?? null,
        decisionId: rows[index]!.id,
      })),
      decidedAt,
    )
  }
  // Retried although it was discarded: the person took that back.
  const reopened = letters.filter(({ state }) => state === 'discarded')
  await endDecisions(
    trx,
    project,
    mapping,
    reopened.map((letter) => sourceKeyOf(trx, letter)),
  )
  const ids = letters.map(({ id }) => id)
  await trx.db
    .updateTable('dead_letter')
    .set(
      {
        retry: { state: 'retrying', due_at: decidedAt, resolved_at: null },
        correct: { state: 'retrying', due_at: decidedAt },
        discard: { state: 'discarded', due_at: null, resolved_at: decidedAt },
        assign: { owner: decision.kind === 'assign' ? decision.to : null },
      }[kind],
    )
    .where(isOneOf(trx, 'id', ids))
    .execute()
  const asked = 'ids' in choice ? new Set(choice.ids).size : letters.length
  return { count: ids.length, ids: ids.slice(0, MOST_IDS), skipped: asked - letters.length }
}

/** In the order they were taken. */
export async function decisionsOf(
  store: Queryable,
  project: string,
  deadLetterIds: readonly string[],
): Promise<readonly Decision[]> {
  if (deadLetterIds.length === 0) return []
  const rows = await store.db
    .selectFrom('decision')
    .selectAll()
    .where('project', '=', project)
    .where(isOneOf(store, 'dead_letter_id', deadLetterIds))
    .orderBy('decided_at')
    .orderBy('id')
    .execute()
  return rows.map((row) => {
    const overlay = openCell(store, 'decision', 'overlay', row.overlay)
    return {
      id: row.id,
      deadLetterId: row.dead_letter_id,
      kind: row.kind as Decision['kind'],
      by: row.by,
      reason: row.reason,
      sourceHash: row.source_hash,
      overlay: overlay === null ? null : (JSON.parse(overlay) as Overlay),
      decidedAt: row.decided_at,
    }
  })
}

const CHOSEN = [
  'id',
  'state',
  'payload',
  'source_key',
  'source_hash',
  'source_fields',
  'source_stamp',
] as const satisfies readonly (keyof DeadLetterTable)[]
type ChosenLetter = Pick<DeadLetterTable, (typeof CHOSEN)[number]>

async function decidedBefore(
  trx: Transaction,
  project: string,
  updateId: string,
): Promise<readonly string[]> {
  const rows = await trx.db
    .selectFrom('decision')
    .select('dead_letter_id')
    .where('project', '=', project)
    .where('update_id', '=', updateId)
    .orderBy('dead_letter_id')
    .execute()
  return rows.map((row) => row.dead_letter_id)
}

/** Open ones. Chosen by id and to be retried: discarded ones too, where their record has no other one open since. */
async function chosenLetters(
  trx: Transaction,
  project: string,
  mapping: string,
  choice: DeadLetterChoice,
  reopens: boolean,
): Promise<readonly ChosenLetter[]> {
  const isOpen = sql<SqlBool>`state in ${OPEN_STATES}`
  const mayReopen = sql<SqlBool>`(state = 'discarded' and payload is not null and not exists (select 1 from dead_letter other
    where other.project = dead_letter.project and other.mapping = dead_letter.mapping and other.key = dead_letter.key
      and other.state in ${OPEN_STATES}))`
  const query = trx.db
    .selectFrom('dead_letter')
    .select(CHOSEN)
    .where('project', '=', project)
    .where('mapping', '=', mapping)
    .where(conditionOf(trx, choice))
    .where(reopens && 'ids' in choice ? sql<SqlBool>`(${isOpen} or ${mayReopen})` : isOpen)
  const letters = await forUpdate(trx, query, 'id').execute()
  return letters.sort((a, b) => (a.id < b.id ? -1 : 1))
}

function conditionOf(store: Queryable, choice: DeadLetterChoice) {
  if ('ids' in choice) return isOneOf(store, 'id', choice.ids)
  if ('cluster' in choice) return sql<SqlBool>`${CLUSTER} = ${choice.cluster}`
  const { class: kind, state, at, owner, before } = choice.filter
  const conditions = [sql<SqlBool>`1 = 1`]
  if (kind !== undefined) conditions.push(sql`class = ${kind}`)
  if (state !== undefined) conditions.push(sql`state = ${state}`)
  if (at !== undefined) conditions.push(sql`at = ${at}`)
  if (owner === null) conditions.push(sql`owner is null`)
  else if (owner !== undefined) conditions.push(sql`owner = ${owner}`)
  if (before !== undefined) conditions.push(sql`first_seen_at < ${before}`)
  return sql<SqlBool>`(${sql.join(conditions, sql` and `)})`
}

function isAsEdited(edits: readonly Edit[]) {
  const hashes = new Map(edits.map(({ deadLetterId, sourceHash }) => [deadLetterId, sourceHash]))
  return (letter: ChosenLetter): boolean => hashes.get(letter.id) === letter.source_hash
}

function sourceKeyOf(trx: Transaction, letter: ChosenLetter): string {
  return letter.source_key ?? keptRecordOf(trx, letter.payload!).key
}
