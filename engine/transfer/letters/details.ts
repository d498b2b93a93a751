import { minuteText } from '../../core/expression/time.ts'
import type { Plan } from '../../core/model/plan.ts'
import type { Cluster } from '../../store/clusters.ts'
import type { DeadLetterRow } from '../../store/dead-letters.ts'
import type { Drain } from '../../store/drains.ts'
import type { DueTimes } from '../../store/due-now.ts'

const MOST_ROWS = 20
const MOST_BYTES = 8_000
const MOST_TEXT = 240

/** What the Temporal UI shows of the dead letters of a mapping. */
export interface Situation {
  readonly plan: Plan
  readonly planHash: string
  readonly parked: number
  readonly clusters: readonly Cluster[]
  /** The examples of the clusters by their ids, personal values masked. */
  readonly examples: ReadonlyMap<string, Pick<DeadLetterRow, 'label'>>
  readonly times: DueTimes
  readonly escalated: number
  readonly drain: Drain
}

/** As Markdown: what is stuck, why, and what to do; causes first. At most 20 rows and 8 KB, nothing personal. */
export function deadLetterDetails(situation: Situation): string {
  const { plan, planHash, parked, clusters } = situation
  const head = [`**${plan.mapping}** · plan \`${planHash.slice(0, 12)}\``, '']
  if (parked === 0) return [...head, 'Nothing is parked.', ...drainLines(situation.drain)].join('\n')
  head.push(
    `**${parked} parked, of ${clusters.length} ${clusters.length === 1 ? 'cause' : 'causes'}.** ${timesText(situation)}`,
    '',
  )
  const tail = [
    '',
    'What to do: put right what the cause says, here, at the source or at the target. Then, or to leave them out, send an Update:',
    '',
    `- \`retry\` \`${exampleOf(clusters[0]!.cluster)}\``,
    `- \`discard\` with the same input. \`ids\` in place of \`cluster\` names single ones: \`{"ids": ["${clusters[0]!.examples[0] ?? ''}"], …}\``,
    `- \`assign\` with \`"to": "NAME"\` beside it.`,
    '',
    `All of them: \`tidelock dead-letters list --mapping ${plan.mapping}\``,
    ...drainLines(situation.drain),
  ]
  const rows: string[] = []
  let size = bytes([...head, ...tail].join('\n')) + 200
  for (const cluster of clusters.slice(0, MOST_ROWS)) {
    const row = clusterRow(cluster, situation)
    size += bytes(row) + 1
    if (size > MOST_BYTES) break
    rows.push(row)
  }
  const hidden = clusters.slice(rows.length)
  if (hidden.length > 0) {
    const count = hidden.reduce((sum, cluster) => sum + cluster.count, 0)
    rows.push(
      `- … and ${count} of ${hidden.length} further causes: \`tidelock dead-letters list --clusters --mapping ${plan.mapping}\``,
    )
  }
  return [...head, ...rows, ...tail].join('\n')
}

function clusterRow(cluster: Cluster, { examples }: Situation): string {
  const place = cluster.file === null ? '' : ` at ${cluster.file}:${cluster.line ?? 1}:${cluster.column ?? 1}`
  const names = cluster.examples.map((id) => {
    const label = examples.get(id)?.label ?? null
    return `\`${id}\`${label === null ? '' : ` (${oneLine(label, 60)})`}`
  })
  return `- **${cluster.count}** × \`${cluster.cluster}\` ${cluster.class}${place}, since ${instant(cluster.firstSeenAt)}: ${oneLine(cluster.cause, MOST_TEXT)} · such as ${names.join(', ')}`
}

function timesText({ times, escalated }: Situation): string {
  const parts = [
    times.due > 0 ? `${times.due} are tried again now.` : '',
    times.nextAt === null ? '' : `The next is tried again at ${instant(times.nextAt)}.`,
    escalated > 0 ? `${escalated} have been open for too long.` : '',
  ]
  return parts.filter((part) => part !== '').join(' ')
}

function drainLines(drain: Drain): readonly string[] {
  if (drain.clusters.length === 0) return []
  const rows = drain.clusters.slice(0, 5).map((cluster) => {
    const state = {
      probing: 'the first are tried again',
      draining: 'all are tried again',
      drained: 'all were tried again',
      stays: 'the first failed again as before, the rest was left alone',
    }[cluster.state]
    return `- \`${cluster.cluster}\`: ${cluster.settled} of ${cluster.count} settled; ${state}`
  })
  const rest = drain.clusters.length - rows.length
  return [
    '',
    `When plan \`${drain.planHash.slice(0, 12)}\` was applied (${instant(drain.beganAt)}${drain.finishedAt === null ? ', under way' : ''}):`,
    '',
    ...rows,
    ...(rest > 0 ? [`- … and ${rest} further causes`] : []),
  ]
}

function exampleOf(cluster: string): string {
  return JSON.stringify({ cluster, by: 'you', reason: 'why' })
}

function oneLine(text: string, most: number): string {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length > most ? `${line.slice(0, most - 1)}…` : line
}

function instant(at: number): string {
  return `${minuteText(at)} UTC`
}

function bytes(text: string): number {
  return Buffer.byteLength(text)
}
