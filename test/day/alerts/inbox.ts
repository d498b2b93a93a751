import type { Slack } from '../../stand-ins/slack/server.ts'
import type { Smtp } from '../../stand-ins/smtp/server.ts'
import type { WebhookReceiver } from '../../stand-ins/webhook/server.ts'
import type { Text } from '../leaks/search.ts'
import type { Arrived } from './oracle.ts'

/** Where people are told. */
export interface Receivers {
  readonly slack: Slack
  readonly smtp: Smtp
  readonly webhook: WebhookReceiver
}

/** What arrived, by what stands first in it. A mail that came again under its own Message-ID is one. */
export async function arrived({ slack, smtp, webhook }: Receivers): Promise<readonly Arrived[]> {
  const posts = await webhook.control.received()
  const mails = new Map(
    (await smtp.control.received()).map(({ headers, at }) => [
      headers['message-id'],
      { subject: headers['subject'] ?? '', at },
    ]),
  )
  return [
    ...(await slack.control.received()).map(({ blocks, at }) => ({
      at,
      channel: 'ops' as const,
      title: blocks.find(({ type }) => type === 'header')?.text?.text ?? '',
    })),
    ...[...mails.values()].map(({ subject, at }) => ({
      at,
      channel: 'finance' as const,
      title: subject.replace(/^\[acme\] /, ''),
    })),
    ...posts.map(({ body, at }) => ({
      at,
      channel: 'audit' as const,
      title: (JSON.parse(body) as { title: string }).title,
    })),
  ]
}

/** All of it word for word, for who looks for what must not stand in it. */
export async function letters({ slack, smtp, webhook }: Receivers): Promise<readonly Text[]> {
  return [
    { where: 'Slack', text: JSON.stringify(await slack.control.received()) },
    ...(await smtp.control.received()).map(({ raw, text }) => ({ where: 'a mail', text: `${raw}\n${text}` })),
    ...(await webhook.control.received()).map(({ headers, body }) => ({
      where: 'a post',
      text: `${JSON.stringify(headers)}\n${body}`,
    })),
  ]
}
