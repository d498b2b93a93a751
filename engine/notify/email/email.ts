import { createHash } from 'node:crypto'
import { createTransport } from 'nodemailer'
import type { ChannelSort, Delivery } from '../../core/alert/channel.ts'
import { attempt, refused } from '../attempt.ts'
import { oneLine } from '../text.ts'
import { mailFault } from './fault.ts'
import { mailServerOf } from './server.ts'
import { bodyOf, subjectOf } from './text.ts'

/** Mail. A second attempt has the Message-ID of the first one, so that a double can be told. */
export const email: ChannelSort = {
  gapMs: 0,
  open({ name, settings }, host) {
    const { secret } = settings['smtp'] as { secret: string }
    const to = settings['to'] as readonly string[]
    return {
      send: (message, id, signal) =>
        attempt(signal, async (until) => {
          const server = mailServerOf(await host.secret(secret))
          if (server === null)
            return refused(
              `The secret "${secret}" is no address of a mail server.`,
              'Write smtps://USER:PASSWORD@HOST for TLS at once or smtp://USER:PASSWORD@HOST:587 for STARTTLS; special characters of the password are percent-encoded.',
            )
          const refusal = host.refuseMailServer(server.url, [secret])
          if (refusal !== null) return refused(refusal, '')
          const from = settings['from'] ?? server.user
          if (typeof from !== 'string' || !from.includes('@'))
            return refused(
              `The channel "${name}" does not say from whom its mail is.`,
              'Add from: ADDRESS to it in channels.yaml.',
            )
          const domain = from.slice(from.lastIndexOf('@') + 1)
          const transport = createTransport(server.transport)
          try {
            const { rejected } = await transport.sendMail({
              from: { name: 'Tidelock', address: from },
              to: to.map((address) => ({ name: '', address })),
              subject: subjectOf(message),
              text: bodyOf(message),
              messageId: `<${id}@${domain}>`,
              // What belongs to one rule stands together.
              references: `<rule.${shortHash(message.ruleId)}@${domain}>`,
              date: new Date(message.at),
              headers: { 'Auto-Submitted': 'auto-generated' },
              signal: until,
            })
            return { status: 'sent', message: sentText(server.url.host, rejected) }
          } catch (error) {
            if (until.aborted) throw error
            return withoutPassword(mailFault(error, server.url.host, secret), server.password)
          } finally {
            transport.close()
          }
        }),
    }
  },
}

function sentText(server: string, rejected: readonly unknown[]): string {
  const refusedOnes = rejected.map((address) => oneLine(String(address), 100)).join(', ')
  return `${server} took it${refusedOnes === '' ? '' : `, but not for ${refusedOnes}`}.`
}

/** A server that repeats what it was sent does not bring the password into the store. */
function withoutPassword(delivery: Delivery, password: string | null): Delivery {
  if (password === null) return delivery
  return { ...delivery, message: delivery.message.replaceAll(password, '***') }
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32)
}
