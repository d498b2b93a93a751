import { listChannels } from '../alerts/channels.ts'
import { sendTest } from '../alerts/send.ts'
import { type Command, UsageError } from '../command.ts'
import { withSession } from '../with-session.ts'

export const alerts: Command = {
  positionals: 'channels|send [CHANNEL]',
  options: {},
  examples: [
    ['tidelock alerts channels', 'where people are told, whether that works, and what waits'],
    [
      'tidelock alerts send ops --env production',
      'sends a test through a channel of the files, and says what the other side answers',
    ],
  ],
  exits: ['1  channels: one does not work; send: the message was not taken'],
  run: (invocation) => {
    const [what = 'channels', name] = invocation.positionals
    const soundOrNot = { filesMustBeSound: false }
    if (what === 'channels')
      return withSession(
        invocation,
        ({ session, workspace }) => listChannels(invocation, session, workspace),
        soundOrNot,
      )
    if (what !== 'send') throw new UsageError(`"${what}" is neither channels nor send`)
    if (name === undefined)
      throw new UsageError('send needs the name of a channel: see tidelock alerts channels')
    return withSession(
      invocation,
      ({ session, workspace }) => sendTest(invocation, session, workspace, name),
      soundOrNot,
    )
  },
}
