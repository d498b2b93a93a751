import type { AlertCondition, AlertPlan, AlertSeverity } from '../model/alert.ts'
import type { JsonValue } from '../model/json.ts'
import type { Plan } from '../model/plan.ts'
import { parseDuration } from '../parse/duration.ts'
import { type Hours, parseHours } from '../parse/hours.ts'
import { hashOf } from '../transform/fingerprint.ts'
import { durationText } from './duration-text.ts'

/** What is watched wherever somebody can be told, without a rule. */
export type BuiltInCondition =
  | { readonly kind: 'halted' }
  | { readonly kind: 'credentialsRefused'; readonly connection: string }
  /** A key or consent that a person has to renew, told at some days before its end. */
  | { readonly kind: 'credentialsEnd'; readonly connection: string }

/** What is a state: it begins to hold, and is over. */
export type Condition = AlertCondition | BuiltInCondition
export type ConditionKind = Condition['kind']

/** What is told each time it happens, and is never over: `errors.parked.escalate` of a mapping. */
export interface Escalation {
  readonly kind: 'openTooLong'
  readonly after: string
}

/** One thing that is watched, with whom to tell. */
export interface AlertRule<When = Condition> {
  /** Stays the same while the condition does, whoever is told of it; unique in its mapping. */
  readonly id: string
  /** Null: of a connection. */
  readonly mapping: string | null
  readonly when: When
  readonly notify: readonly string[]
  readonly severity: AlertSeverity
  readonly quiet: Hours | null
  readonly escalate: { readonly afterMs: number; readonly notify: readonly string[] } | null
}

/** The rules of a mapping, and its built-in one: a run of it that halted. A mapping without rules has nobody to tell. */
export function rulesOf(plan: Pick<Plan, 'mapping' | 'alerts'>): readonly AlertRule[] {
  // Plans of before there were rules keep them in another shape, and are applied again before they are watched.
  const written = plan.alerts.filter((alert) => (alert as Partial<AlertPlan>).when !== undefined)
  const seen = new Map<string, number>()
  const rules = written.map((alert) => {
    const name = `${alert.when.kind}-${hashOf(alert.when as unknown as JsonValue).slice(0, 8)}`
    const before = seen.get(name) ?? 0
    seen.set(name, before + 1)
    return ruleOf(plan.mapping, before === 0 ? name : `${name}-${before + 1}`, alert)
  })
  if (rules.length === 0) return []
  return [...rules, builtIn(plan.mapping, { kind: 'halted' }, channelsOf(rules))]
}

/** Who hears of dead letters that are open for longer than the mapping allows; null where it allows any time. */
export function escalationRule(
  plan: Pick<Plan, 'mapping' | 'alerts' | 'errors'>,
): AlertRule<Escalation> | null {
  const { escalate } = plan.errors.parked
  if (escalate === null) return null
  const when = { kind: 'openTooLong', after: durationText(escalate) } as const
  return builtIn(plan.mapping, when, channelsOf(rulesOf(plan)))
}

function ruleOf(
  mapping: string,
  id: string,
  { when, notify, severity, quiet, escalate }: AlertPlan,
): AlertRule {
  return {
    id,
    mapping,
    when,
    notify,
    severity,
    quiet: quiet === null ? null : parseHours(quiet, { overMidnight: true }),
    escalate: escalate === null ? null : { afterMs: parseDuration(escalate.after), notify: escalate.notify },
  }
}

function builtIn<When extends BuiltInCondition | Escalation>(
  mapping: string | null,
  when: When,
  notify: readonly string[],
): AlertRule<When> {
  const of = 'connection' in when ? `/${when.connection}` : ''
  return { id: `${when.kind}${of}`, mapping, when, notify, severity: 'critical', quiet: null, escalate: null }
}

/** What is watched beside the mappings: the credentials of each connection that one with rules uses. */
export function sharedRules(plans: readonly Plan[]): readonly AlertRule[] {
  const byConnection = new Map<string, Set<string>>()
  for (const plan of plans) {
    const told = channelsOf(rulesOf(plan))
    if (told.length === 0) continue
    for (const { name } of [plan.source.connection, plan.target.connection])
      byConnection.set(name, new Set([...(byConnection.get(name) ?? []), ...told]))
  }
  return [...byConnection].flatMap(([connection, channels]): AlertRule[] => {
    const told = [...channels].sort()
    return [
      builtIn(null, { kind: 'credentialsRefused', connection }, told),
      { ...builtIn(null, { kind: 'credentialsEnd', connection }, told), severity: 'warning' },
    ]
  })
}

/** Every channel that the rules tell, now or later. */
function channelsOf(rules: readonly AlertRule[]): readonly string[] {
  return [
    ...new Set(rules.flatMap(({ notify, escalate }) => [...notify, ...(escalate?.notify ?? [])])),
  ].sort()
}
