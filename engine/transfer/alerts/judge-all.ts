import { rulesOf, sharedRules } from '../../core/alert/rule.ts'
import { alertStates } from '../../store/alert-states.ts'
import { appliedPlans } from '../../store/plans.ts'
import { type AlertDependencies, judgeRules } from './evaluate.ts'

/** Judges every rule of a project and environment. Gives whether anything is to be told. */
export async function judgeAll(dependencies: AlertDependencies, project: string): Promise<boolean> {
  const { store } = dependencies
  const plans = (await appliedPlans(store, project)).map(({ plan }) => plan)
  const left = new Set((await alertStates(store, project)).map(({ mapping }) => mapping))
  let told = false
  for (const plan of plans) {
    const rules = rulesOf(plan)
    if (rules.length === 0 && !left.has(plan.mapping)) continue
    const judged = await judgeRules(dependencies, { project, mapping: plan.mapping, plan, rules })
    told ||= judged
  }
  for (const mapping of left) {
    if (mapping === null || plans.some((plan) => plan.mapping === mapping)) continue
    const judged = await judgeRules(dependencies, { project, mapping, plan: null, rules: [] })
    told ||= judged
  }
  const shared = sharedRules(plans)
  if (shared.length === 0 && !left.has(null)) return told
  return (await judgeRules(dependencies, { project, mapping: null, plan: null, rules: shared })) || told
}
