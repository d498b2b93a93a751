import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { credentialOf } from '../../engine/store/credentials.ts'
import { openStore } from '../../engine/store/open.ts'
import { type OAuthStandIn, startOAuth } from '../stand-ins/oauth/server.ts'
import { type StorePlace, storePlace } from '../store/opened.ts'

const PLACE = { project: 'acme', connection: 'books' }

interface Asker {
  readonly child: ChildProcessByStdio<Writable, Readable, null>
  /** The next line it says. */
  line(): Promise<string>
}

function startAsker(place: StorePlace, vendor: OAuthStandIn): Asker {
  const child = spawn(
    process.execPath,
    [
      join(import.meta.dirname, 'token-asker.ts'),
      ...[place.url, place.folder, vendor.url, vendor.clientId, vendor.clientSecret],
    ],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  )
  onTestFinished(() => void child.kill('SIGKILL'))
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return { child, line: async () => String((await lines.next()).value) }
}

async function start(): Promise<{ place: StorePlace; vendor: OAuthStandIn }> {
  const place = await storePlace()
  const vendor = await startOAuth()
  onTestFinished(vendor.close)
  const store = await openStore(place.url, { folder: place.folder })
  await store.close()
  return { place, vendor }
}

test('twenty processes that ask at the moment a token has ended make one request', {
  timeout: 240_000,
}, async () => {
  const { place, vendor } = await start()
  const first = startAsker(place, vendor)
  await first.line()
  first.child.stdin.write('go\n')
  const old = await first.line()
  // Two hours later for all of them: the store says when it ends.
  const store = await openStore(place.url, { folder: place.folder })
  await store.transaction((trx) => trx.db.updateTable('credential').set({ expires_at: Date.now() }).execute())
  await store.close()

  const askers = Array.from({ length: 20 }, () => startAsker(place, vendor))
  expect(await Promise.all(askers.map((asker) => asker.line()))).toEqual(Array(20).fill('ready'))
  await vendor.control.faults({ faults: [{ kind: 'latency', ms: 200 }] })
  for (const { child } of askers) child.stdin.write('go\n')
  const given = new Set(await Promise.all(askers.map((asker) => asker.line())))
  expect([given.size, given.has(old)]).toEqual([1, false])
  expect((await vendor.control.stats()).asked).toEqual({ client_credentials: 2 })
})

test('a process killed while it asks leaves its turn to the next one', { timeout: 120_000 }, async () => {
  const { place, vendor } = await start()
  await vendor.control.faults({ faults: [{ kind: 'stall' }] })
  const killed = startAsker(place, vendor)
  await killed.line()
  killed.child.stdin.write('go\n')
  while ((await vendor.control.faults()).length > 0) await sleep(5)
  killed.child.kill('SIGKILL')
  await once(killed.child, 'exit')
  const store = await openStore(place.url, { folder: place.folder })
  onTestFinished(store.close)
  const { held_by, held_until } = await store.db
    .selectFrom('credential')
    .selectAll()
    .executeTakeFirstOrThrow()
  expect([held_by === null, held_until! > Date.now()]).toEqual([false, true])
  // Its turn is over.
  await store.transaction((trx) => trx.db.updateTable('credential').set({ held_until: Date.now() }).execute())
  const next = startAsker(place, vendor)
  await next.line()
  next.child.stdin.write('go\n')
  expect(await next.line()).toMatch(/^standin-access-/)
  expect((await credentialOf(store, PLACE))?.generation).toBe(1)
})
