import { minuteText } from '../core/expression/time.ts'
import type { Plan } from '../core/model/plan.ts'
import type { Tally } from '../core/model/tally.ts'
import type { RunRow } from '../store/runs.ts'
import { howToGoOn, STATE_WORDS } from './how-to-go-on.ts'

const MOST_ROWS = 20
const MOST_BYTES = 8_000
const MOST_MESSAGE = 2_000

/** What the Temporal UI shows of a run, as Markdown: counts, then what is parked and what to do. At most 20 rows and 8 KB. */
export function runDetails(
  plan: Plan,
  planHash: string,
  tally: Tally,
  letters: readonly {
    readonly label: string | null
    readonly key: string
    readonly class: string
    readonly message: string
  }[],
  parked: number,
  run: RunRow | null = null,
): string {
  const lines = [
    `**${plan.mapping}** · plan \`${planHash.slice(0, 12)}\``,
    '',
    `read ${tally.read} · created ${tally.created} · updated ${tally.updated} · unchanged ${tally.unchanged} · filtered ${tally.filtered} · parked ${tally.parked}`,
  ]
  if (run !== null) lines.push(...waitingLines(run))
  if (parked > 0)
    lines.push(
      '',
      `**${parked} parked.** All of them: \`tidelock dead-letters list --mapping ${plan.mapping}\``,
      '',
    )
  let size = lines.join('\n').length
  for (const letter of letters.slice(0, MOST_ROWS)) {
    const line = `- ${letter.label ?? letter.key} (${letter.class}): ${letter.message.replace(/\s+/g, ' ').slice(0, 300)}`
    size += Buffer.byteLength(line) + 1
    if (size > MOST_BYTES) break
    lines.push(line)
  }
  return lines.join('\n')
}

/** Why it does not go on, since when, and what to do: by command, or by the Update of that name here. */
function waitingLines(run: RunRow): readonly string[] {
  const how = howToGoOn(run)
  if (how === null) return []
  const since = minuteText(run.since)
  const updates =
    run.state === 'throttled'
      ? ''
      : ' Here: the Update `resume` or `abort` with `{"by": "…", "reason": "…"}`.'
  return [
    '',
    `**${STATE_WORDS[run.state as keyof typeof STATE_WORDS]} since ${since}Z.** ${(run.failureMessage ?? '').slice(0, MOST_MESSAGE)}`,
    '',
    `${how}${updates}`,
  ]
}
