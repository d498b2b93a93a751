import { instantText } from '../expression/time.ts'
import type { AlertExample, AlertLink, AlertMessage } from './message.ts'
import type { AlertRule } from './rule.ts'
import type { RuleChange } from './timeline.ts'
import { adviceOf, clauseOf, pageOf, ruleText } from './words.ts'

/** Where messages lead. */
export interface AlertLinks {
  /** The Temporal UI with its namespace: `http://localhost:8233/namespaces/default`. Null: nobody said. */
  readonly temporalUi: string | null
  /** The folder of the docs pages. */
  readonly docs: string
}

/** What people are told of a change. `sequence` numbers the changes of a rule: the message has the same id whenever it is made. */
export function composeMessage(
  project: string,
  rule: AlertRule,
  { change, at, since, count }: RuleChange,
  sequence: number,
  examples: readonly AlertExample[],
  links: AlertLinks,
): AlertMessage {
  const ruleId = [project, ...(rule.mapping === null ? [] : [rule.mapping]), rule.id].join('/')
  return {
    id: `${ruleId}#${sequence}`,
    ruleId,
    project,
    mapping: rule.mapping,
    kind: rule.when.kind,
    rule: ruleText(rule.when),
    severity: rule.severity,
    change,
    since,
    at,
    count,
    summary: summaryOf(rule, { change, at, since, count }),
    examples: change === 'recovered' ? [] : examples,
    advice: change === 'recovered' ? { text: 'Nothing has to be done.', commands: [] } : adviceOf(rule),
    links: linksOf(rule, links),
  }
}

function summaryOf(rule: AlertRule, { change, at, since, count }: RuleChange): string {
  const subject = rule.mapping === null ? '' : `${rule.mapping}: `
  if (change === 'recovered')
    return `${subject}over: ${ruleText(rule.when)}. It held from ${instantText(since)} to ${instantText(at)} (${durationText(at - since)}).`
  const still = change === 'escalated' ? `still after ${durationText(at - since)}: ` : ''
  return `${subject}${still}${clauseOf(rule.when, count)}, since ${instantText(since)}.`
}

function linksOf(rule: AlertRule, { temporalUi, docs }: AlertLinks): readonly AlertLink[] {
  const page = { label: 'What to do', url: `${docs}/${pageOf(rule.when.kind)}.md` }
  if (temporalUi === null) return [page]
  const query =
    rule.mapping === null ? '' : `?query=${encodeURIComponent(`TidelockMapping = "${rule.mapping}"`)}`
  return [{ label: 'Temporal', url: `${temporalUi}/workflows${query}` }, page]
}

const UNITS = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1_000, 's'],
] as const

/** `1 h 5 min`: the two largest parts that are not nothing. */
export function durationText(ms: number): string {
  const parts: string[] = []
  let rest = ms
  for (const [size, unit] of UNITS) {
    const whole = Math.floor(rest / size)
    if (whole > 0) parts.push(`${whole} ${unit}`)
    rest -= whole * size
  }
  return parts.slice(0, 2).join(' ') || `${ms} ms`
}
