import { cronFault } from '../cron.ts'
import type { ParsedDocument, Path } from '../document.ts'
import { parseDuration } from '../duration.ts'
import { parseHours } from '../hours.ts'
import { isTimeZone } from '../time-zone.ts'
import type { Rule } from './rule.ts'

export const schedulesAreValid: Rule = ({ repository, add }) => {
  for (const { document, value } of Object.values(repository.mappings)) {
    const schedule = (value.schedule ?? {}) as { every?: string; cron?: string; timezone?: string }
    const fault = schedule.cron === undefined ? null : cronFault(schedule.cron)
    if (fault !== null)
      add(document, ['schedule', 'cron'], {
        code: 'bad-cron',
        message: `"${schedule.cron}" is not a cron line. ${fault}`,
        hint: 'Minute, hour, day, month, weekday: "*/5 8-18 * * MON-FRI".',
      })
    if (schedule.timezone !== undefined && !isTimeZone(schedule.timezone))
      add(document, ['schedule', 'timezone'], {
        code: 'unknown-zone',
        message: `"${schedule.timezone}" is not a time zone.`,
        hint: 'Write it as in Europe/Brussels.',
      })
    if (schedule.every !== undefined && parseDuration(schedule.every) < 1000)
      add(document, ['schedule', 'every'], {
        code: 'out-of-range',
        message: `A schedule cannot run every ${schedule.every}; the shortest is 1s.`,
        hint: 'Write every: 1m.',
      })
  }
}

/** What failed is not tried again at once, over and over. */
export const retriesPause: Rule = ({ repository, add }) => {
  for (const { document, value } of Object.values(repository.mappings)) {
    const { retry, parked } = value.errors ?? {}
    const pauses: readonly (readonly [Path, string | undefined])[] = [
      [['errors', 'retry', 'first'], retry?.first],
      ...(parked?.again ?? []).map((pause, index) => [['errors', 'parked', 'again', index], pause] as const),
    ]
    for (const [path, pause] of pauses)
      if (pause !== undefined && parseDuration(pause) < 100)
        add(document, path, {
          code: 'out-of-range',
          message: `Nothing is tried again after ${pause}; the shortest is 100ms.`,
          hint: 'Write a pause such as 15m.',
        })
  }
}

export const silencesAreValid: Rule = ({ repository, add }) => {
  for (const { document, value } of Object.values(repository.mappings)) {
    for (const [index, alert] of (value.alerts ?? []).entries()) {
      const during = 'silence' in alert ? alert.silence.during : undefined
      if (during === undefined || parseHours(during) !== null) continue
      add(document, ['alerts', index, 'silence', 'during'], {
        code: 'bad-hours',
        message: `"${during}" are not hours of a week.`,
        hint: 'Weekdays, hours and zone: MON-FRI 08:00-18:00 Europe/Brussels.',
      })
    }
  }
}

export const quietHoursAreValid: Rule = ({ repository, add }) => {
  const check = (document: ParsedDocument, path: Path, quiet: string | undefined): void => {
    if (quiet === undefined || parseHours(quiet, { overMidnight: true }) !== null) return
    add(document, path, {
      code: 'bad-hours',
      message: `"${quiet}" are not hours of a week.`,
      hint: 'Weekdays, hours and zone: MON-SUN 22:00-07:00 Europe/Brussels.',
    })
  }
  for (const { document, value } of Object.values(repository.mappings))
    for (const [index, alert] of (value.alerts ?? []).entries())
      check(document, ['alerts', index, 'quiet'], alert.quiet)
  if (repository.channels === null) return
  const { document, value } = repository.channels
  for (const [name, channel] of Object.entries(value.channels))
    check(document, ['channels', name, 'quiet'], channel.quiet)
}
