import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest'
import { tableCounts } from '../../../engine/store/counts.ts'
import { openStore, type Store, type Transaction } from '../../../engine/store/open.ts'
import { saveSelection, selectedKeys } from '../../../engine/store/selections.ts'
import { type PostgresServer, startPostgres, WITH_PASSWORD } from '../../postgres/server.ts'
import { AUTHORITY } from '../../postgres/tls.ts'
import { openedStore, START } from '../opened.ts'

const folder = mkdtempSync(join(tmpdir(), 'tidelock-trouble-'))
const authority = join(folder, 'authority.crt')
writeFileSync(authority, AUTHORITY)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The address of the tests' server with other parts. */
function address(change: (url: URL) => void): string {
  const url = new URL(inject('postgres'))
  change(url)
  return url.href
}

const open = (url: string) => openStore(url, { folder })

/** Ends the connection that a transaction has. */
async function cut(trx: Transaction, store: Store): Promise<void> {
  const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(trx.db)
  await sql`select pg_terminate_backend(${rows[0]!.pid})`.execute(store.db)
}

describe('opening says what is wrong, and no password', () => {
  test.each<[string, (url: URL) => void, object]>([
    [
      'nobody listens there',
      (url) => {
        url.port = '1'
      },
      { kind: 'unavailable', message: expect.stringContaining('127.0.0.1:1/') },
    ],
    [
      'there is no such machine',
      (url) => {
        url.hostname = 'nowhere.invalid'
      },
      { kind: 'unavailable', message: expect.stringContaining('nowhere.invalid') },
    ],
    [
      'there is no such database',
      (url) => {
        url.pathname = 'missing'
      },
      { kind: 'invalid-plan', message: expect.stringContaining('createdb') },
    ],
    [
      'the password is wrong',
      (url) => {
        url.username = WITH_PASSWORD
      },
      { kind: 'auth-expired', message: expect.stringContaining(WITH_PASSWORD) },
    ],
  ])('%s', async (_, change, expected) => {
    const url = address((parts) => {
      parts.password = 'hush'
      change(parts)
    })
    const error = await open(url).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject(expected)
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('hush')
  })

  test('the certificate is signed by nobody who is trusted, or bears another name', async () => {
    const tls = (host: string, query: string) =>
      address((url) => {
        url.hostname = host
        url.search = query
      })
    await expect(open(tls('localhost', 'sslmode=require'))).rejects.toMatchObject({
      kind: 'unavailable',
      message: expect.stringMatching(/certificate.*sslrootcert=FILE/),
    })
    await expect(
      open(tls('127.0.0.1', `sslmode=verify-full&sslrootcert=${authority}`)),
    ).rejects.toMatchObject({
      kind: 'unavailable',
      message: expect.stringMatching(/127\.0\.0\.1.*certificate/),
    })
    const store = await open(tls('localhost', `sslmode=verify-full&sslrootcert=${authority}`))
    onTestFinished(store.close)
    const { rows } = await sql`select ssl, version from pg_stat_ssl where pid = pg_backend_pid()`.execute(
      store.db,
    )
    expect(rows).toEqual([{ ssl: true, version: 'TLSv1.3' }])
  })
})

