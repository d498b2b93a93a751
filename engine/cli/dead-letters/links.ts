import type { Plan } from '../../core/model/plan.ts'
import type { DeadLetterRow } from '../../store/dead-letters.ts'
import { CONNECTORS } from '../connectors.ts'

/** Where a person finds the record in both systems; null where it is not, or nobody knows its page. */
export interface RecordLinks {
  readonly source: string | null
  readonly target: string | null
}

export function linksOf(plan: Plan | null, letter: DeadLetterRow): RecordLinks {
  if (plan === null) return { source: null, target: null }
  const { source, target } = plan
  const url = (side: Plan['source'] | Plan['target'], id: string | null) =>
    id === null
      ? null
      : (CONNECTORS[side.connection.connector]?.recordUrl(side.connection, side.resource, id) ?? null)
  return { source: url(source, letter.sourceKey), target: url(target, letter.targetId) }
}
