import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type OdooStandIn, startOdoo } from './server.ts'
import { type Speak, speakTo } from './speak.ts'

/** What a socket gives until the server ends it. */
async function exchange(url: string, text: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  let received = ''
  socket.setEncoding('utf8').on('data', (data) => {
    received += String(data)
  })
  socket.write(text)
  await once(socket, 'close')
  return received
}

describe('Odoo 19.0', () => {
  let odoo: OdooStandIn
  let call: Speak
  beforeAll(async () => {
    odoo = await startOdoo({ version: '19.0' })
    call = speakTo(odoo, '19.0')
  })
  afterAll(() => odoo.close())

  const head = (path: string) =>
    `POST /json/2/${path} HTTP/1.1\r\nHost: x\r\nAuthorization: bearer ${odoo.apiKey}\r\nContent-Type: application/json\r\n`

  test('a body in chunks is not read: the call has no arguments', async () => {
    const body = JSON.stringify({ domain: [['id', '=', 0]], fields: ['name'] })
    const chunk = `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`
    const all = await exchange(
      odoo.url,
      `${head('res.partner/search_read')}Transfer-Encoding: chunked\r\n\r\n${chunk}`,
    )
    expect(all).toContain('200 OK')
    expect(all).toContain('"name":"Acme"')
    const count = await exchange(
      odoo.url,
      `${head('res.partner/search_count')}Transfer-Encoding: chunked\r\n\r\n${chunk}`,
    )
    expect(count).toContain('422 Unprocessable Entity')
    expect(count).toContain("missing a required argument: 'domain'")
  })

  test('a second request on a connection gets no answer', async () => {
    const one = `${head('res.users/context_get')}Content-Length: 2\r\nConnection: keep-alive\r\n\r\n{}`
    const received = await exchange(odoo.url, one + one)
    expect(received.match(/HTTP\/1\.1 200/g)).toHaveLength(1)
    expect(received.toLowerCase()).toContain('connection: close')
  })

  test('JSON-RPC is there as well, with error code 0', async () => {
    const params = {
      service: 'object',
      method: 'execute_kw',
      args: [odoo.database, 2, 'wrong', 'res.partner', 'read', [[1]]],
    }
    const reply = await fetch(`${odoo.url}/jsonrpc`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ id: 1, params }),
    })
    expect(reply.status).toBe(200)
    expect(await reply.json()).toMatchObject({
      error: { code: 0, data: { name: 'odoo.exceptions.AccessDenied' } },
    })
  })

  test('a key ends at its date, with the next call', async () => {
    expect(await call('res.users', 'context_get')).toMatchObject({ lang: 'en_US' })
    await odoo.control.advanceClock({ ms: 90 * 86_400_000 })
    await expect(call('res.users', 'context_get')).rejects.toThrow('Unauthorized: Invalid apikey')
    await odoo.control.advanceClock({ ms: -90 * 86_400_000 })
    expect(await call('res.users', 'context_get')).toMatchObject({ lang: 'en_US' })
  })
})

describe('Odoo 18.0', () => {
  let odoo: OdooStandIn
  beforeAll(async () => {
    odoo = await startOdoo({ version: '18.0' })
  })
  afterAll(() => odoo.close())

  test.each([
    ['/web/version', 404],
    ['/json/2/res.partner/search', 303],
    ['/web/health', 200],
  ])('%s answers %i', async (path, status) => {
    expect((await fetch(odoo.url + path, { redirect: 'manual' })).status).toBe(status)
  })

  test('errors of the application have status 200 and error code 200', async () => {
    await expect(speakTo(odoo, '18.0')('res.partner', 'nothing')).rejects.toThrow('builtins.AttributeError')
  })
})
