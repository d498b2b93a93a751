import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createConnection, createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { SEARCH_ATTRIBUTES } from '../../../workflows/messages.ts'
import { SyncError } from '../../core/model/failure.ts'
import { findTemporal } from './binary.ts'

/** A dev server that runs, as `.tidelock/dev.json` says. */
export interface DevServer {
  readonly address: string
  readonly ui: string
  readonly pid: number
  readonly dataFile: string
}

export interface DevServerOptions {
  /** The folder of the repository: its `.tidelock/` holds data and state. */
  readonly folder: string
  readonly namespace: string
  readonly environment: NodeJS.ProcessEnv
  say(message: string): void
}

const shape = z.object({
  address: z.string(),
  ui: z.string(),
  pid: z.number().int().positive(),
  dataFile: z.string(),
})

/** The dev server of this folder: the one that runs, else a new one, detached, with its data in a file. */
export async function ensureDevServer(options: DevServerOptions): Promise<DevServer> {
  const running = await runningDevServer(options.folder)
  if (running !== null) return running
  const program = await findTemporal(options.environment, options.say)
  const home = join(options.folder, '.tidelock')
  mkdirSync(home, { recursive: true })
  const former = stateOf(options.folder)
  const port = await samePort(former?.address)
  const uiPort = await samePort(former?.ui)
  const dataFile = join(home, 'temporal.db')
  const log = openSync(join(home, 'temporal.log'), 'a')
  const child = spawn(
    program,
    [...devServerArguments(port, dataFile), '--ui-port', String(uiPort), '--namespace', options.namespace],
    { detached: true, stdio: ['ignore', log, log], cwd: home },
  )
  child.unref()
  const server: DevServer = {
    address: `127.0.0.1:${port}`,
    ui: `http://127.0.0.1:${uiPort}`,
    pid: child.pid ?? 0,
    dataFile,
  }
  writeFileSync(stateFile(options.folder), `${JSON.stringify(server, null, 2)}\n`)
  for (let waited = 0; !(await answers(server.address)); waited += 100) {
    if (child.exitCode !== null || waited > 60_000) {
      rmSync(stateFile(options.folder), { force: true })
      throw new SyncError(
        'unavailable',
        `The Temporal dev server did not start; its log is ${join(home, 'temporal.log')}.`,
      )
    }
    await sleep(100)
  }
  return server
}

/** What the dev server is started with: an address of this machine, its data in a file, our search attributes registered. */
export function devServerArguments(port: number, dataFile: string): readonly string[] {
  return [
    ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port)],
    ...['--db-filename', dataFile, '--log-level', 'error'],
    ...Object.entries(SEARCH_ATTRIBUTES).flatMap(([name, type]) => [
      '--search-attribute',
      `${name}=${CLI_TYPES[type]}`,
    ]),
  ]
}

const CLI_TYPES = { KEYWORD: 'Keyword', INT: 'Int', KEYWORD_LIST: 'KeywordList' } as const

/** The dev server of this folder if it runs and answers; null otherwise. */
export async function runningDevServer(folder: string): Promise<DevServer | null> {
  const state = stateOf(folder)
  if (state === null || !isAlive(state.pid)) return null
  return (await answers(state.address)) ? state : null
}

function stateOf(folder: string): DevServer | null {
  if (!existsSync(stateFile(folder))) return null
  const parsed = shape.safeParse(JSON.parse(readFileSync(stateFile(folder), 'utf8')))
  return parsed.success ? parsed.data : null
}

/** Ends the dev server of this folder. Its data stay. False when none ran. */
export async function stopDevServer(folder: string): Promise<boolean> {
  const running = await runningDevServer(folder)
  rmSync(stateFile(folder), { force: true })
  if (running === null) return false
  process.kill(running.pid, 'SIGTERM')
  for (let waited = 0; isAlive(running.pid) && waited < 10_000; waited += 50) await sleep(50)
  if (isAlive(running.pid)) process.kill(running.pid, 'SIGKILL')
  return true
}

function stateFile(folder: string): string {
  return join(folder, '.tidelock', 'dev.json')
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** Whether something listens at `host:port`. */
export function answers(address: string): Promise<boolean> {
  const [host = '127.0.0.1', port = '7233'] = address.split(':')
  return new Promise((resolve) => {
    const socket = createConnection({ host, port: Number(port) })
    const end = (answered: boolean) => {
      socket.destroy()
      resolve(answered)
    }
    socket.once('connect', () => end(true)).once('error', () => end(false))
    socket.setTimeout(1_000, () => end(false))
  })
}

/** The port of one that was killed, so that the workers it had find it again; another one when somebody has that port now. */
async function samePort(address: string | undefined): Promise<number> {
  const former = Number(address?.split(':').at(-1))
  return former > 0 ? freePort(former).catch(() => freePort()) : freePort()
}

/** A port that was free a moment ago: the one that is wished for, else any. */
export function freePort(wish = 0): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(wish, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}
