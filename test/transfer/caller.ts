/**
 * A worker process of its own that calls one connection for some mappings: `node caller.ts STORE_URL FOLDER SERVER LIMITS SPEED FOR_MS NAME:PRIORITY…`
 * Its clock runs SPEED times as fast as a real one. It begins when it is told to; after FOR_MS (by that clock) it says how long each mapping
 * waited for its calls, and ends.
 */
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { failureKindOf } from '../../engine/core/model/failure.ts'
import type { Priority } from '../../engine/core/pace/queue.ts'
import { openStore } from '../../engine/store/open.ts'
import { storeBook } from '../../engine/transfer/host/book.ts'
import { createHost } from '../../engine/transfer/host/host.ts'
import { fastClock } from './fast-clock.ts'

const [url = '', folder = '', server = '', limits = '', speed = '', forMs = '', ...mappings] =
  process.argv.slice(2)
const now = fastClock(Number(speed))
const store = await openStore(url, { folder, now })
process.stdout.write('ready\n')
await once(process.stdin, 'data')
process.stdin.destroy()
const until = now() + Number(forMs)

async function call(mapping: string, priority: Priority) {
  const host = createHost({
    connection: 'books',
    limits: JSON.parse(limits),
    secrets: { value: async () => '', hosts: () => [] },
    now,
    budget: { book: storeBook(store, 'acme', 'books'), mapping, priority },
    pause: (ms, signal) => sleep(ms / Number(speed), undefined, { signal }),
    log() {},
  })
  const waits: number[] = []
  let refused = 0
  const { signal } = new AbortController()
  while (now() < until) {
    const asked = now()
    const request = {
      url: `${server}/${mapping}`,
      method: 'GET',
      headers: {},
      purpose: 'read',
      secrets: [],
    } as const
    const reply = await host.request(request, signal).catch(async (error: unknown) => {
      if (failureKindOf(error) !== 'throttled') throw error
      await sleep(1_000 / Number(speed))
      return null
    })
    if (reply === null) continue
    waits.push(now() - asked)
    if (reply.status === 429) refused++
  }
  await host.close()
  return { mapping, priority, calls: waits.length, refused, waits }
}

const called = mappings.map((text) => {
  const [mapping = '', priority = 'normal'] = text.split(':')
  return call(mapping, priority as Priority)
})
process.stdout.write(`${JSON.stringify(await Promise.all(called))}\n`)
await store.close()
