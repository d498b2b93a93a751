import { type FailureKind, failureKindOf } from '../core/model/failure.ts'
import { leaseOf } from '../store/lease.ts'
import { appliedPlan } from '../store/plans.ts'
import { finishRun, startRun } from '../store/runs.ts'
import { haltOf } from '../store/waiting-runs.ts'
import type { LegDependencies, LegRequest, LegResult } from './leg.ts'

/** What stops the linked mapping and nobody else. */
const OF_ITS_OWN: ReadonlySet<FailureKind> = new Set([
  'lease-lost',
  'invalid-plan',
  'scope-violation',
  'schema-drift',
  'too-many-rejected',
])

/**
 * Records that another mapping writes and has not met yet (an order came before its customer): that mapping delivers just
 * these, under its own applied plan and its own lease. Where it is at work itself, or cannot, nothing is done: whoever needs
 * the records waits for them. Throws what would stop the asking run too (a remote that is down, an expired token).
 */
export async function deliverLinked(
  dependencies: LegDependencies,
  asking: LegRequest,
  mapping: string,
  keys: readonly string[],
  runLeg: (dependencies: LegDependencies, request: LegRequest) => Promise<LegResult>,
): Promise<void> {
  const { store, now } = dependencies
  const applied = await appliedPlan(store, asking.scope, mapping)
  if (applied === null) return
  // One row for all that a run asks of a mapping: what it read and wrote there balances on its own.
  const runId = `${asking.runId}/${mapping}`
  const lease = await leaseOf(store, asking.scope, mapping)
  if (lease !== null && lease.holder !== null && lease.holder !== runId && lease.expiresAt > store.now())
    return
  // What a halted mapping may not write by its own runs it may not write when it is asked either.
  if ((await haltOf(store, asking.scope, mapping, null))?.planHash === applied.hash) return
  await store.transaction((trx) =>
    startRun(trx, {
      id: runId,
      project: asking.scope,
      mapping,
      lane: 'retry',
      workflowId: asking.runId,
      planHash: applied.hash,
      startedAt: now(),
    }),
  )
  try {
    await runLeg(dependencies, {
      scope: asking.scope,
      plan: applied.plan,
      planHash: applied.hash,
      sourceMap: applied.sourceMap,
      runId,
      lane: 'retry',
      holder: runId,
      budgetMs: asking.budgetMs,
      only: keys,
      waits: false,
      // Whoever asks waits for it.
      priority: asking.priority ?? asking.plan.priority,
      progress() {},
      signal: asking.signal,
    })
  } catch (error) {
    const kind = failureKindOf(error)
    if (!OF_ITS_OWN.has(kind)) throw error
    dependencies.log('a linked mapping could not deliver what was asked of it', { mapping, kind })
  } finally {
    await store.transaction((trx) =>
      finishRun(trx, {
        id: runId,
        finishedAt: now(),
        state: 'done',
        failureKind: null,
        failureMessage: null,
      }),
    )
  }
}
