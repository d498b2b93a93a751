import type { Plan } from '../core/model/plan.ts'
import { certainAfter } from '../core/transform/certain.ts'
import type { DeliveredHashes } from '../core/transform/compare.ts'
import type { LedgerRow } from '../store/ledger.ts'
import type { LegContext } from './context.ts'
import type { Work } from './work.ts'

/** What every ledger row of a record says, an intent's and a confirmed one's. */
export function columnsOf(context: LegContext, work: Work) {
  const { plan } = context
  return {
    project: context.scope,
    namespace: plan.namespace,
    connection: plan.target.connection.name,
    resource: plan.target.resource,
    key: work.key,
    label: work.label,
    sourceKey: work.record.key,
    sourceStamp: work.record.stamp,
    planHash: context.planHash,
    runId: context.runId,
  }
}

/**
 * What an open intent leaves certain of the record at the target. Fields that a step overwrites are not: the intent may have
 * been cut short between the step and the writing back.
 */
export function certainOf(plan: Plan, row: LedgerRow): DeliveredHashes {
  const certain = certainAfter(row.previous?.fieldHashes ?? null, row.sent)
  const overwritten = new Set(plan.steps.flatMap((step) => step.overwrites))
  const fields = Object.entries(certain.fields).filter(([field]) => !overwritten.has(field))
  return { ...certain, fields: Object.fromEntries(fields) }
}
