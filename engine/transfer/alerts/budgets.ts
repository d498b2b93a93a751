import type { Lasting } from '../../core/alert/watch.ts'
import { type Limits, readLimits } from '../../core/pace/limits.ts'
import { type Period, periodAt } from '../../core/pace/period.ts'
import type { Queryable } from '../../store/open.ts'
import { callsADay } from '../../store/usage.ts'
import type { WatchRequest } from './watch-of.ts'

/**
 * Days and months in which more than a share of the calls allowed was used, each until its end. Usage is kept by the day: when in
 * it the share was passed is known only of the day that is not over, by whoever looks; of a day that is over its end is taken.
 */
export async function budgetsUsed(
  store: Queryable,
  request: WatchRequest,
  share: number,
): Promise<readonly Lasting[]> {
  const { plan, project, from, to } = request
  if (plan === null) return []
  const lasting: Lasting[] = []
  const ends = [plan.source, plan.target].filter(({ limits }) => limits !== null)
  for (const { connection, limits } of new Map(ends.map((end) => [end.connection.name, end])).values()) {
    const read = readLimits(limits)
    const month = periodAt('month', from, read.zone).name
    const calls = await callsADay(store, project, connection.name, `${month}-01`)
    for (const { unit, limit, period } of periodsOf(read, from, to)) {
      const used = calls
        .filter(({ day }) => day.startsWith(period.name))
        .reduce((sum, { calls: number }) => sum + number, 0)
      if (used <= share * limit) continue
      lasting.push({
        from: beganAt(request, period),
        until: period.until,
        subject: {
          label: connection.name,
          class: null,
          message: `${used} of ${limit} calls a ${unit} (${Math.floor((100 * used) / limit)}%), ${period.name}`,
          place: null,
        },
      })
    }
  }
  return lasting
}

interface Counted {
  readonly unit: 'day' | 'month'
  readonly limit: number
  readonly period: Period
}

/** The days and months that the time touches, as far as there is a limit for them; of it the share for people is taken off. */
function periodsOf(limits: Limits, from: number, to: number): readonly Counted[] {
  return (['day', 'month'] as const).flatMap((unit) => {
    const limit = limits[unit]
    if (limit === null) return []
    const counted: Counted[] = []
    for (let at = from; at <= to; at = counted.at(-1)!.period.until)
      counted.push({ unit, limit, period: periodAt(unit, at, limits.zone) })
    return counted
  })
}

function beganAt({ before, to }: WatchRequest, period: Period): number {
  if (before?.firing === true && before.since >= period.from && before.since < period.until)
    return before.since
  return Math.min(to, period.until - 1)
}
