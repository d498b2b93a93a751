import type { DecisionKind } from '../../core/model/dead-letter.ts'
import type { DeadLetterRow } from '../../store/dead-letters.ts'
import { noteOpened } from '../../store/openings.ts'
import { prefixText } from '../../temporal/names.ts'
import type { Invocation } from '../command.ts'
import { stampOf } from '../commands/apply.ts'
import type { Session } from '../session.ts'

/** Who decides, and why: `--by`, else who git or the machine says is at work. */
export function actorOf(
  { options }: Invocation,
  { folder }: Session,
): { readonly by: string; readonly reason: string } {
  const by = typeof options['by'] === 'string' ? options['by'].trim() : ''
  const reason = typeof options['reason'] === 'string' ? options['reason'].trim() : ''
  return { by: by === '' ? (stampOf(folder).author ?? 'unknown') : by, reason }
}

/** Keeps that somebody looks at the personal values in these dead letters, beside what is decided on them. */
export function noteOpening(
  { store, prefix }: Session,
  letters: readonly DeadLetterRow[],
  actor: { readonly by: string; readonly reason: string },
): Promise<void> {
  const ids = letters.map(({ id }) => id)
  return store.transaction((trx) => noteOpened(trx, prefixText(prefix), ids, actor))
}

/** What stands for a reason where none has to be given. */
export const DEFAULT_REASONS: Readonly<Record<DecisionKind, string>> = {
  retry: 'tried again',
  correct: 'corrected',
  discard: 'discarded',
  assign: 'assigned',
}
