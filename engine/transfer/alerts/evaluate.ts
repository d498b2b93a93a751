import { type AlertLinks, composeMessage } from '../../core/alert/compose.ts'
import { isWithin } from '../../core/alert/hours.ts'
import type { AlertMessage } from '../../core/alert/message.ts'
import type { AlertRule, ConditionKind } from '../../core/alert/rule.ts'
import { whomToTell } from '../../core/alert/tell.ts'
import { changesBetween, type RuleChange, type Standing } from '../../core/alert/timeline.ts'
import type { Plan } from '../../core/model/plan.ts'
import { type Hours, parseHours } from '../../core/parse/hours.ts'
import {
  type AlertState,
  addAlertChange,
  alertStatesOf,
  dropAlertState,
  lastSequence,
  lockAlerts,
  saveAlertState,
} from '../../store/alert-states.ts'
import { appliedChannels } from '../../store/channels.ts'
import type { Store, Transaction } from '../../store/open.ts'
import { enqueueMessage } from '../../store/outbox.ts'
import { examplesOf } from './examples.ts'
import { watchOf } from './watch-of.ts'

export interface AlertDependencies {
  readonly store: Store
  readonly links: AlertLinks
}

/** The rules of one mapping, or (mapping null) those of connections. */
export interface RulesToJudge {
  readonly project: string
  readonly mapping: string | null
  readonly plan: Plan | null
  readonly rules: readonly AlertRule[]
  /** Only these kinds. Default: all. */
  readonly kinds?: readonly ConditionKind[]
}

/**
 * Judges rules by what the store knows and queues what people are to be told, in one transaction: however many workers look, and
 * however often, each change of a state is told once. What changed since a rule was looked at last is told in order, with the
 * instants at which it changed. Gives whether anything is to be told.
 */
export async function judgeRules(
  { store, links }: AlertDependencies,
  { project, mapping, plan, rules, kinds }: RulesToJudge,
): Promise<boolean> {
  return store.transaction(async (trx) => {
    await lockAlerts(trx, project, mapping)
    const states = await alertStatesOf(trx, project, mapping)
    let told = false
    for (const rule of rules) {
      if (kinds !== undefined && !kinds.includes(rule.when.kind)) continue
      const judged = await judgeRule(trx, links, project, plan, rule, states.get(rule.id) ?? null)
      told ||= judged
    }
    if (kinds !== undefined) return told
    for (const state of states.values()) {
      if (rules.some(({ id }) => id === state.rule)) continue
      const retired = await retire(trx, project, state)
      told ||= retired
    }
    return told
  })
}

async function judgeRule(
  trx: Transaction,
  links: AlertLinks,
  project: string,
  plan: Plan | null,
  rule: AlertRule,
  known: AlertState | null,
): Promise<boolean> {
  const now = Math.max(trx.now(), known?.evaluatedAt ?? 0)
  const from = known?.evaluatedAt ?? now
  const before: Standing = known ?? { firing: false, since: now, escalated: false, stage: null }
  const watch = await watchOf(trx, {
    project,
    rule,
    plan,
    from,
    to: now,
    before: known === null ? null : before,
  })
  const { changes, standing } = changesBetween(rule, watch, before, from, now)
  let sequence = known?.sequence ?? (await lastSequence(trx, project, rule.mapping, rule.id))
  let last = known?.message ?? null
  const messages = new Map<RuleChange, AlertMessage>()
  for (const change of changes) {
    sequence++
    const examples =
      change.change === 'recovered' ? [] : await examplesOf(trx, project, watch.subjects(change.at))
    last = composeMessage(project, rule, change, sequence, examples, links)
    messages.set(change, last)
    const { summary } = last
    await addAlertChange(trx, project, { mapping: rule.mapping, rule: rule.id, sequence, ...change, summary })
  }
  const quiet = await quietOf(trx, project)
  const isQuiet = (channel: string) =>
    [rule.quiet, quiet.get(channel) ?? null].some((hours) => hours !== null && isWithin(hours, now))
  const { tellings, told } = whomToTell(rule, known?.told ?? [], changes, standing, isQuiet)
  for (const { change, channels } of tellings) {
    const message = change === null ? last : messages.get(change)!
    if (message !== null) await enqueueMessage(trx, { project, message, channels })
  }
  await saveAlertState(trx, project, {
    mapping: rule.mapping,
    rule: rule.id,
    kind: rule.when.kind,
    ...standing,
    sequence,
    told,
    message: last,
    evaluatedAt: now,
  })
  return tellings.length > 0
}

/** Hours in which channels are told nothing but what is critical. */
async function quietOf(trx: Transaction, project: string): Promise<ReadonlyMap<string, Hours>> {
  const channels = await appliedChannels(trx, project)
  return new Map(
    channels.flatMap(({ definition: { name, quiet } }) => {
      const hours = quiet === null ? null : parseHours(quiet, { overMidnight: true })
      return hours === null ? [] : [[name, hours]]
    }),
  )
}

/** A rule that is no longer watched: who was told that it holds is told that it does not matter any more. */
async function retire(trx: Transaction, project: string, state: AlertState): Promise<boolean> {
  const { message } = state
  const isTold = message !== null && state.told.length > 0
  if (state.firing && message !== null) {
    const sequence = state.sequence + 1
    const at = trx.now()
    const subject = message.mapping === null ? '' : `${message.mapping}: `
    const summary = `${subject}no longer watched: ${message.rule}.`
    const { mapping, rule } = state
    const change = { change: 'recovered', at, since: state.since, count: null } as const
    await addAlertChange(trx, project, { mapping, rule, sequence, summary, ...change })
    if (isTold)
      await enqueueMessage(trx, {
        project,
        channels: state.told,
        message: {
          ...message,
          ...change,
          id: `${message.ruleId}#${sequence}`,
          summary,
          examples: [],
          advice: { text: 'The rule was changed or removed.', commands: [] },
        },
      })
  }
  await dropAlertState(trx, project, state)
  return isTold
}
