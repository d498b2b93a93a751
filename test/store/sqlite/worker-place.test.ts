import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { prepareDemoFolder } from '../../../engine/cli/demo/folder.ts'
import { openStore } from '../../../engine/store/open.ts'
import { saveSelection } from '../../../engine/store/selections.ts'
import { takeWorkerPlace } from '../../../engine/store/worker-place.ts'
import { ROOT } from '../../core/compile/repository.ts'
import { openedStore, START, storePlace } from '../opened.ts'

const CONTENDER = fileURLToPath(new URL('../contender.ts', import.meta.url))

/** A process that works; gives how to end it. */
async function workElsewhere(url: string, folder: string) {
  const worker = spawn(process.execPath, [CONTENDER, 'work', url, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void worker.kill('SIGKILL'))
  await once(worker.stdout, 'data')
  return worker
}

test('one process has the place, and the next one is told which', async () => {
  const { url, folder } = await storePlace()
  const worker = await workElsewhere(url, folder)
  const refused = expect.objectContaining({
    kind: 'unavailable',
    message: expect.stringMatching(new RegExp(`process ${worker.pid}\\b.*docs/store\\.md`)),
  })
  for (let times = 0; times < 2; times++) expect(() => takeWorkerPlace(url, folder)).toThrow(refused)
})

test.each(['SIGKILL', 'SIGTERM'] as const)(
  'a process that ends by %s leaves the place free',
  async (signal) => {
    const { url, folder } = await storePlace()
    const worker = await workElsewhere(url, folder)
    const gone = once(worker, 'exit')
    worker.kill(signal)
    await gone
    const place = takeWorkerPlace(url, folder)
    expect(() => takeWorkerPlace(url, folder)).toThrow(new RegExp(`process ${process.pid}\\b`))
    place.release()
    takeWorkerPlace(url, folder).release()
  },
)

test('a process that stands still keeps it', async () => {
  const { url, folder } = await storePlace()
  const worker = await workElsewhere(url, folder)
  worker.kill('SIGSTOP')
  expect(() => takeWorkerPlace(url, folder)).toThrow(/works with/)
})

test('whoever only reads or writes beside it is not held up, and another store has a place of its own', async () => {
  const { store, url, folder } = await openedStore()
  await workElsewhere(url, folder)
  await store.transaction((trx) => saveSelection(trx, 'acme', ['1'], START))
  const beside = await openStore(url, { folder })
  await beside.close()
  takeWorkerPlace('sqlite:other.db', folder).release()
})

test('`tidelock worker` says so before it does anything', async () => {
  const { folder } = await storePlace()
  const addresses = {
    odoo: { url: 'http://127.0.0.1:9', database: 'acme', login: 'admin', apiKey: 'key' },
    shopify: { url: 'http://127.0.0.1:9', shop: 'acme', accessToken: 'token' },
    control: { url: '' },
  }
  prepareDemoFolder(folder, addresses, '19.0')
  await workElsewhere('sqlite:.tidelock/store.db', folder)
  const worker = spawn(process.execPath, [join(ROOT, 'engine/cli/bin.js'), 'worker', '--folder', folder], {
    env: { ...process.env, TEMPORAL_ADDRESS: '127.0.0.1:1' },
  })
  let said = ''
  worker.stderr.on('data', (part) => {
    said += part
  })
  const [code] = await once(worker, 'close')
  expect(said).toMatch(/A worker \(process \d+\) works with .*store\.db already/)
  expect(code).toBe(2)
})
