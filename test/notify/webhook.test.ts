import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { expect, onTestFinished, test } from 'vitest'
import type { Delivery } from '../../engine/core/alert/channel.ts'
import { AUTHORITY, CERTIFICATE, KEY } from '../postgres/tls.ts'
import { startWebhook, type WebhookFault } from '../stand-ins/webhook/server.ts'
import { alertMessage } from './message.ts'
import { openChannel } from './open.ts'
import { trust } from './trust.ts'

async function openedWebhook(faults: readonly WebhookFault[] = [], tls = false) {
  const receiver = await startWebhook(tls ? { tls: { key: KEY, cert: CERTIFICATE } } : {})
  onTestFinished(receiver.close)
  await receiver.control.faults(faults)
  const channel = openChannel(
    'webhook',
    { url: receiver.url, sign: { secret: 'signing' } },
    { signing: { value: 'key', to: [receiver.host] } },
  )
  const send = (): Promise<Delivery> => channel.send(alertMessage(), 'id-1', new AbortController().signal)
  return { receiver, send }
}

test('a post holds the message as JSON, and the same id in every attempt', async () => {
  const { receiver, send } = await openedWebhook([{ kind: 'cut-after', after: 0 }])
  expect(await send()).toMatchObject({ status: 'later', why: 'unavailable' })
  expect(await send()).toEqual({ status: 'sent', message: `${receiver.host} answered 204.` })
  const [first, second] = await receiver.control.received()
  expect(JSON.parse(second!.body)).toEqual({
    tidelock: 1,
    title: 'CRITICAL shopify-orders: failures: 5 within 1h',
    ...alertMessage(),
  })
  for (const post of [first!, second!]) expect(post.headers['idempotency-key']).toBe('id-1')
})

test('the signature covers time and body', async () => {
  const { receiver, send } = await openedWebhook()
  const before = Math.floor(Date.now() / 1000)
  await send()
  const [post] = await receiver.control.received()
  const [, seconds, signature] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(
    String(post!.headers['tidelock-signature']),
  )!
  expect(Number(seconds)).toBeGreaterThanOrEqual(before)
  const sign = (text: string) => createHmac('sha256', 'key').update(text).digest('hex')
  expect(signature).toBe(sign(`${seconds}.${post!.body}`))
  expect(signature).not.toBe(sign(`${Number(seconds) + 1}.${post!.body}`))
})

test('what docs/channels.md says of verifying takes a post, and neither an altered nor an old one', async () => {
  const { receiver, send } = await openedWebhook()
  await send()
  const [post] = await receiver.control.received()
  const page = readFileSync(new URL('../../docs/channels.md', import.meta.url), 'utf8')
  const code = /^```js\n(.*?)^```/ms.exec(page)![1]!
  const { isFromTidelock } = (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as {
    isFromTidelock(secret: string, header: string | undefined, body: string, now?: number): boolean
  }
  const header = String(post!.headers['tidelock-signature'])
  expect(isFromTidelock('key', header, post!.body)).toBe(true)
  expect(isFromTidelock('other', header, post!.body)).toBe(false)
  expect(isFromTidelock('key', header, post!.body.replace('5', '6'))).toBe(false)
  expect(isFromTidelock('key', header, post!.body, Date.now() + 301_000)).toBe(false)
  expect(isFromTidelock('key', undefined, post!.body)).toBe(false)
})

test('a secret that signs is used for no host but its own', async () => {
  const { receiver } = await openedWebhook()
  const channel = openChannel(
    'webhook',
    { url: receiver.url, sign: { secret: 'signing' } },
    { signing: { value: 'key', to: ['hooks.acme.example'] } },
  )
  expect(await channel.send(alertMessage(), 'id', new AbortController().signal)).toMatchObject({
    status: 'refused',
    message: expect.stringContaining(`may not be sent to ${receiver.host}`),
  })
  expect(await receiver.control.received()).toEqual([])
})

test.each<readonly [number, Readonly<Record<string, string>>, Partial<Delivery>]>([
  [400, {}, { status: 'refused' }],
  [401, {}, { status: 'refused' }],
  [404, {}, { status: 'refused' }],
  [410, {}, { status: 'refused' }],
  [
    308,
    { location: 'https://elsewhere.example/' },
    { status: 'refused', hint: expect.stringContaining('not followed') } as never,
  ],
  [408, {}, { status: 'later', retryAfterMs: null } as never],
  [429, { 'retry-after': '7' }, { status: 'later', why: 'throttled', retryAfterMs: 7_000 } as never],
  [429, {}, { status: 'later', why: 'throttled', retryAfterMs: null } as never],
  [500, {}, { status: 'later', why: 'unavailable', retryAfterMs: null } as never],
  [503, { 'retry-after': '20' }, { status: 'later', why: 'unavailable', retryAfterMs: 20_000 } as never],
])('%s is what it is', async (status, headers, expected) => {
  const { send, receiver } = await openedWebhook([
    { kind: 'status', status, headers, text: 'because\nof this' },
  ])
  expect(await send()).toMatchObject(expected)
  expect(await receiver.control.received()).toEqual([])
})

test('a certificate of an authority that is not known is refused, and said how it becomes known', async () => {
  const { send } = await openedWebhook([], true)
  expect(await send()).toMatchObject({
    status: 'later',
    message: expect.stringContaining('UNABLE_TO_VERIFY_LEAF_SIGNATURE'),
    hint: expect.stringContaining('NODE_EXTRA_CA_CERTS'),
  })
})

test('one of an authority that is known is taken', async () => {
  trust(AUTHORITY)
  const { send } = await openedWebhook([], true)
  expect(await send()).toMatchObject({ status: 'sent' })
})
