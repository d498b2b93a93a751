import type { Lasting } from '../../core/alert/watch.ts'
import { dateText, dayOf } from '../../core/expression/time.ts'
import type { JsonObject } from '../../core/model/json.ts'
import type { Queryable } from '../../store/open.ts'
import { callsADay } from '../../store/usage.ts'
import type { WatchRequest } from './watch-of.ts'

const DAY_MS = 86_400_000

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
    const calls = await callsADay(store, project, connection.name, monthOf(from))
    for (const period of periodsOf(limits!, from, to)) {
      const used = calls
        .filter(({ day }) => day.startsWith(period.name))
        .reduce((sum, { calls: number }) => sum + number, 0)
      if (used <= share * period.limit) continue
      lasting.push({
        from: beganAt(request, period),
        until: period.until,
        subject: {
          label: connection.name,
          class: null,
          message: `${used} of ${period.limit} calls a ${period.unit} (${Math.floor((100 * used) / period.limit)}%), ${period.name}`,
          place: null,
        },
      })
    }
  }
  return lasting
}

interface Period {
  readonly unit: 'day' | 'month'
  /** `2026-11-24`, or `2026-11`. */
  readonly name: string
  readonly limit: number
  readonly from: number
  readonly until: number
}

/** The days and months that the time touches, in UTC, as far as there is a limit for them. */
function periodsOf(limits: JsonObject, from: number, to: number): readonly Period[] {
  const periods = new Map<string, Period>()
  const { perDay, perMonth } = limits as { perDay?: number; perMonth?: number }
  for (let day = Math.floor(from / DAY_MS); day <= Math.floor(to / DAY_MS); day++) {
    const name = dateText(day)
    if (perDay !== undefined)
      periods.set(name, { unit: 'day', name, limit: perDay, from: day * DAY_MS, until: (day + 1) * DAY_MS })
    const month = name.slice(0, 7)
    if (perMonth === undefined || periods.has(month)) continue
    const first = dayOf(`${month}-01`)!
    const next = dayOf(`${dateText(first + 31).slice(0, 7)}-01`)!
    periods.set(month, {
      unit: 'month',
      name: month,
      limit: perMonth,
      from: first * DAY_MS,
      until: next * DAY_MS,
    })
  }
  return [...periods.values()]
}

function beganAt({ before, to }: WatchRequest, period: Period): number {
  if (before?.firing === true && before.since >= period.from && before.since < period.until)
    return before.since
  return Math.min(to, period.until - 1)
}

/** The first day of the month. */
function monthOf(at: number): string {
  return `${dateText(Math.floor(at / DAY_MS)).slice(0, 7)}-01`
}
