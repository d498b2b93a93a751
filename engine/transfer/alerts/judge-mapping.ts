import type { AlertLinks } from '../../core/alert/compose.ts'
import { type ConditionKind, rulesOf, sharedRules } from '../../core/alert/rule.ts'
import type { JsonObject } from '../../core/model/json.ts'
import type { Plan } from '../../core/model/plan.ts'
import { alertStatesOf } from '../../store/alert-states.ts'
import type { Store } from '../../store/open.ts'
import { appliedPlan, appliedPlans } from '../../store/plans.ts'
import { judgeRules } from './evaluate.ts'

/** How a worker has people told. */
export interface AlertHost {
  readonly links: AlertLinks
  /** Something is to be told: whoever delivers need not wait for the next minute. Best effort. */
  wake(project: string): void
}

export interface JudgingDependencies {
  readonly store: Store
  readonly alerts?: AlertHost
  log(message: string, fields?: JsonObject): void
}

/** Rules that a page with parked records can make hold. */
export const FAILURE_RULES: readonly ConditionKind[] = ['failures', 'rejected']

/** Where nobody says otherwise, messages name the pages of the published package. */
export const NO_LINKS: AlertLinks = { temporalUi: null, docs: 'https://unpkg.com/tidelock/docs/operations' }

/**
 * Judges the rules of one mapping, or only some kinds of them. Never throws: what is not judged now is judged within the minute,
 * with the same result.
 */
export async function judgeMapping(
  dependencies: JudgingDependencies,
  project: string,
  plan: Plan,
  kinds?: readonly ConditionKind[],
): Promise<void> {
  const rules = rulesOf(plan)
  if (rules.length === 0) return
  await best(dependencies, project, (to) =>
    judgeRules(to, {
      project,
      mapping: plan.mapping,
      plan,
      rules,
      ...(kinds === undefined ? {} : { kinds }),
    }),
  )
}

/** Judges all rules of a mapping at the end of a leg of it; those of connections too when one was `refused`. Never throws. */
export async function judgeAfterLeg(
  dependencies: JudgingDependencies,
  {
    project,
    mapping,
    refused,
  }: { readonly project: string; readonly mapping: string; readonly refused: boolean },
): Promise<void> {
  const applied = await appliedPlan(dependencies.store, project, mapping).catch(() => null)
  if (applied !== null) await judgeMapping(dependencies, project, applied.plan)
  if (refused) await judgeConnections(dependencies, project)
}

/** Judges what is watched of connections. */
async function judgeConnections(dependencies: JudgingDependencies, project: string): Promise<void> {
  await best(dependencies, project, async (to) => {
    const rules = sharedRules((await appliedPlans(to.store, project)).map(({ plan }) => plan))
    const known = await alertStatesOf(to.store, project, null)
    if (rules.length === 0 && known.size === 0) return false
    return judgeRules(to, { project, mapping: null, plan: null, rules })
  })
}

async function best(
  { store, alerts, log }: JudgingDependencies,
  project: string,
  judge: (to: { readonly store: Store; readonly links: AlertLinks }) => Promise<boolean>,
): Promise<void> {
  try {
    if (await judge({ store, links: alerts?.links ?? NO_LINKS })) alerts?.wake(project)
  } catch (error) {
    log('alert rules were not judged', {
      project,
      error: error instanceof Error ? error.message : String(error),
    })
  }
}
