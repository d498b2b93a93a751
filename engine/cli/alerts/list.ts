import { type AlertRule, rulesOf, sharedRules } from '../../core/alert/rule.ts'
import { ruleText } from '../../core/alert/words.ts'
import type { Plan } from '../../core/model/plan.ts'
import { type AlertState, alertStates } from '../../store/alert-states.ts'
import type { Store } from '../../store/open.ts'
import { appliedPlans } from '../../store/plans.ts'
import { prefixText } from '../../temporal/names.ts'
import { watchOf } from '../../transfer/alerts/watch-of.ts'
import { EXIT, type Invocation } from '../command.ts'
import { instantText, table } from '../output.ts'
import type { Session } from '../session.ts'

/** How far ahead a change that comes by itself is looked for. */
const AHEAD_MS = 14 * 86_400_000

/** Every applied rule with how it stands. */
export async function listAlerts({ output }: Invocation, session: Session): Promise<number> {
  const { store } = session
  const project = prefixText(session.prefix)
  const plans = (await appliedPlans(store, project)).map(({ plan }) => plan)
  const states = await alertStates(store, project)
  const rules = [
    ...plans.flatMap((plan) => rulesOf(plan).map((rule) => ({ rule, plan }))),
    ...sharedRules(plans).map((rule) => ({ rule, plan: null })),
  ]
  const rows = []
  for (const { rule, plan } of rules) {
    const state = states.find((one) => one.rule === rule.id && one.mapping === rule.mapping) ?? null
    rows.push({
      rule: nameOf(rule),
      mapping: rule.mapping,
      kind: rule.when.kind,
      text: ruleText(rule.when),
      severity: rule.severity,
      notify: rule.notify,
      state: state === null ? 'not judged yet' : state.firing ? 'firing' : 'quiet',
      since: state?.since ?? null,
      escalated: state?.escalated ?? false,
      told: state?.told ?? [],
      summary: state?.firing === true ? (state.message?.summary ?? null) : null,
      next: await nextOf(store, project, rule, plan, state),
    })
  }
  output.data(rows)
  if (rows.length === 0) {
    output.line('No applied mapping has rules: write alerts: in a mapping, and apply it.')
    return EXIT.ok
  }
  const cells = rows.map((row) => [
    row.rule,
    row.text,
    row.severity,
    row.state === 'firing' ? row.state.toUpperCase() : row.state,
    instantText(row.since),
    row.next === null ? '–' : `${row.next.becomes} ${instantText(row.next.at)}`,
    row.notify.join(', '),
  ])
  for (const line of table(['rule', 'when', 'severity', 'state', 'since', 'next', 'notify'], cells))
    output.line(line)
  return EXIT.ok
}

/** What rules are called on the command line. */
export function nameOf({ mapping, id }: Pick<AlertRule, 'mapping' | 'id'>): string {
  return mapping === null ? id : `${mapping}/${id}`
}

/** When the state changes if nothing happens any more. */
async function nextOf(
  store: Store,
  project: string,
  rule: AlertRule,
  plan: Plan | null,
  state: AlertState | null,
): Promise<{ readonly at: number; readonly becomes: 'firing' | 'quiet' } | null> {
  // When a budget is used up nobody knows ahead.
  if (state === null || rule.when.kind === 'budgetUsed') return null
  const now = store.now()
  const request = { project, rule, plan, from: now, to: now + AHEAD_MS, before: state }
  const watch = await watchOf(store, request)
  const at = watch.moments.find((moment) => moment > now && watch.isFiring(moment) !== state.firing)
  return at === undefined ? null : { at, becomes: state.firing ? 'quiet' : 'firing' }
}
