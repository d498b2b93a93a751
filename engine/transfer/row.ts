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
