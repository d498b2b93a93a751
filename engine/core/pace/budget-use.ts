import type { Limits } from './limits.ts'
import { type Period, periodAt } from './period.ts'

/** How much of a day's or month's calls is used. */
export interface BudgetUse {
  readonly of: 'perDay' | 'perMonth'
  readonly used: number
  /** What we may use: the reserve for people is taken off. */
  readonly most: number
  /** `used / most`: 0.8 is 80 %. */
  readonly share: number
  /** The day or month it is counted in (epoch ms). */
  readonly period: Period
}

/** Calls of a day (YYYY-MM-DD in the zone of the limits). */
export interface DayOfCalls {
  readonly day: string
  readonly calls: number
}

/** Both budgets, as far as there are any. */
export function budgetUses(limits: Limits, days: readonly DayOfCalls[], now: number): readonly BudgetUse[] {
  return (['day', 'month'] as const).flatMap((kind) => {
    const most = limits[kind]
    if (most === null) return []
    const period = periodAt(kind, now, limits.zone)
    const used = days
      .filter(({ day }) => day.startsWith(period.name))
      .reduce((sum, { calls }) => sum + calls, 0)
    const of = kind === 'day' ? 'perDay' : 'perMonth'
    return [{ of, used, most, share: most === 0 ? 1 : used / most, period }]
  })
}
