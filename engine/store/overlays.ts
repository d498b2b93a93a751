import type { Overlay } from '../core/dead-letter/overlay.ts'
import type { FieldHashes, SourceVersion } from '../core/dead-letter/version.ts'
import { createUpsert, isOneOf } from './bulk.ts'
import type { Queryable, Transaction } from './open.ts'
import { openCell, sealCell } from './sealed.ts'
import type { DeadLetterTable } from './tables.ts'

/** What was decided of a record and holds until its source changes in a field that the mapping uses. */
export interface HeldDecision {
  readonly kind: 'correct' | 'discard'
  readonly sourceKey: string
  /** What it was decided on; the stamp is null where an earlier version of the store kept none. */
  readonly version: SourceVersion
  readonly stamp: string | null
  /** Of a correction; null when it was pruned. */
  readonly overlay: Overlay | null
  readonly deadLetterId: string
  readonly decisionId: string
}

/** By source key; keys of which nothing was decided are left out. */
export async function heldDecisions(
  store: Queryable,
  project: string,
  mapping: string,
  sourceKeys: readonly string[],
): Promise<ReadonlyMap<string, HeldDecision>> {
  if (sourceKeys.length === 0) return new Map()
  const rows = await store.db
    .selectFrom('overlay')
    .selectAll()
    .where('project', '=', project)
    .where('mapping', '=', mapping)
    .where(isOneOf(store, 'source_key', sourceKeys))
    .execute()
  return new Map(
    rows.map((row) => {
      const overlay = openCell(store, 'overlay', 'overlay', row.overlay)
      const held: HeldDecision = {
        kind: row.kind as HeldDecision['kind'],
        sourceKey: row.source_key,
        version: {
          hash: row.source_hash,
          fields: row.source_fields === null ? {} : (JSON.parse(row.source_fields) as FieldHashes),
        },
        stamp: row.source_stamp,
        overlay: overlay === null ? null : (JSON.parse(overlay) as Overlay),
        deadLetterId: row.dead_letter_id,
        decisionId: row.decision_id,
      }
      return [row.source_key, held]
    }),
  )
}

const upsertOverlays = createUpsert({
  table: 'overlay',
  columns: [
    'project',
    'mapping',
    'source_key',
    'kind',
    'source_hash',
    'source_fields',
    'source_stamp',
    'overlay',
    'dead_letter_id',
    'decision_id',
    'decided_at',
  ],
  key: ['project', 'mapping', 'source_key'],
})

/** From now on, for these versions; what was decided of these records before holds no more. */
export async function holdDecisions(
  trx: Transaction,
  project: string,
  mapping: string,
  decisions: readonly {
    readonly kind: HeldDecision['kind']
    readonly letter: Pick<DeadLetterTable, 'id' | 'source_hash' | 'source_fields' | 'source_stamp'>
    readonly sourceKey: string
    readonly overlay: Overlay | null
    readonly decisionId: string
  }[],
  now: number,
): Promise<void> {
  await upsertOverlays(
    trx,
    decisions.map(({ kind, letter, sourceKey, overlay, decisionId }) => ({
      project,
      mapping,
      source_key: sourceKey,
      kind,
      source_hash: letter.source_hash,
      source_fields: letter.source_fields,
      source_stamp: letter.source_stamp,
      overlay: overlay === null ? null : sealCell(trx, 'overlay', 'overlay', JSON.stringify(overlay)),
      dead_letter_id: letter.id,
      decision_id: decisionId,
      decided_at: now,
    })),
  )
}

/** The source changed, or a person took it back: nothing holds for these records any more. */
export async function endDecisions(
  trx: Transaction,
  project: string,
  mapping: string,
  sourceKeys: readonly string[],
): Promise<void> {
  if (sourceKeys.length === 0) return
  await trx.db
    .deleteFrom('overlay')
    .where('project', '=', project)
    .where('mapping', '=', mapping)
    .where(isOneOf(trx, 'source_key', sourceKeys))
    .execute()
}
