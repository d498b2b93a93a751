import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { JsonObject } from '../../engine/core/model/json.ts'
import { openStore, type Store } from '../../engine/store/open.ts'
import { budgetUse, throttles } from '../../engine/transfer/budget-use.ts'
import { storeBook } from '../../engine/transfer/host/book.ts'
import { createHost } from '../../engine/transfer/host/host.ts'
import { openedStore, type StorePlace, storePlace } from '../store/opened.ts'
import { fastClock } from './fast-clock.ts'
import { createWorld } from './world.ts'

vi.setConfig({ testTimeout: 120_000 })

interface Answer {
  /** Null: it never answers. */
  readonly status: number | null
  readonly headers?: Readonly<Record<string, string>>
}

/** A system that notes when it is called, by a clock of its own, and answers as it is told. */
async function startSystem(now: () => number, answer: (count: number) => Answer = () => ({ status: 200 })) {
  const arrivals: number[] = []
  const server = createServer((_, response) => {
    arrivals.push(now())
    const { status, headers = {} } = answer(arrivals.length)
    if (status !== null) response.writeHead(status, headers).end('done')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, arrivals }
}

/** The most calls that reached it in any stretch of time of that length. */
const most = (arrivals: readonly number[], ms: number) =>
  Math.max(...arrivals.map((from) => arrivals.filter((at) => at >= from && at < from + ms).length))

interface Called {
  readonly mapping: string
  readonly priority: string
  readonly calls: number
  readonly refused: number
  readonly waits: readonly number[]
}

const SPEED = 8

interface Caller {
  readonly child: ChildProcess
  readonly isReady: Promise<unknown>
  begin(): void
  /** What it says at its end. */
  called(): Promise<readonly Called[]>
}

function startCaller(
  place: StorePlace,
  system: string,
  limits: JsonObject,
  forMs: number,
  ...mappings: readonly string[]
): Caller {
  const args = [
    place.url,
    place.folder,
    system,
    JSON.stringify(limits),
    String(SPEED),
    String(forMs),
    ...mappings,
  ]
  const child = spawn(process.execPath, [join(import.meta.dirname, 'caller.ts'), ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const said = text(child.stdout)
  return {
    child,
    isReady: once(child.stdout, 'data'),
    begin: () => void child.stdin.write('go\n'),
    called: async () => JSON.parse((await said).trim().split('\n').at(-1)!) as Called[],
  }
}

const mean = (numbers: readonly number[]) => numbers.reduce((sum, one) => sum + one, 0) / numbers.length

async function startedStore(): Promise<StorePlace> {
  const place = await storePlace()
  await (await openStore(place.url, { folder: place.folder })).close()
  return place
}

test('two workers and four mappings share 60 calls a minute: nobody sees the 61st, and the high one waits least', async () => {
  const now = fastClock(SPEED)
  const place = await startedStore()
  const system = await startSystem(now)
  const limits = { perMinute: 60 }
  const workers = [
    startCaller(place, system.url, limits, 200_000, 'orders:high', 'products:low'),
    startCaller(place, system.url, limits, 200_000, 'customers:normal', 'catalogue:low'),
  ]
  await Promise.all(workers.map(({ isReady }) => isReady))
  for (const { begin } of workers) begin()
  const called = (await Promise.all(workers.map((worker) => worker.called()))).flat()
  expect(most(system.arrivals, 60_000)).toBeLessThanOrEqual(60)
  // Most of what is allowed is used, as far as the machine lets a clock of this speed.
  const minutes = (system.arrivals.at(-1)! - system.arrivals[0]!) / 60_000
  expect(system.arrivals.length).toBeGreaterThan(20 * minutes)
  const waits = Object.fromEntries(called.map(({ mapping, waits }) => [mapping, mean(waits)]))
  expect(waits['orders']).toBeLessThan(waits['customers']!)
  expect(waits['orders']).toBeLessThan(waits['products']!)
  expect(waits['orders']).toBeLessThan(waits['catalogue']!)
  // And nobody is left out.
  for (const { calls } of called) expect(calls).toBeGreaterThan(2)
})

test('the slot of a worker that was killed in the middle of a call is free again once no answer can come', async () => {
  const now = fastClock(SPEED)
  const place = await startedStore()
  const system = await startSystem(now, (count) => ({ status: count === 3 ? null : 200 }))
  const limits = { concurrency: 1 }
  const [killed, next] = ['orders:high', 'customers:low'].map((mapping) =>
    startCaller(place, system.url, limits, 3_600_000, mapping),
  ) as [Caller, Caller]
  await Promise.all([killed.isReady, next.isReady])
  killed.begin()
  await vi.waitUntil(() => system.arrivals.length === 3, { timeout: 60_000 })
  killed.child.kill('SIGKILL')
  await once(killed.child, 'exit')
  next.begin()
  await vi.waitUntil(() => system.arrivals.length > 3, { timeout: 60_000 })
  expect(system.arrivals[3]! - system.arrivals[2]!).toBeGreaterThan(169_000)
})

/** A host as a worker has it, on a clock that the test turns, and waiting too. */
function openWorker(
  store: Store,
  system: { readonly url: string },
  {
    limits = null,
    mapping = 'orders',
    pass,
  }: {
    readonly limits?: JsonObject | null
    readonly mapping?: string
    pass(ms: number): void
  },
) {
  const host = createHost({
    connection: 'books',
    limits,
    secrets: { value: async () => '', hosts: () => [] },
    now: store.now,
    budget: { book: storeBook(store, 'acme', 'books'), mapping, priority: 'normal' },
    async pause(ms) {
      pass(ms)
    },
    log() {},
  })
  onTestFinished(host.close)
  const request = { url: system.url, method: 'GET', headers: {}, purpose: 'read', secrets: [] } as const
  return { ...host, ask: () => host.request(request, new AbortController().signal) }
}

test('a connection without limits writes nothing to the store', async () => {
  const { store, pass } = await openedStore()
  const worker = openWorker(store, await startSystem(store.now), { pass })
  for (let count = 0; count < 20; count++) await worker.ask()
  await worker.close()
  expect(await store.db.selectFrom('budget').selectAll().execute()).toEqual([])
})

test('what a worker took of a day and did not use comes back when it ends', async () => {
  const { store, pass } = await openedStore()
  const limits = { perDay: 1_000, reserve: '10%' }
  const worker = openWorker(store, await startSystem(store.now), { limits, pass })
  const counted = async () => (await storeBook(store, 'acme', 'books').read()).day?.calls
  await worker.ask()
  await worker.ask()
  // Several at once, of which it used two.
  expect(await counted()).toBe(18)
  await worker.close()
  expect(await counted()).toBe(2)
})

test('after one worker was told to call later nobody calls before; who cannot wait that long says until when', async () => {
  const { store, again, pass, now } = await openedStore()
  const system = await startSystem(now, (count) =>
    count === 1 ? { status: 429, headers: { 'retry-after': '90' } } : { status: 200 },
  )
  const here = openWorker(store, system, { pass })
  const there = openWorker(await again(), system, { mapping: 'customers', pass })
  const told = now()
  expect((await here.ask()).status).toBe(429)
  expect(here.usage.refusals).toBe(1)
  await expect(there.ask()).rejects.toMatchObject({
    kind: 'throttled',
    retryAfterMs: 90_000,
    maybeSent: false,
    fields: { connection: 'books' },
  })
  expect(await throttles(store, 'acme', new Map(), now())).toEqual([
    { connection: 'books', mapping: null, priority: null, until: told + 90_000 },
  ])
  pass(75_000)
  // The rest is short enough to stay for.
  expect((await there.ask()).status).toBe(200)
  expect(system.arrivals.map((at) => at - told)).toEqual([0, 90_000])
})

test('all is delivered, and adds up, where each minute allows few calls and each day few more', async () => {
  const world = await createWorld({ shop: { seed: { customers: 12, products: 8, orders: 30 } } })
  onTestFinished(world.close)
  const limits = { perMinute: 12, perDay: 60, reserve: '10%' }
  await world.apply([['mappings/connections/odoo.yaml', 'auth:', `limits: ${JSON.stringify(limits)}\nauth:`]])
  const began = world.store.now()
  const tallies = await world.runAll()
  for (const [mapping, tally] of Object.entries(tallies))
    expect([mapping, tally.parked]).toEqual([mapping, 0])
  expect(tallies['shopify-orders']!.created + tallies['shopify-orders']!.filtered).toBe(30)
  // It took days, and no day had more than it may.
  expect(world.store.now() - began).toBeGreaterThan(12 * 3_600_000)
  const use = await budgetUse(world.store, 'acme', 'odoo', limits, world.store.now())
  expect(use).toMatchObject({ of: 'perDay', most: 54 })
  expect(use!.used).toBeLessThanOrEqual(54)
})
