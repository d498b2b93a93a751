import type { DecisionKind } from '../../core/model/dead-letter.ts'
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

/** What stands for a reason where none has to be given. */
export const DEFAULT_REASONS: Readonly<Record<DecisionKind, string>> = {
  retry: 'tried again',
  correct: 'corrected',
  discard: 'discarded',
  assign: 'assigned',
}
