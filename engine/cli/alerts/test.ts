import { durationText } from '../../core/alert/duration-text.ts'
import { type AlertRule, rulesOf, sharedRules } from '../../core/alert/rule.ts'
import { ruleText } from '../../core/alert/words.ts'
import type { HashedPlan } from '../../core/compile/repository.ts'
import { didYouMean } from '../../core/expression/nearest.ts'
import type { Plan } from '../../core/model/plan.ts'
import { parseDuration } from '../../core/parse/duration.ts'
import { historyBegins } from '../../store/credential-history.ts'
import type { Store } from '../../store/open.ts'
import { appliedPlans } from '../../store/plans.ts'
import { prefixText } from '../../temporal/names.ts'
import { replayRule } from '../../transfer/alerts/replay.ts'
import { EXIT, type Invocation, UsageError } from '../command.ts'
import { instantText, table } from '../output.ts'
import type { Session } from '../session.ts'
import { nameOf } from './list.ts'

const DEFAULT_SINCE = '30d'

/** A time in which a rule would have held. */
interface Firing {
  readonly raisedAt: number
  readonly since: number
  readonly count: number | null
  readonly escalatedAt: number | null
  /** Null: it would hold now. */
  readonly recoveredAt: number | null
}

/** How often a rule as it stands in the files would have fired, by the history in the store. */
export async function testAlert(
  { options, output }: Invocation,
  session: Session,
  plans: readonly HashedPlan[],
  name: string,
): Promise<number> {
  const { store } = session
  const project = prefixText(session.prefix)
  const to = store.now()
  const from = sinceOf(String(options['since'] ?? DEFAULT_SINCE), to)
  const { rule, plan } = ruleNamed(
    plans.map((hashed) => hashed.plan),
    name,
  )
  const isApplied = await isRuleApplied(store, project, rule)
  const replay = await replayRule(store, { project, rule, plan, from, to })
  const firings = firingsOf(replay.changes)
  const limit = await limitOf(store, project, rule, from)
  output.data({
    rule: nameOf(rule),
    mapping: rule.mapping,
    text: ruleText(rule.when),
    applied: isApplied,
    from,
    to,
    fired: firings.length,
    firingAtStart: replay.firingAtStart,
    firingNow: replay.firingNow,
    firings,
    note: limit,
  })
  output.line(`${nameOf(rule)}  ${ruleText(rule.when)}${isApplied ? '' : '  (not applied)'}`)
  const already = replay.firingAtStart ? ' It would have held already when that began.' : ''
  const times = firings.length === 1 ? 'once' : `${firings.length} times`
  output.line(`Would have fired ${times} since ${instantText(from)}.${already}`)
  if (firings.length > 0) {
    const rows = firings.map((firing) => [
      instantText(firing.raisedAt),
      instantText(firing.recoveredAt),
      durationText((firing.recoveredAt ?? to) - firing.since),
      firing.count ?? '',
      instantText(firing.escalatedAt),
    ])
    for (const line of table(['raised', 'recovered', 'held', 'count', 'escalated'], rows)) output.line(line)
  }
  if (limit !== null) output.note(limit)
  return EXIT.ok
}

function firingsOf(changes: Awaited<ReturnType<typeof replayRule>>['changes']): readonly Firing[] {
  const firings: Firing[] = []
  for (const { change, at, since, count } of changes) {
    if (change === 'raised') {
      firings.push({ raisedAt: at, since, count, escalatedAt: null, recoveredAt: null })
      continue
    }
    const last = firings.pop()
    if (last !== undefined)
      firings.push({ ...last, [change === 'escalated' ? 'escalatedAt' : 'recoveredAt']: at })
  }
  return firings
}

async function isRuleApplied(store: Store, project: string, rule: AlertRule): Promise<boolean> {
  const plans = (await appliedPlans(store, project)).map(({ plan }) => plan)
  const applied =
    rule.mapping === null
      ? sharedRules(plans)
      : plans.filter(({ mapping }) => mapping === rule.mapping).flatMap(rulesOf)
  return applied.some(({ id }) => id === rule.id)
}

/** What of the past the store does not know. */
async function limitOf(
  store: Store,
  project: string,
  { when }: AlertRule,
  from: number,
): Promise<string | null> {
  if (['tokenDaysLeft', 'credentialsEnd', 'credentialsRefused'].includes(when.kind)) {
    const begins = await historyBegins(store, project)
    if (begins === null) return 'The store knows nothing of the credentials yet: no connection was looked at.'
    return begins > from ? `How credentials stood is known from ${instantText(begins)} on.` : null
  }
  if (when.kind === 'budgetUsed')
    return 'Usage is kept by the day: of a day that is over, its end is taken for the time at which the share was passed.'
  return null
}

/** `shopify-orders/failures-1a2b3c4d` as a list shows it; without its end where that is clear, without the mapping where that is. */
function ruleNamed(
  plans: readonly Plan[],
  name: string,
): { readonly rule: AlertRule; readonly plan: Plan | null } {
  const all = [
    ...plans.flatMap((plan) => rulesOf(plan).map((rule) => ({ rule, plan }))),
    ...sharedRules(plans).map((rule) => ({ rule, plan: null })),
  ]
  const exact = all.find(({ rule }) => nameOf(rule) === name)
  if (exact !== undefined) return exact
  const found = all.filter(({ rule }) =>
    [rule.id, `${rule.mapping}/${rule.when.kind}`, rule.when.kind].includes(name),
  )
  if (found.length === 1) return found[0]!
  const names = (found.length > 0 ? found : all).map(({ rule }) => `${nameOf(rule)} (${ruleText(rule.when)})`)
  if (found.length > 1) throw new UsageError(`"${name}" are several rules: ${names.join('; ')}`)
  if (all.length === 0) throw new UsageError('no mapping in the files has rules: write alerts: in one')
  const near = didYouMean(
    name,
    all.map(({ rule }) => nameOf(rule)),
  )
  throw new UsageError(`there is no rule "${name}". ${near ?? `There are: ${names.join('; ')}`}`)
}

function sinceOf(text: string, now: number): number {
  const from = /^\d{1,6}(ms|s|m|h|d)$/.test(text)
    ? now - parseDuration(text)
    : /^\d{4}-\d\d-\d\d(T.*Z)?$/.test(text)
      ? Date.parse(text)
      : Number.NaN
  if (!Number.isFinite(from) || from >= now)
    throw new UsageError(
      `--since takes a duration back such as 30d, or a day that was, such as 2026-11-01; it is "${text}"`,
    )
  return from
}
