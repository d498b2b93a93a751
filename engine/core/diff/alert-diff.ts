import { ruleText } from '../alert/words.ts'
import type { AlertPlan } from '../model/alert.ts'

/** What differs between a mapping's rules, in words: a rule is known by what it watches. */
export function alertDifferences(before: readonly AlertPlan[], after: readonly AlertPlan[]): string[] {
  // Plans of before there were rules keep them in another shape.
  const gone = before.filter((alert) => (alert as Partial<AlertPlan>).when !== undefined)
  const fresh: AlertPlan[] = []
  const lines: string[] = []
  for (const alert of after) {
    const same = gone.findIndex((other) => ruleText(other.when) === ruleText(alert.when))
    if (same === -1) fresh.push(alert)
    else lines.push(...toldOtherwise(gone.splice(same, 1)[0]!, alert))
  }
  for (const alert of fresh) {
    const of = gone.findIndex((other) => other.when.kind === alert.when.kind)
    if (of === -1) {
      lines.push(`alert added: ${ruleText(alert.when)} (${manner(alert)})`)
      continue
    }
    const other = gone.splice(of, 1)[0]!
    lines.push(`alert ${ruleText(other.when)} → ${ruleText(alert.when)}`, ...toldOtherwise(other, alert))
  }
  return [...lines, ...gone.map((alert) => `alert removed: ${ruleText(alert.when)}`)]
}

function toldOtherwise(before: AlertPlan, after: AlertPlan): string[] {
  return manner(before) === manner(after)
    ? []
    : [`alert ${ruleText(after.when)}: ${manner(before)} → ${manner(after)}`]
}

function manner({ severity, notify, quiet, escalate }: AlertPlan): string {
  return [
    `${severity} to ${notify.join(', ')}`,
    ...(quiet === null ? [] : [`quiet ${quiet}`]),
    ...(escalate === null ? [] : [`after ${escalate.after} to ${escalate.notify.join(', ')} too`]),
  ].join(', ')
}
