import { randomUUID } from 'node:crypto'
import type { Overlay } from '../core/dead-letter/overlay.ts'
import { createUpsert } from './bulk.ts'
import type { Queryable, Transaction } from './open.ts'
import { openCell, sealCell } from './sealed.ts'

/** A correction of one dead letter that is not decided on yet. */
export interface Edit {
  readonly deadLetterId: string
  /** The fingerprint of the version that was corrected. */
  readonly sourceHash: string | null
  readonly overlay: Overlay
}

const upsertEdits = createUpsert({
  table: 'edit',
  columns: ['id', 'dead_letter_id', 'project', 'mapping', 'source_hash', 'overlay', 'created_at'],
  key: ['id', 'dead_letter_id'],
})

/**
 * Keeps corrections that were validated, and gives the id that a `correct` decision carries: values stay out of Temporal's history.
 * One id for all that are decided together.
 */
export async function saveEdit(
  trx: Transaction,
  project: string,
  mapping: string,
  edits: readonly Edit[],
): Promise<string> {
  const id = randomUUID()
  await upsertEdits(
    trx,
    edits.map(({ deadLetterId, sourceHash, overlay }) => ({
      id,
      dead_letter_id: deadLetterId,
      project,
      mapping,
      source_hash: sourceHash,
      overlay: sealCell(trx, 'edit', 'overlay', JSON.stringify(overlay)),
      created_at: trx.now(),
    })),
  )
  return id
}

/** Empty when there is none, of this mapping. */
export async function editsOf(
  store: Queryable,
  project: string,
  mapping: string,
  id: string,
): Promise<readonly Edit[]> {
  const rows = await store.db
    .selectFrom('edit')
    .selectAll()
    .where('project', '=', project)
    .where('mapping', '=', mapping)
    .where('id', '=', id)
    .orderBy('dead_letter_id')
    .execute()
  return rows.map((row) => ({
    deadLetterId: row.dead_letter_id,
    sourceHash: row.source_hash,
    overlay: JSON.parse(openCell(store, 'edit', 'overlay', row.overlay)) as Overlay,
  }))
}
