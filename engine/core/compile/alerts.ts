import type { AlertCondition, AlertPlan } from '../model/alert.ts'
import type { MappingFile } from '../parse/language.generated.ts'

type WrittenAlert = NonNullable<MappingFile['alerts']>[number]

/** A rule with its defaults filled in. */
export function alertOf(written: WrittenAlert): AlertPlan {
  const { escalate } = written
  return {
    when: conditionOf(written),
    notify: written.notify,
    severity: written.severity ?? 'warning',
    quiet: written.quiet ?? null,
    escalate: escalate === undefined ? null : { after: escalate.after, notify: escalate.notify },
  }
}

function conditionOf(written: WrittenAlert): AlertCondition {
  if ('failures' in written) return { kind: 'failures', of: null, ...written.failures }
  if ('rejected' in written) return { kind: 'rejected', ...written.rejected }
  if ('silence' in written) return { kind: 'silence', during: null, ...written.silence }
  if ('oldestDeadLetter' in written) return { kind: 'oldestDeadLetter', ...written.oldestDeadLetter }
  if ('tokenDaysLeft' in written) return { kind: 'tokenDaysLeft', ...written.tokenDaysLeft }
  if ('budgetUsed' in written) return { kind: 'budgetUsed', ...written.budgetUsed }
  if ('drift' in written) return { kind: 'drift', ...written.drift }
  return { kind: 'runDuration', ...written.runDuration }
}
