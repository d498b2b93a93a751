import { describe, expect, onTestFinished, test } from 'vitest'
import type { Delivery } from '../../engine/core/alert/channel.ts'
import type { JsonObject } from '../../engine/core/model/json.ts'
import { mailServerOf } from '../../engine/notify/email/server.ts'
import { AUTHORITY, CERTIFICATE, KEY } from '../postgres/tls.ts'
import { type SmtpFault, type SmtpOptions, startSmtp } from '../stand-ins/smtp/server.ts'
import { alertMessage } from './message.ts'
import { openChannel } from './open.ts'
import { trust } from './trust.ts'

const LOGIN = { user: 'alerts@acme.example', password: 'p@ss/w0rd' }
const SETTINGS = { to: ['books@acme.example'], smtp: { secret: 'smtp-url' } }

interface Opened {
  readonly faults?: readonly SmtpFault[]
  readonly server?: Partial<SmtpOptions>
  readonly settings?: JsonObject
  readonly trusted?: boolean
  readonly address?: (url: string) => string
}

async function openedMail({
  faults = [],
  server,
  settings,
  trusted = true,
  address = (url) => url,
}: Opened = {}) {
  if (trusted) trust(AUTHORITY)
  const smtp = await startSmtp({
    security: 'starttls',
    tls: { key: KEY, cert: CERTIFICATE },
    login: LOGIN,
    ...server,
  })
  onTestFinished(smtp.close)
  await smtp.control.faults(faults)
  const value = address(smtp.url)
  const channel = openChannel(
    'email',
    { ...SETTINGS, ...settings },
    { 'smtp-url': { value, to: [URL.canParse(value) ? new URL(value).host : ''] } },
  )
  const send = (message = alertMessage()): Promise<Delivery> =>
    channel.send(message, 'id-1', new AbortController().signal)
  return { smtp, send }
}

test.each(['starttls', 'implicit'] as const)(
  'mail goes out encrypted (%s) and logged in',
  async (security) => {
    const { smtp, send } = await openedMail({ server: { security } })
    expect(await send()).toEqual({ status: 'sent', message: `${smtp.host} took it.` })
    expect(await smtp.control.received()).toMatchObject([
      { secure: true, user: LOGIN.user, from: LOGIN.user, to: ['books@acme.example'] },
    ])
  },
)

test('a mail says what, since when, how many, examples, and what to do', async () => {
  const { smtp, send } = await openedMail({ settings: { from: 'tidelock@acme.example' } })
  await send()
  const [mail] = await smtp.control.received()
  expect(mail!.headers).toMatchObject({
    from: 'Tidelock <tidelock@acme.example>',
    to: 'books@acme.example',
    subject: '[acme] CRITICAL shopify-orders: failures: 5 within 1h',
    'message-id': '<id-1@acme.example>',
    'auto-submitted': 'auto-generated',
    date: 'Tue, 24 Nov 2026 12:30:00 +0000',
  })
  expect(mail!.text).toBe(`5 records could not be delivered within 1 h.

Mapping   shopify-orders
Rule      failures: 5 within 1h
Since     2026-11-24 12:29 UTC
How many  5
Project   acme

For example
- #1042, missing-reference: No product has the code "A-1". (mappings/shopify-orders.yaml:40)

What to do
Add the product to Odoo.
  npx tidelock dead-letters list

Temporal: http://127.0.0.1:8233/namespaces/default`)
})

test('nothing in a message begins a header of its own', async () => {
  const { smtp, send } = await openedMail()
  const evil = 'x\r\nBcc: everybody@evil.example\r\n\r\nhello'
  await send(
    alertMessage({ rule: evil, ruleId: evil, mapping: `Größe ${evil}`, project: evil, summary: evil }),
  )
  const [mail] = await smtp.control.received()
  expect(mail!.to).toEqual(['books@acme.example'])
  expect(mail!.headers).not.toHaveProperty('bcc')
  expect(mail!.headers['subject']).toContain('Größe x Bcc: everybody@evil.example')
})

test('a mail after which nothing is heard is sent again with the same Message-ID', async () => {
  const { smtp, send } = await openedMail({ faults: [{ kind: 'cut-after-data' }] })
  expect(await send()).toMatchObject({ status: 'later', hint: expect.stringContaining('same Message-ID') })
  expect(await send()).toMatchObject({ status: 'sent' })
  const ids = (await smtp.control.received()).map(({ headers }) => headers['message-id'])
  expect(ids).toEqual(['<id-1@acme.example>', '<id-1@acme.example>'])
})

test('a mail is not waited for longer than the channel is held', { timeout: 60_000 }, async () => {
  const { smtp, send } = await openedMail({ faults: [{ kind: 'silent-after-data' }] })
  const begun = Date.now()
  expect(await send()).toMatchObject({ status: 'later', hint: expect.stringContaining('same Message-ID') })
  expect(Date.now() - begun).toBeLessThan(30_000)
  expect(await smtp.control.received()).toHaveLength(1)
})

