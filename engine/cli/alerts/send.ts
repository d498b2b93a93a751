import { randomUUID } from 'node:crypto'
import type { AlertMessage } from '../../core/alert/message.ts'
import { didYouMean } from '../../core/expression/nearest.ts'
import { prefixText } from '../../temporal/names.ts'
import { proveChannel } from '../../transfer/outbox/prove.ts'
import { channelsOf } from '../channels.ts'
import { EXIT, type Invocation, UsageError } from '../command.ts'
import type { Session } from '../session.ts'
import type { Workspace } from '../workspace.ts'

/** Proves a channel of the files: sends a message now, and says what the other side answered. */
export async function sendTest(
  { output, signal }: Invocation,
  session: Session,
  workspace: Workspace,
  name: string,
): Promise<number> {
  const definitions = channelsOf(workspace.repository!)
  const definition = definitions.find((channel) => channel.name === name)
  if (definition === undefined) {
    const names = definitions.map((channel) => channel.name)
    throw new UsageError(
      names.length === 0
        ? 'no channel is declared: write mappings/channels.yaml'
        : `there is no channel "${name}"; ${didYouMean(name, names)?.hint ?? `there is ${names.join(', ')}`}`,
    )
  }
  const project = prefixText(session.prefix)
  const { delivery, isApplied } = await proveChannel(
    session.workerDependencies(),
    project,
    definition,
    testMessage(project, name, session.store.now()),
    signal,
  )
  output.data({ channel: name, kind: definition.kind, isApplied, ...delivery })
  if (delivery.status === 'sent') {
    output.line(output.style('green', `Sent. ${delivery.message}`))
    if (!isApplied)
      output.note('Workers do not use the channel as the files have it: tidelock apply makes it so.')
    return EXIT.ok
  }
  output.error(`${delivery.message} ${delivery.hint}`.trim())
  return EXIT.failed
}

function testMessage(project: string, channel: string, now: number): AlertMessage {
  return {
    id: `test/${randomUUID()}`,
    ruleId: `test/${channel}`,
    project,
    mapping: null,
    kind: 'test',
    rule: `test of the channel ${channel}`,
    severity: 'info',
    change: 'raised',
    since: now,
    at: now,
    count: null,
    summary: `This is a test. Who reads it is told of alerts through the channel "${channel}".`,
    examples: [],
    advice: { text: '', commands: [] },
    links: [],
  }
}
