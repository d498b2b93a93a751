import type { ChannelDefinition } from '../../core/alert/channel.ts'
import { appliedChannels } from '../../store/channels.ts'
import { queuedCounts } from '../../store/outbox.ts'
import { prefixText } from '../../temporal/names.ts'
import { channelChanges, channelsOf } from '../channels.ts'
import { EXIT, type Invocation } from '../command.ts'
import { instantText, table } from '../output.ts'
import type { Session } from '../session.ts'
import type { Workspace } from '../workspace.ts'

/** The channels that workers use, whether they work, and what waits for them. Exit 1: one does not work. */
export async function listChannels(
  { output }: Invocation,
  session: Session,
  workspace: Workspace,
): Promise<number> {
  const project = prefixText(session.prefix)
  const applied = await appliedChannels(session.store, project)
  const queued = await queuedCounts(session.store, project)
  const changes = await channelChanges(session, channelsOf(workspace.repository!))
  const channels = applied.map(({ definition, health, lastSentAt }) => ({
    channel: definition.name,
    kind: definition.kind,
    to: targetOf(definition),
    state: health.state,
    since: health.since,
    queued: queued[definition.name] ?? 0,
    lastSentAt,
    nextAttemptAt: health.failingSince === null ? null : health.nextAt,
    error: health.lastError,
  }))
  output.data({ channels, notApplied: changes })
  const rows = channels.map((row) => [
    row.channel,
    row.kind,
    row.to,
    row.state,
    instantText(row.since),
    row.queued,
    instantText(row.lastSentAt),
  ])
  const head = ['channel', 'kind', 'to', 'state', 'since', 'waiting', 'last sent']
  const lines = channels.length === 0 ? ['No channel is applied.'] : table(head, rows)
  for (const line of lines) output.line(line)
  for (const { channel, error, nextAttemptAt } of channels)
    if (error !== null)
      output.line(`${output.style('red', channel)}: ${error} Asked again ${instantText(nextAttemptAt)}.`)
  for (const [channel, count] of Object.entries(queued))
    if (!channels.some((row) => row.channel === channel))
      output.line(`${channel} is not applied, and ${count} messages wait for it.`)
  if (changes.length > 0)
    output.note(
      `The files say other channels (${changes.map(({ channel }) => channel).join(', ')}): tidelock plan shows how, tidelock apply makes it so.`,
    )
  return channels.some(({ state }) => state === 'dead') ? EXIT.failed : EXIT.ok
}

/** Where it leads, as far as that is no secret. */
function targetOf({ kind, settings }: ChannelDefinition): string {
  if (kind === 'email') return (settings['to'] as readonly string[]).join(', ')
  const address = settings[kind === 'slack' ? 'webhook' : 'url']
  if (typeof address === 'string') return URL.canParse(address) ? new URL(address).host : address
  return `the address in "${(address as { secret: string }).secret}"`
}
