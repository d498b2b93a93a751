import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, openSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { answers, devServerArguments } from '../../engine/temporal/dev-server/server.ts'

const BIN = resolve(import.meta.dirname, '..', '..', 'engine', 'cli', 'bin.js')

export interface Ended {
  readonly code: number | null
  readonly stdout: string
}

export interface ProcessOptions {
  readonly folder: string
  /** The Temporal CLI. */
  readonly temporal: string
  readonly port: number
  /** What is run as `tidelock`. (Default: the sources) */
  readonly bin?: string
  readonly environment?: Readonly<Record<string, string>>
}

/** The processes of one storm: everything in the folder's own log, nothing left behind. */
export function createProcesses({ folder, temporal, port, bin = BIN, environment = {} }: ProcessOptions) {
  const living = new Set<ChildProcess>()
  const address = `127.0.0.1:${port}`
  const env = { ...process.env, ...environment, TEMPORAL_ADDRESS: address }
  const log = openSync(join(folder, 'processes.log'), 'a')

  const start = (file: string, args: readonly string[], stdout: 'pipe' | number): ChildProcess => {
    const child = spawn(file, args, { cwd: folder, env, stdio: ['ignore', stdout, log] })
    living.add(child)
    child.once('exit', () => living.delete(child))
    return child
  }

  return {
    worker: () => start(process.execPath, [bin, 'worker', '--beside', '--folder', folder], log),
    /** A command as a person types it; may be killed on its way. */
    command: (args: readonly string[]) =>
      start(process.execPath, [bin, ...args, '--folder', folder, '--json'], log),
    async ended(args: readonly string[]): Promise<Ended> {
      const child = start(process.execPath, [bin, ...args, '--folder', folder, '--json'], 'pipe')
      let stdout = ''
      child.stdout!.on('data', (part) => {
        stdout += part
      })
      const [code] = await once(child, 'close')
      return { code: code as number | null, stdout }
    },
    /** The dev server on its own file and port: after a kill it finds all that was committed. */
    async temporal(): Promise<ChildProcess> {
      const child = start(
        temporal,
        [...devServerArguments(port, join(folder, 'temporal.db')), '--headless'],
        log,
      )
      for (let waited = 0; waited < 60_000 && !(await answers(address)); waited += 100) await sleep(100)
      return child
    },
    stop(): void {
      for (const child of living) child.kill('SIGKILL')
      closeSync(log)
    },
  }
}
export type Processes = ReturnType<typeof createProcesses>

/** Kills and waits until it is gone. */
export async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}

/** The one of these processes that has a connection from this port; null when none is found, or the system does not tell. */
export function ownerOf(port: number, children: readonly ChildProcess[]): ChildProcess | null {
  if (!existsSync('/proc/net/tcp')) return null
  const local = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`
  const line = readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .map((text) => text.trim().split(/\s+/))
    .find(([, address]) => address === local)
  const socket = `socket:[${line?.[9]}]`
  return children.find(({ pid }) => handlesOf(pid!).includes(socket)) ?? null
}

function handlesOf(pid: number): readonly string[] {
  const folder = `/proc/${pid}/fd`
  try {
    return readdirSync(folder).flatMap((handle) => linkOf(join(folder, handle)))
  } catch {
    // It has just ended.
    return []
  }
}

function linkOf(path: string): readonly string[] {
  try {
    return [readlinkSync(path)]
  } catch {
    return []
  }
}
