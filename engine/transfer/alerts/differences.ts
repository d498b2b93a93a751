import type { Lasting } from '../../core/alert/watch.ts'
import { type DriftClass, isAtLeast } from '../../core/drift/classes.ts'
import { driftOf } from '../../store/drift.ts'
import type { Queryable } from '../../store/open.ts'

/** Differences between what is recorded and what a mapping's systems answer, as bad as that or worse, from when each was seen until it was not any more. */
export async function differences(
  store: Queryable,
  project: string,
  mapping: string,
  atLeast: DriftClass,
): Promise<readonly Lasting[]> {
  return (await driftOf(store, project, { mapping }))
    .filter(({ kind }) => isAtLeast(kind, atLeast))
    .map((row) => ({
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
