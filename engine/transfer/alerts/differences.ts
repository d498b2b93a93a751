import type { Lasting } from '../../core/alert/watch.ts'
import { driftOf } from '../../store/drift.ts'
import type { Queryable } from '../../store/open.ts'

/**
 * Differences between what a mapping's source answers and what is recorded, from when each was seen until a page was fine again. Of
 * fields that the mapping uses: no others are looked at while it runs.
 */
export async function differences(
  store: Queryable,
  project: string,
  mapping: string,
): Promise<readonly Lasting[]> {
  return (await driftOf(store, project, { mapping })).map((row) => ({
    from: row.firstSeenAt,
    until: row.resolvedAt,
    subject: {
      label: `${row.resource} ${row.field}`,
      class: row.kind,
      message: `Recorded is ${row.expected}, found was ${row.found}.`,
      place: null,
    },
  }))
}
