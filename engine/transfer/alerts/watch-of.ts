import type { AlertRule } from '../../core/alert/rule.ts'
import type { Standing } from '../../core/alert/timeline.ts'
import {
  type Watch,
  watchCountdown,
  watchHappenings,
  watchLasting,
  watchShare,
  watchSilence,
} from '../../core/alert/watch.ts'
import type { Plan } from '../../core/model/plan.ts'
import { parseDuration, parsePercent } from '../../core/parse/duration.ts'
import { parseHours } from '../../core/parse/hours.ts'
import {
  arrivals,
  completedRuns,
  failedRuns,
  haltedRuns,
  judgedPages,
  longRuns,
  openLetters,
  parkedRecords,
  watchedSince,
} from '../../store/alert-facts.ts'
import type { Queryable } from '../../store/open.ts'
import { budgetsUsed } from './budgets.ts'
import { COUNTDOWN_DAYS, endingCredentials, endingsToSeeTo, refusedCredentials } from './credentials.ts'
import { differences } from './differences.ts'

/** How far ahead it is known when silence will have lasted too long. */
const AHEAD_MS = 14 * 86_400_000

/** Which rule is judged, for what time: after `from`, up to and with `to`. */
export interface WatchRequest {
  readonly project: string
  readonly rule: AlertRule
  /** Of the rule's mapping; null for a rule of none. */
  readonly plan: Plan | null
  readonly from: number
  readonly to: number
  /** How it stood at `from`, where that is known. */
  readonly before: Standing | null
}

/** A rule with the facts of the store that it is judged by. */
export async function watchOf(store: Queryable, request: WatchRequest): Promise<Watch> {
  const { project, rule, from, to } = request
  const { when } = rule
  const facts = { project, mapping: rule.mapping ?? '', from, to }
  switch (when.kind) {
    case 'failures': {
      const { atLeast, of } = when
      const withinMs = parseDuration(when.within)
      return watchHappenings(
        [
          ...(of === 'runs' ? [] : await parkedRecords(store, facts, 2 * withinMs)),
          ...(of === 'records' ? [] : await failedRuns(store, facts, 2 * withinMs)),
        ],
        { atLeast, withinMs },
      )
    }
    case 'rejected': {
      const withinMs = parseDuration(when.within)
      // The last page before `from` was judged by those of a whole window before it.
      const pages = await judgedPages(store, { ...facts, from: from - 2 * withinMs })
      const parked = await parkedRecords(store, facts, withinMs)
      return watchShare(pages, parked, { share: parsePercent(when.share), withinMs })
    }
    case 'silence': {
      const came = await (when.of === 'records' ? arrivals : completedRuns)(store, facts)
      const begin = await watchedSince(store, project, facts.mapping)
      const during = when.during === null ? null : parseHours(when.during)
      return watchSilence(
        came,
        // What came before the last one up to `from` is not among the facts.
        { begin: came.some((at) => at <= from) ? null : begin, latest: to + AHEAD_MS },
        { longerThanMs: parseDuration(when.longerThan), during },
      )
    }
    case 'oldestDeadLetter': {
      const afterMs = parseDuration(when.olderThan)
      return watchLasting(await openLetters(store, facts, afterMs), { afterMs })
    }
    case 'runDuration': {
      const afterMs = parseDuration(when.longerThan)
      return watchLasting(await longRuns(store, facts, afterMs), { afterMs })
    }
    case 'budgetUsed':
      return watchLasting(await budgetsUsed(store, request, parsePercent(when.moreThan)), { afterMs: 0 })
    case 'halted':
      return watchLasting(await haltedRuns(store, facts), { afterMs: 0 })
    case 'tokenDaysLeft':
      return watchLasting(await endingCredentials(store, request, when.lessThan), { afterMs: 0 })
    case 'credentialsRefused':
      return watchLasting(await refusedCredentials(store, request, when.connection), { afterMs: 0 })
    case 'credentialsEnd':
      return watchCountdown(await endingsToSeeTo(store, request, when.connection), COUNTDOWN_DAYS)
    case 'drift':
      return watchLasting(await differences(store, project, facts.mapping, when.atLeast), { afterMs: 0 })
  }
}