test.each<readonly [SmtpFault, Partial<Delivery>, string]>([
  [{ kind: 'reply', at: 'connect', code: 421, text: 'Busy' }, { status: 'later' }, 'Busy'],
  [
    { kind: 'reply', at: 'connect', code: 554, text: 'Go away' },
    { status: 'refused', of: 'channel' },
    'Go away',
  ],
  [{ kind: 'reply', at: 'auth', code: 454, text: 'Not now' }, { status: 'later' }, 'Not now'],
  [{ kind: 'reply', at: 'auth', code: 535, text: 'Wrong' }, { status: 'refused', of: 'channel' }, 'Wrong'],
  [{ kind: 'reply', at: 'from', code: 451, text: 'Later' }, { status: 'later' }, 'Later'],
  [
    { kind: 'reply', at: 'from', code: 553, text: 'Not you' },
    { status: 'refused', of: 'channel' },
    'Not you',
  ],
  [{ kind: 'reply', at: 'to', code: 450, text: 'Greylisted' }, { status: 'later' }, 'Greylisted'],
  [
    { kind: 'reply', at: 'to', code: 550, text: 'No mailbox' },
    { status: 'refused', of: 'channel' },
    'No mailbox',
  ],
  [{ kind: 'reply', at: 'message', code: 452, text: 'Full' }, { status: 'later' }, 'Full'],
  [{ kind: 'reply', at: 'message', code: 554, text: 'Spam' }, { status: 'refused', of: 'message' }, 'Spam'],
])('$at $code: 4xx later, 5xx never', async (fault, expected, text) => {
  const { smtp, send } = await openedMail({ faults: [fault] })
  expect(await send()).toMatchObject({ ...expected, message: expect.stringContaining(text) })
  expect(await smtp.control.received()).toEqual([])
  expect(await send()).toMatchObject({ status: 'sent' })
})

test('where one of several addresses is refused the others get it, and it is said', async () => {
  const { smtp, send } = await openedMail({
    settings: { to: ['books@acme.example', 'gone@acme.example'] },
    faults: [{ kind: 'reply', at: 'to', code: 550, text: 'No mailbox', recipient: 'gone@acme.example' }],
  })
  expect(await send()).toEqual({
    status: 'sent',
    message: `${smtp.host} took it, but not for gone@acme.example.`,
  })
})

describe('never in plain text', () => {
  test('STARTTLS taken away: nothing is sent, no login either', async () => {
    const { smtp, send } = await openedMail({ faults: [{ kind: 'starttls-stripped' }] })
    expect(await send()).toMatchObject({
      status: 'later',
      message: expect.stringContaining('does not offer STARTTLS'),
      hint: expect.stringContaining('smtps://'),
    })
    expect(await smtp.control.received()).toEqual([])
    expect(await send()).toMatchObject({ status: 'sent' })
  })

  test('but to a server on this machine that is asked for so', async () => {
    const { smtp, send } = await openedMail({
      server: { security: 'none' },
      address: (url) => `${url}?tls=none`,
    })
    expect(await send()).toMatchObject({ status: 'sent' })
    expect(await smtp.control.received()).toMatchObject([{ secure: false }])
  })

  test('elsewhere it is refused', async () => {
    const { send } = await openedMail({ address: () => 'smtp://u:p@smtp.acme.example?tls=none' })
    expect(await send()).toMatchObject({ status: 'refused', message: expect.stringContaining('plain text') })
  })

  test.each(['starttls', 'implicit'] as const)(
    'a certificate nobody knows is refused (%s)',
    async (security) => {
      const { smtp, send } = await openedMail({ trusted: false, server: { security } })
      expect(await send()).toMatchObject({
        status: 'later',
        hint: expect.stringContaining('NODE_EXTRA_CA_CERTS'),
      })
      expect(await smtp.control.received()).toEqual([])
    },
  )

  test('a certificate for another name is refused', async () => {
    const { smtp, send } = await openedMail({ address: (url) => url.replace('localhost', '127.0.0.1') })
    expect(await send()).toMatchObject({ status: 'later', hint: expect.stringContaining('another name') })
    expect(await smtp.control.received()).toEqual([])
  })

  test.each(['starttls', 'implicit'] as const)('TLS 1.1 is refused (%s)', async (security) => {
    const { smtp, send } = await openedMail({
      server: { security, tls: { key: KEY, cert: CERTIFICATE, maxVersion: 'TLSv1.1' } },
    })
    expect(await send()).toMatchObject({
      status: 'later',
      message: expect.stringContaining('could not be encrypted'),
    })
    expect(await smtp.control.received()).toEqual([])
  })
})

describe('the address is a secret', () => {
  test('a wrong password is told without it', async () => {
    const { send } = await openedMail({ address: (url) => url.replace('p%40ss', 'wrong') })
    const delivery = await send()
    expect(delivery).toMatchObject({
      status: 'refused',
      of: 'channel',
      message: expect.stringContaining('535'),
      hint: expect.stringContaining('"smtp-url"'),
    })
    expect(JSON.stringify(delivery)).not.toMatch(/wrong|w0rd/)
  })

  test('a server that repeats it does not bring it into the store', async () => {
    const { send } = await openedMail({
      faults: [{ kind: 'reply', at: 'auth', code: 535, text: `You said ${LOGIN.password}` }],
    })
    expect(await send()).toMatchObject({ message: expect.stringContaining('You said ***') })
  })

  test('goes to no other host', async () => {
    const channel = openChannel('email', SETTINGS, {
      'smtp-url': { value: 'smtps://u:p@smtp.evil.example', to: ['smtp.acme.example'] },
    })
    expect(await channel.send(alertMessage(), 'id', new AbortController().signal)).toMatchObject({
      status: 'refused',
      message: expect.stringContaining('may not be sent to smtp.evil.example'),
    })
  })

  test.each([
    'https://smtp.acme.example',
    'smtp.acme.example:587',
    'smtps://',
    'smtps://host/path',
    'smtps://host?tls=none',
    'smtp://host?tls=off',
    'smtp://host?verify=no',
    '',
  ])('"%s" is none', (address) => {
    expect(mailServerOf(address)).toBeNull()
  })
})

test('a channel that does not say from whom is told so', async () => {
  const { send } = await openedMail({ server: { login: { user: 'alerts', password: 'x' } } })
  expect(await send()).toMatchObject({ status: 'refused', hint: expect.stringContaining('from: ADDRESS') })
})
