import type { AlertRule } from '../../core/alert/rule.ts'
import { changesBetween, type RuleChange, standingAt } from '../../core/alert/timeline.ts'
import type { Plan } from '../../core/model/plan.ts'
import type { Queryable } from '../../store/open.ts'
import { watchOf } from './watch-of.ts'

/** What a rule would have said of a time, by what the store knows of it. */
export interface Replay {
  /** Whether it would have held already at the beginning. */
  readonly firingAtStart: boolean
  readonly changes: readonly RuleChange[]
  readonly firingNow: boolean
}

/** Judges a rule over the history in the store, whether it is applied or only written: what live judging would have said. */
export async function replayRule(
  store: Queryable,
  request: {
    readonly project: string
    readonly rule: AlertRule
    /** Of the rule's mapping; null for a rule of none. */
    readonly plan: Plan | null
    readonly from: number
    readonly to: number
  },
): Promise<Replay> {
  const { rule, from, to } = request
  const watch = await watchOf(store, { ...request, before: null })
  const before = standingAt(rule, watch, from)
  const { changes, standing } = changesBetween(rule, watch, before, from, to)
  return { firingAtStart: before.firing, changes, firingNow: standing.firing }
}