describe('a connection that is lost', () => {
  test('in the middle of a transaction leaves nothing, and the next one has another', async () => {
    const { store } = await openedStore()
    const broken = store.transaction(async (trx) => {
      await saveSelection(trx, 'acme', ['1'], START)
      await cut(trx, store)
      await saveSelection(trx, 'acme', ['2'], START)
    })
    await expect(broken).rejects.toMatchObject({ kind: 'unavailable' })
    const id = await store.transaction((trx) => saveSelection(trx, 'acme', ['3'], START))
    expect(await selectedKeys(store, 'acme', id)).toEqual(['3'])
    expect((await tableCounts(store)).selection).toBe(1)
  })

  test('before the commit was asked for: it may have happened', async () => {
    const { store } = await openedStore()
    const broken = store.transaction(async (trx) => {
      await saveSelection(trx, 'acme', ['1'], START)
      await cut(trx, store)
    })
    await expect(broken).rejects.toMatchObject({ kind: 'unavailable', maybeSent: true })
    expect((await tableCounts(store)).selection).toBe(0)
  })

  test('while it was idle is not noticed', async () => {
    const { store, again } = await openedStore()
    const other = await again()
    await store.transaction((trx) => saveSelection(trx, 'acme', ['1'], START))
    await other.transaction(({ db }) =>
      sql`select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()`.execute(db),
    )
    const left = () =>
      sql<{
        n: number
      }>`select count(*) as n from pg_stat_activity where datname = current_database()`.execute(other.db)
    await expect.poll(async () => (await left()).rows[0]!.n).toBeLessThan(4)
    await store.transaction((trx) => saveSelection(trx, 'acme', ['2'], START))
    expect((await tableCounts(store)).selection).toBe(2)
  })

  test('because its process does nothing in a transaction: others get its locks', async () => {
    const { store } = await openedStore()
    const idle = await store.transaction(({ db }) =>
      sql<{
        patience: string
      }>`select current_setting('idle_in_transaction_session_timeout') as patience`.execute(db),
    )
    expect(idle.rows).toEqual([{ patience: '15s' }])
    const stalled = store.transaction(async (trx) => {
      await saveSelection(trx, 'acme', ['1'], START)
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(trx.db)
      await sql`set local idle_in_transaction_session_timeout = 20`.execute(trx.db)
      const alive = sql<{ n: number }>`select count(*) as n from pg_stat_activity where pid = ${rows[0]!.pid}`
      await expect.poll(async () => (await alive.execute(store.db)).rows[0]!.n).toBe(0)
    })
    await expect(stalled).rejects.toMatchObject({ kind: 'unavailable' })
    expect((await tableCounts(store)).selection).toBe(0)
  })
})

describe('a server of its own', () => {
  let server: PostgresServer
  beforeAll(async () => {
    server = await startPostgres()
  })
  afterAll(() => server.stop())

  test('that is killed and comes back has what was committed, and the store goes on', async () => {
    const store = await open(server.url())
    onTestFinished(store.close)
    const id = await store.transaction((trx) => saveSelection(trx, 'acme', ['kept'], START))
    const under = store.transaction(async (trx) => {
      await saveSelection(trx, 'acme', ['lost'], START)
      process.kill(server.pid, 'SIGKILL')
      await expect.poll(() => saveSelection(trx, 'acme', ['lost'], START).catch(() => 'gone')).toBe('gone')
    })
    await expect(under).rejects.toMatchObject({ kind: 'unavailable' })
    await expect(store.transaction(tableCounts)).rejects.toMatchObject({ kind: 'unavailable' })
    await server.restart()
    expect(await selectedKeys(store, 'acme', id)).toEqual(['kept'])
    expect((await store.transaction(tableCounts)).selection).toBe(1)
  })

  test('that speaks TLS 1.1 at most is not spoken to', async () => {
    await server.query(`alter system set ssl_min_protocol_version = 'TLSv1'`)
    await server.query(`alter system set ssl_max_protocol_version = 'TLSv1.1'`)
    await server.query('select pg_reload_conf()')
    const url = new URL(server.url())
    url.hostname = 'localhost'
    url.search = `sslmode=verify-full&sslrootcert=${authority}`
    await expect
      .poll(() => open(url.href).catch((error: unknown) => error))
      .toMatchObject({ kind: 'unavailable' })
    const plain = await open(server.url())
    await plain.close()
  })
})

test('text with a zero byte, which PostgreSQL has not, is kept without it', async () => {
  const { store } = await openedStore()
  await store.transaction(({ db }) =>
    db
      .insertInto('target_owner')
      .values({ project: 'acme', target: 'a\0b', environment: 'default', claimed_at: 0 })
      .execute(),
  )
  expect(await store.db.selectFrom('target_owner').select('target').execute()).toEqual([
    { target: 'a\u{fffd}b' },
  ])
})

test('every text is ordered by its bytes, every instant is a number', async () => {
  const { store } = await openedStore()
  const { rows } = await sql<{ column: string; type: string; collation: string | null }>`
    select table_name || '.' || column_name as "column", data_type as type, collation_name as collation
    from information_schema.columns where table_schema = 'public'`.execute(store.db)
  const texts = rows.filter((row) => row.type === 'text')
  expect(texts.length).toBeGreaterThan(80)
  expect(texts.filter((row) => row.collation !== 'C')).toEqual([])
  expect(new Set(rows.map((row) => row.type))).toEqual(new Set(['text', 'bigint', 'integer']))
  await store.transaction((trx) => saveSelection(trx, 'acme', ['1'], START))
  expect(await store.db.selectFrom('selection').select('created_at').execute()).toEqual([
    { created_at: START },
  ])
})
