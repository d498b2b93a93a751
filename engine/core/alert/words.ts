import type { AlertAdvice } from './message.ts'
import type { AlertRule, Condition, Escalation } from './rule.ts'

/** What people can be told of. */
export type Tellable = Condition | Escalation

/** A rule as people write it: `failures: 5 within 1h`. */
export function ruleText(when: Tellable): string {
  switch (when.kind) {
    case 'failures':
      return `failures${when.of === null ? '' : ` of ${when.of}`}: ${when.atLeast} within ${when.within}`
    case 'rejected':
      return `rejected: ${when.share} within ${when.within}`
    case 'silence':
      return `silence of ${when.of}: longer than ${when.longerThan}${when.during === null ? '' : ` during ${when.during}`}`
    case 'oldestDeadLetter':
      return `oldest dead letter: older than ${when.olderThan}`
    case 'tokenDaysLeft':
      return `token days left: less than ${when.lessThan}`
    case 'budgetUsed':
      return `budget used: more than ${when.moreThan}`
    case 'drift':
      return `drift: ${when.atLeast} or worse`
    case 'runDuration':
      return `run duration: longer than ${when.longerThan}`
    case 'halted':
      return 'a run is halted'
    case 'credentialsRefused':
      return `credentials of ${when.connection} are refused`
    case 'credentialsEnd':
      return `credentials of ${when.connection} end soon`
    case 'openTooLong':
      return `dead letters open for longer than ${when.after}`
  }
}

/** What holds, as a clause: `5 failures within 1h`. */
export function clauseOf(when: Tellable, count: number | null): string {
  switch (when.kind) {
    case 'failures': {
      const what = { records: 'records were parked', runs: 'runs failed or halted' } as const
      return when.of === null
        ? `${count} failures within ${when.within}`
        : `${count} ${what[when.of]} within ${when.within}`
    }
    case 'rejected':
      return `${count === 1 ? '1 record' : `${count} records`} could not be delivered within ${when.within}, ${when.share} or more of all that were judged`
    case 'silence':
      return `${when.of === 'records' ? 'no record came' : 'no run was completed'} for ${when.longerThan}${when.during === null ? '' : ` (counted ${when.during})`}`
    case 'oldestDeadLetter':
      return `${openLetters(count)} open for longer than ${when.olderThan}`
    case 'openTooLong':
      return `${openLetters(count)} open for longer than ${when.after}`
    case 'tokenDaysLeft':
      return `${count === 1 ? 'credentials end' : `credentials of ${count} connections end`} in less than ${when.lessThan} days`
    case 'credentialsEnd':
      return `credentials of ${when.connection} end in ${count === 0 ? 'less than a day' : count === 1 ? '1 day' : `${count} days`}`
    case 'budgetUsed':
      return `more than ${when.moreThan} of the calls that are allowed are used`
    case 'drift':
      return `${count === 1 ? '1 difference' : `${count} differences`} between what the API answers and what is recorded`
    case 'runDuration':
      return `a run takes longer than ${when.longerThan}`
    default:
      return ruleText(when)
  }
}

function openLetters(count: number | null): string {
  return count === 1 ? '1 dead letter is' : `${count} dead letters are`
}

/** How the page about a kind of alert is called: `docs/operations/<name>.md`. */
export function pageOf(kind: Tellable['kind']): string {
  return `alert-${kind.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
}

/** What to do about it. */
export function adviceOf({ when, mapping }: Pick<AlertRule<Tellable>, 'when' | 'mapping'>): AlertAdvice {
  const letters = `npx tidelock dead-letters list --mapping ${mapping}`
  const runs = `npx tidelock runs ${mapping}`
  switch (when.kind) {
    case 'failures':
      return {
        text: 'Look at what failed: one cause often explains many. Correct it at the source or in the mapping, apply, and what is parked is tried again.',
        commands: when.of === 'runs' ? [runs] : when.of === 'records' ? [letters] : [letters, runs],
      }
    case 'rejected':
      return {
        text: 'Look at what is parked: the message says which line of the mapping or which setting of the target refuses it.',
        commands: [letters],
      }
    case 'silence':
      return {
        text: 'Look whether runs happen: if they do and read nothing, look whether the source has anything new; if they do not, look for the worker and for a paused schedule.',
        commands: ['npx tidelock status', runs],
      }
    case 'oldestDeadLetter':
    case 'openTooLong':
      return {
        text: 'Decide on it: correct the cause and let it be tried again, or discard it with a reason.',
        commands: [letters],
      }
    case 'tokenDaysLeft':
      return {
        text: 'Renew the credentials before they end: the mapping waits from then on.',
        commands: ['npx tidelock status'],
      }
    case 'budgetUsed':
      return {
        text: 'What is left is kept for mappings of high priority and for people. Let a mapping run less often, or raise the limit if the vendor allows more.',
        commands: ['npx tidelock status', runs],
      }
    case 'drift':
      return {
        text: 'The API changed. Record it again, look at the difference, correct the mapping, apply.',
        commands: ['npx tidelock status', 'npx tidelock plan'],
      }
    case 'runDuration':
      return {
        text: 'Look what it does: the remote may be slow or throttle, or there is much to move.',
        commands: [runs],
      }
    case 'halted':
      return {
        text: 'It moved nothing on since. Look at why it halted, correct the cause and apply, or resume it.',
        commands: [runs, letters],
      }
    case 'credentialsEnd':
      return {
        text: 'Take the steps named with the connection while everything still runs: its mappings wait when they have ended.',
        commands: [`npx tidelock doctor ${when.connection}`],
      }
    case 'credentialsRefused':
      return {
        text: 'All mappings of this connection wait. Put new credentials in place; the runs go on by themselves.',
        commands: ['npx tidelock status'],
      }
  }
}
