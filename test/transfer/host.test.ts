import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createHost, type LegHost } from '../../engine/transfer/host/host.ts'

let server: Server
let host: LegHost
let now: number
let arrived: string[]

beforeEach(async () => {
  now = 1_000
  arrived = []
  server = createServer((request, response) => {
    arrived.push(String(request.method))
    response.end('done')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  host = createHost({
    connection: 'books',
    limits: null,
    secrets: { value: async () => '', hosts: () => [] },
    now: () => now,
    log() {},
  })
})

afterEach(async () => {
  await host.close()
  server.closeAllConnections()
  server.close()
})

const ask = (purpose: 'read' | 'write') =>
  host.request(
    {
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
      method: purpose === 'read' ? 'GET' : 'POST',
      headers: {},
      purpose,
      secrets: [],
    },
    new AbortController().signal,
  )

test('a write that comes later than it may is not sent; reads go on', async () => {
  host.allowWritesUntil(2_000)
  expect((await ask('write')).body).toBe('done')
  now = 2_001
  await expect(ask('write')).rejects.toMatchObject({ kind: 'unavailable', maybeSent: false })
  expect((await ask('read')).body).toBe('done')
  expect(arrived).toEqual(['POST', 'GET'])
  expect(host.usage).toMatchObject({ calls: 2, writeCalls: 1 })
})

test('time that passes while it connects counts too: what was held up then is not sent either', async () => {
  host.allowWritesUntil(2_000)
  const write = ask('write')
  // Past the first check, and before anything of the connection has happened: only promises have gone on.
  for (let turn = 0; turn < 20; turn++) await null
  expect(host.usage.writeCalls).toBe(1)
  now = 2_001
  await expect(write).rejects.toMatchObject({ kind: 'unavailable', maybeSent: false })
  expect(arrived).toEqual([])
})
