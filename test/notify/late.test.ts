import { expect, onTestFinished, test } from 'vitest'
import { channelHost } from '../../engine/transfer/outbox/host.ts'
import { startSlack } from '../stand-ins/slack/server.ts'
import { startSmtp } from '../stand-ins/smtp/server.ts'
import { alertMessage } from './message.ts'
import { definition, SORTS, secretsOf } from './open.ts'

test('a process that was stopped and goes on sends nothing that another one may have sent by now', async () => {
  const slack = await startSlack()
  const smtp = await startSmtp({ security: 'none' })
  const secrets = secretsOf({
    slack: { value: slack.url, to: [slack.host] },
    smtp: { value: `${smtp.url}?tls=none`, to: [smtp.host] },
  })
  const host = channelHost({ secrets, now: () => 1_001, log() {} }, 'ops')
  onTestFinished(async () => {
    await Promise.all([slack.close(), smtp.close(), host.close()])
  })
  const channels = [
    definition('slack', { webhook: { secret: 'slack' } }),
    definition('email', { to: ['a@acme.example'], from: 'b@acme.example', smtp: { secret: 'smtp' } }),
  ]
  const sendAll = async (until: number) => {
    host.allowWritesUntil(until)
    const statuses = []
    for (const channel of channels) {
      const signal = new AbortController().signal
      statuses.push((await SORTS[channel.kind].open(channel, host).send(alertMessage(), 'id', signal)).status)
    }
    return statuses
  }
  expect(await sendAll(1_000)).toEqual(['later', 'later'])
  expect([await slack.control.received(), await smtp.control.received()]).toEqual([[], []])
  expect(await sendAll(1_001)).toEqual(['sent', 'sent'])
})
