import { minuteText } from '../core/expression/time.ts'
import type { RunRow } from '../store/runs.ts'

/** What a waiting run waits for, and what a person can do. One or two sentences with the commands; null of a run that does not wait. */
export function howToGoOn({ state, mapping, until, waitsFor, failureKind }: RunRow): string | null {
  const abort = `\`tidelock abort ${mapping} --reason …\` ends the run`
  const resume = `\`tidelock resume ${mapping} --reason …\``
  switch (state) {
    case 'throttled':
      return `It goes on by itself${until === null ? '' : ` at ${instant(until)}`}; ${resume} tries at once, ${abort}.`
    case 'awaiting-credentials':
      return `Renew the credentials of ${waitsFor ?? 'the connection'}: it then goes on and catches up by itself. ${resume} looks at once, ${abort}.`
    case 'halted':
      return until === null
        ? `${failureKind === 'schema-drift' ? 'Bring the mapping or the source in line' : 'Mend the mapping or the records'}: \`tidelock apply\` of a changed mapping wakes it. ${resume} goes on with the mapping as it is, ${abort}.`
        : `It goes on by itself when the other one does; ${abort}.`
    default:
      return null
  }
}

/** How people call a state. */
export const STATE_WORDS = {
  throttled: 'Throttled',
  'awaiting-credentials': 'Awaiting credentials',
  halted: 'Halted',
} as const

function instant(at: number): string {
  return `${minuteText(at)}Z`
}
