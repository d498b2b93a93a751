import { spawn } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'kysely'
import { expect, onTestFinished, test, vi } from 'vitest'
import { parseCommandLine } from '../../engine/cli/command.ts'
import { store as command } from '../../engine/cli/commands/store.ts'
import { prepareDemoFolder } from '../../engine/cli/demo/folder.ts'
import { createOutput } from '../../engine/cli/output.ts'
import { MIGRATIONS } from '../../engine/store/migrations/list.ts'
import { openStore, type Store } from '../../engine/store/open.ts'
import { keysInFile } from '../../engine/store/seal.ts'
import { saveSelection } from '../../engine/store/selections.ts'
import { ROOT } from '../core/compile/repository.ts'
import { newPlace, START, type StorePlace, storePlace } from './opened.ts'

// Several processes a story, on machines that do other things too.
vi.setConfig({ testTimeout: 120_000 })

interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** `tidelock store` as a person types it, in a repository whose environment has this store. */
async function repository({ url, folder }: StorePlace) {
  const nowhere = { url: 'http://127.0.0.1:9' }
  const odoo = { ...nowhere, database: 'acme', login: 'admin', apiKey: 'key' }
  const shopify = { ...nowhere, shop: 'acme', accessToken: 'token' }
  prepareDemoFolder(folder, { odoo, shopify, control: { url: '' } }, '19.0')
  const settings = join(folder, 'temporal.yaml')
  // A store that machines share has keys of its own.
  keysInFile(join(folder, '.tidelock', 'keys'))
  writeFileSync(
    settings,
    readFileSync(settings, 'utf8')
      .replace(/^( +)store: .*/m, `$1store: "${url}"\n$1keys: { secret: store-keys }`)
      .replace(/^secrets:$/m, 'secrets:\n  store-keys: { from: "file:.tidelock/keys" }'),
  )
  const store = (...args: string[]): Promise<Ended> =>
    new Promise((resolve) => {
      const child = spawn(process.execPath, [join(ROOT, 'engine/cli/bin.js'), 'store', ...args], {
        cwd: folder,
      })
      const ended = { code: null, stdout: '', stderr: '' }
      for (const stream of ['stdout', 'stderr'] as const)
        child[stream].on('data', (part) => {
          ended[stream] += part
        })
      child.on('close', (code) => resolve({ ...ended, code }))
    })
  return { store, folder, url }
}

async function opened({ url, folder }: StorePlace): Promise<Store> {
  const store = await openStore(url, { folder, migrate: false })
  onTestFinished(store.close)
  return store
}

const json = ({ stdout }: Ended) => JSON.parse(stdout.trim())

test('migrate says what it would do, does it, and then there is nothing to do', async () => {
  const { store, ...place } = await repository(await newPlace())
  const steps = MIGRATIONS.map(({ name }) => name)
  expect(json(await store('migrate', '--dry', '--json'))).toEqual({ dry: true, steps })
  expect(await store('check')).toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/earlier-version .*\n {2}.*migrate/),
  })
  expect((await store('migrate')).stdout).toContain(`took ${steps[0]}`)
  expect(json(await store('migrate', '--json'))).toEqual({ dry: false, steps: [] })
  expect(await store('check')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('Nothing is wrong.'),
  })
  expect(existsSync(join(place.folder, '.tidelock', 'worker.log'))).toBe(false)
})

test('backup, a loss, restore: all is there again', async () => {
  const before = await repository(await storePlace())
  const first = await openStore(before.url, { folder: before.folder })
  onTestFinished(first.close)
  await first.transaction((trx) => saveSelection(trx, 'acme', ['kept'], START))
  const file = join(before.folder, 'backup.db')
  expect(json(await before.store('backup', 'backup.db', '--json'))).toMatchObject({
    file,
    rows: { selection: 1 },
  })

  const after = await repository(await newPlace())
  expect(await after.store('restore', file)).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/selection +1/),
  })
  const rows = await (await opened(after)).db.selectFrom('selection').select('keys').execute()
  expect(rows).toEqual([{ keys: '["kept"]' }])
  expect(await after.store('restore', file)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('not empty'),
  })
})

test('check finds what is wrong, says what to do and ends with 1', async () => {
  const place = await repository(await storePlace())
  const handle = await openStore(place.url, { folder: place.folder })
  onTestFinished(handle.close)
  await handle.transaction(({ db }) =>
    sql`insert into plan (hash, plan, source_map, applied_at) values ('made up', '{}', '{}', 0)`.execute(db),
  )
  const ended = await place.store('check', '--json')
  expect(ended.code).toBe(1)
  expect(json(ended)).toMatchObject({ findings: [{ code: 'altered-plan' }], rows: { plan: 1 } })
})

test.each([
  [['check', 'file.db'], 'takes no file'],
  [['backup'], 'needs the name of a file'],
  [['check', '--dry'], '--dry goes with migrate'],
  [['copy'], 'neither check, backup'],
  [[], 'store needs'],
])('store %j: %s', async (args, said) => {
  const invocation = {
    ...parseCommandLine(command, args),
    output: createOutput(false, process, {}),
    environment: {},
    cwd: '/nonexistent',
    signal: new AbortController().signal,
  }
  await expect(command.run(invocation)).rejects.toThrow(said)
})
