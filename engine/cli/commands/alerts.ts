import { listChannels } from '../alerts/channels.ts'
import { listAlerts } from '../alerts/list.ts'
import { sendTest } from '../alerts/send.ts'
import { testAlert } from '../alerts/test.ts'
import { type Command, type Invocation, UsageError } from '../command.ts'
import { withSession } from '../with-session.ts'

const SOUND_OR_NOT = { filesMustBeSound: false }

export const alerts: Command = {
  positionals: 'list|test|channels|send [RULE|CHANNEL]',
  options: {
    since: {
      type: 'string',
      value: 'TIME',
      help: 'test: from when on, as a duration back (30d) or a day (2026-11-01); default: 30d',
    },
  },
  examples: [
    ['tidelock alerts list', 'every rule, how it stands, since when, and when that changes by itself'],
    [
      'tidelock alerts test shopify-orders/failures --since 30d',
      'how often the rule as written in the files would have fired, by what the store knows; it need not be applied',
    ],
    ['tidelock alerts channels', 'where people are told, whether that works, and what waits'],
    [
      'tidelock alerts send ops --env production',
      'sends a test through a channel of the files, and says what the other side answers',
    ],
  ],
  exits: ['1  channels: one does not work; send: the message was not taken'],
  run: (invocation) => {
    const [what = 'list', name] = invocation.positionals
    const act = ACTIONS[what as keyof typeof ACTIONS]
    if (act === undefined) throw new UsageError(`"${what}" is none of ${Object.keys(ACTIONS).join(', ')}`)
    return act(invocation, name)
  },
}

const ACTIONS = {
  list: (invocation: Invocation) =>
    withSession(invocation, ({ session }) => listAlerts(invocation, session), SOUND_OR_NOT),
  test: (invocation: Invocation, name?: string) => {
    if (name === undefined)
      throw new UsageError('test needs a rule, such as shopify-orders/failures: see tidelock alerts list')
    return withSession(invocation, ({ session, workspace }) =>
      testAlert(invocation, session, workspace.plans, name),
    )
  },
  channels: (invocation: Invocation) =>
    withSession(
      invocation,
      ({ session, workspace }) => listChannels(invocation, session, workspace),
      SOUND_OR_NOT,
    ),
  send: (invocation: Invocation, name?: string) => {
    if (name === undefined)
      throw new UsageError('send needs the name of a channel: see tidelock alerts channels')
    return withSession(
      invocation,
      ({ session, workspace }) => sendTest(invocation, session, workspace, name),
      SOUND_OR_NOT,
    )
  },
} as const
