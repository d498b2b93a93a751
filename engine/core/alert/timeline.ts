import type { AlertChange } from './message.ts'
import type { AlertRule } from './rule.ts'
import type { Watch } from './watch.ts'

/** Where a rule stood when it was looked at last. */
export interface Standing {
  readonly firing: boolean
  /** Since when it stands so. */
  readonly since: number
  readonly escalated: boolean
  /** Of a rule that holds in steps: the last one. */
  readonly stage: number | null
}

/** A change of a rule's state. */
export interface RuleChange {
  readonly change: AlertChange
  /** When it changed. */
  readonly at: number
  /** Since when the rule holds; of `recovered`: since when it held. */
  readonly since: number
  readonly count: number | null
}

/**
 * What changed after one instant, up to and with another, in order: each instant at which the facts can change the state is
 * looked at, so it makes no difference how often this is asked, nor when; `from` again too, since something may have come at that very
 * instant after it was looked at. Facts that came late (noted before `from`, committed after it) count from the next instant looked
 * at on, `to` at the latest.
 */
export function changesBetween(
  rule: Pick<AlertRule, 'escalate'>,
  watch: Watch,
  before: Standing,
  from: number,
  to: number,
): { readonly changes: readonly RuleChange[]; readonly standing: Standing } {
  const changes: RuleChange[] = []
  let standing = before
  const escalate = (until: number) => {
    if (!standing.firing || standing.escalated || rule.escalate === null) return
    const at = standing.since + rule.escalate.afterMs
    if (at > until) return
    standing = { ...standing, escalated: true }
    const seen = Math.max(at, from)
    changes.push({ change: 'escalated', at: seen, since: standing.since, count: watch.count(seen) })
  }
  for (const at of [...watch.moments.filter((moment) => moment >= from && moment < to), to]) {
    const firing = watch.isFiring(at)
    const stage = firing ? (watch.stage?.(at) ?? null) : null
    if (firing === standing.firing) {
      if (stage === null || stage <= (standing.stage ?? 0)) continue
      standing = { ...standing, stage }
      changes.push({ change: 'escalated', at, since: standing.since, count: watch.count(at) })
      continue
    }
    if (firing) {
      const since = heldSince(watch, at)
      standing = { firing, since, escalated: false, stage }
      changes.push({ change: 'raised', at, since, count: watch.count(at) })
    } else {
      escalate(at - 1)
      changes.push({ change: 'recovered', at, since: standing.since, count: watch.count(at) })
      standing = { firing, since: at, escalated: false, stage }
    }
  }
  escalate(to)
  return { changes, standing }
}

/** The beginning of the time up to an instant in which the rule holds without a break, as far back as the facts go. */
export function heldSince(watch: Watch, at: number): number {
  let since = at
  for (let index = watch.moments.length - 1; index >= 0; index--) {
    const moment = watch.moments[index]!
    if (moment >= since) continue
    if (!watch.isFiring(moment)) break
    since = moment
  }
  return since
}

/** How a rule stands at an instant by the facts alone. */
export function standingAt(rule: Pick<AlertRule, 'escalate'>, watch: Watch, at: number): Standing {
  if (!watch.isFiring(at)) {
    const last = watch.moments.findLast((moment) => moment <= at && watch.isFiring(moment))
    const ended = last === undefined ? undefined : watch.moments.find((moment) => moment > last)
    return { firing: false, since: ended ?? watch.moments[0] ?? at, escalated: false, stage: null }
  }
  const since = heldSince(watch, at)
  const { escalate } = rule
  const stage = watch.stage?.(at) ?? null
  return { firing: true, since, escalated: escalate !== null && since + escalate.afterMs <= at, stage }
}
