import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Delivery } from '../../engine/core/alert/channel.ts'
import { escaped, slackPayload } from '../../engine/notify/slack/blocks.ts'
import { blockFault, type SlackBlock } from '../stand-ins/slack/blocks.ts'
import { type SlackFault, startSlack } from '../stand-ins/slack/server.ts'
import { alertMessage } from './message.ts'
import { openChannel } from './open.ts'

async function openedSlack(faults: readonly SlackFault[] = []) {
  const server = await startSlack()
  onTestFinished(server.close)
  await server.control.faults(faults)
  // Opened anew for every message: what a host has learned of a throttle holds the next one back without a request.
  const send = (message = alertMessage()): Promise<Delivery> =>
    openChannel(
      'slack',
      { webhook: { secret: 'slack-ops' } },
      { 'slack-ops': { value: server.url, to: [server.host] } },
    ).send(message, 'id-1', new AbortController().signal)
  return { server, send }
}

test('a message arrives as blocks, with a text for small screens', async () => {
  const { server, send } = await openedSlack()
  expect(await send()).toEqual({ status: 'sent', message: 'Slack answered ok.' })
  const [message] = await server.control.received()
  expect(message!.text).toBe(
    'CRITICAL shopify-orders: failures: 5 within 1h: 5 records could not be delivered within 1 h.',
  )
  expect(message!.blocks.map(({ type }) => type)).toEqual([
    'header',
    'section',
    'section',
    'section',
    'section',
    'context',
  ])
  const text = JSON.stringify(message!.blocks)
  for (const part of [
    '*Since*\\n2026-11-24 12:29 UTC',
    '• #1042, missing-reference: No product has the code \\"A-1\\". (mappings/shopify-orders.yaml:40)',
    '`npx tidelock dead-letters list`',
    '<http://127.0.0.1:8233/namespaces/default|Temporal>',
  ])
    expect(text).toContain(part)
})

test.each([
  ['invalid_payload', 'refused', 'message', 'report it'],
  ['no_text', 'refused', 'message', 'report it'],
  ['no_service', 'refused', 'channel', 'Make a new incoming webhook'],
  ['invalid_token', 'refused', 'channel', '"slack-ops"'],
  ['channel_not_found', 'refused', 'channel', '"slack-ops"'],
  ['channel_is_archived', 'refused', 'channel', 'take it out of the archive'],
  ['action_prohibited', 'refused', 'channel', 'ask for leave'],
  ['no_active_hooks', 'refused', 'channel', 'switch them on'],
  ['team_disabled', 'refused', 'channel', 'switched off'],
] as const)('%s is %s for the %s', async (error, status, of, hint) => {
  const { send } = await openedSlack([{ kind: 'error', error }])
  expect(await send()).toMatchObject({
    status,
    of,
    message: expect.stringMatching(new RegExp(`^Slack answered 4\\d\\d: ${error}$`)),
    hint: expect.stringContaining(hint),
  })
})

test.each<readonly [string, SlackFault, Partial<Delivery>]>([
  [
    '429 waits as long as it says',
    { kind: 'rate-limited', seconds: 30 },
    { why: 'throttled', retryAfterMs: 30_000 } as never,
  ],
  ['503 may work later', { kind: 'down' }, { why: 'unavailable' } as never],
  ['an answer that breaks off may work later', { kind: 'half' }, { why: 'unavailable' } as never],
  ['no answer may work later', { kind: 'cut-after' }, { why: 'unavailable' } as never],
  ['"o" instead of "ok" is no success', { kind: 'garbled' }, { why: 'unavailable' } as never],
])('%s', async (_, fault, expected) => {
  const { send } = await openedSlack([fault])
  expect(await send()).toMatchObject({ status: 'later', ...expected })
  expect(await send()).toMatchObject({ status: 'sent' })
})

describe('the address is a secret', () => {
  test.each([
    [
      'goes nowhere but to its hosts',
      'http://127.0.0.1:1/services',
      ['hooks.slack.com'],
      'may not be sent to 127.0.0.1:1',
    ],
    ['goes nowhere in plain text', 'http://hooks.slack.com/services', ['hooks.slack.com'], 'not encrypted'],
    ['has to be one', 'xoxb-1', ['hooks.slack.com'], 'no address'],
  ])('%s', async (_, value, to, message) => {
    const channel = openChannel('slack', { webhook: { secret: 's' } }, { s: { value, to } })
    expect(await channel.send(alertMessage(), 'id', new AbortController().signal)).toMatchObject({
      status: 'refused',
      of: 'channel',
      message: expect.stringContaining(message),
    })
  })

  test('a redirect is not followed', async () => {
    const { server } = await openedSlack()
    const elsewhere = createServer((_, response) => {
      response.writeHead(302, { location: server.url })
      response.end()
    })
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void elsewhere.close())
    const host = `127.0.0.1:${(elsewhere.address() as AddressInfo).port}`
    const channel = openChannel(
      'slack',
      { webhook: { secret: 's' } },
      { s: { value: `http://${host}/services`, to: [host] } },
    )
    expect(await channel.send(alertMessage(), 'id', new AbortController().signal)).toMatchObject({
      status: 'refused',
      message: 'Slack answered 302.',
    })
    expect(await server.control.received()).toEqual([])
  })
})

describe('what a message holds', () => {
  test('calls nobody and is no markup', () => {
    const payload = JSON.stringify(
      slackPayload(
        alertMessage({ summary: '<!channel> & <https://evil.example|here>', examples: [], links: [] }),
      ),
    )
    expect(payload).toContain('&lt;!channel&gt; &amp; &lt;https://evil.example|here&gt;')
    expect(payload).not.toContain('<!channel>')
  })

  test('fits into the limits of blocks however long it is', () => {
    const long = '<&>👩‍🚀'.repeat(3_000)
    const { text, blocks } = slackPayload(
      alertMessage({
        summary: long,
        rule: long,
        mapping: long,
        examples: Array.from({ length: 3 }, () => ({
          label: long,
          class: 'value',
          message: long,
          place: long,
        })),
        advice: { text: long, commands: Array.from({ length: 30 }, () => long) },
        links: Array.from({ length: 30 }, () => ({ label: long, url: `https://x.example/${long}` })),
      }),
    ) as unknown as { text: string; blocks: readonly SlackBlock[] }
    expect(blockFault(blocks)).toBeNull()
    expect(text.length).toBeLessThanOrEqual(3_000)
    expect(/&(?!(?:amp|lt|gt);)/.test(JSON.stringify(blocks.slice(1)))).toBe(false)
  })

  test.each([
    ['a<b', 20, 'a&lt;b'],
    ['&&&&', 20, '&amp;&amp;&amp;&amp;'],
    ['&&&&', 12, '&amp;&amp;…'],
    ['abcdef', 4, 'abc…'],
    ['ab👩c', 4, 'ab…'],
  ])('%s within %s is %s', (text, most, expected) => {
    expect(escaped(text, most)).toBe(expected)
  })
})
