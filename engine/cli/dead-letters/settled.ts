import type { DecisionKind } from '../../core/model/dead-letter.ts'
import type { DeadLetterRow } from '../../store/dead-letters.ts'
import { decisionsOf } from '../../store/decisions.ts'
import { prefixText } from '../../temporal/names.ts'
import { instantText } from '../output.ts'
import type { Session } from '../session.ts'
import { nameOf } from './list.ts'
import type { PlanBook } from './plans.ts'
import { isOpen } from './selected.ts'

const MOST_SHOWN = 20

/** A sentence for each dead letter where none of them can be decided on any more; empty where one can. */
export async function settledAlready(
  { store, prefix }: Session,
  kind: DecisionKind,
  letters: readonly DeadLetterRow[],
  plans: PlanBook,
): Promise<readonly string[]> {
  // A retry takes a discard back.
  const canBeDecided = ({ state }: DeadLetterRow) =>
    isOpen(state) || (kind === 'retry' && state === 'discarded')
  if (letters.some(canBeDecided)) return []
  const some = await plans.shown(letters.slice(0, MOST_SHOWN), false)
  const ids = some.filter(({ state }) => state === 'discarded').map(({ id }) => id)
  const discards = (await decisionsOf(store, prefixText(prefix), ids)).filter(
    (decision) => decision.kind === 'discard',
  )
  return some.map((letter) => {
    const by = discards.findLast(({ deadLetterId }) => deadLetterId === letter.id)?.by
    return `${nameOf(letter)} is ${letter.state} already${by === undefined ? '' : `, by ${by}`}, since ${instantText(letter.resolvedAt)}: nothing is to be done.`
  })
}
