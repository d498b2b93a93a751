import { instantText } from '../expression/time.ts'
import { durationText } from './duration-text.ts'
import type { AlertExample, AlertLink, AlertMessage } from './message.ts'
import type { AlertRule } from './rule.ts'
import type { RuleChange } from './timeline.ts'
import { adviceOf, clauseOf, pageOf, ruleText, type Tellable } from './words.ts'

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
  rule: AlertRule<Tellable>,
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

function summaryOf(rule: AlertRule<Tellable>, { change, at, since, count }: RuleChange): string {
  const subject = rule.mapping === null ? '' : `${rule.mapping}: `
  if (change === 'recovered')
    return `${subject}over: ${ruleText(rule.when)}. It held from ${instantText(since)} to ${instantText(at)} (${durationText(at - since)}).`
  const still = change === 'escalated' ? `still after ${durationText(at - since)}: ` : ''
  return `${subject}${still}${clauseOf(rule.when, count)}, since ${instantText(since)}.`
}

function linksOf(rule: AlertRule<Tellable>, { temporalUi, docs }: AlertLinks): readonly AlertLink[] {
  const page = { label: 'What to do', url: `${docs}/${pageOf(rule.when.kind)}.md` }
  if (temporalUi === null) return [page]
  const query =
    rule.mapping === null ? '' : `?query=${encodeURIComponent(`TidelockMapping = "${rule.mapping}"`)}`
  return [{ label: 'Temporal', url: `${temporalUi}/workflows${query}` }, page]
}
