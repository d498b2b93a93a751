import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { answers, devServerArguments } from '../../engine/temporal/dev-server/server.ts'

const BIN = resolve(import.meta.dirname, '..', '..', 'engine', 'cli', 'bin.js')

export interface Ended {
  readonly code: number | null
  readonly stdout: string
}

/** The processes of one storm: everything in the folder's own log, nothing left behind. */
export function createProcesses(folder: string, program: string, port: number) {
  const living = new Set<ChildProcess>()
  const address = `127.0.0.1:${port}`
  const environment = { ...process.env, TEMPORAL_ADDRESS: address }
  const log = openSync(join(folder, 'processes.log'), 'a')

  const start = (file: string, args: readonly string[], stdout: 'pipe' | number): ChildProcess => {
    const child = spawn(file, args, { cwd: folder, env: environment, stdio: ['ignore', stdout, log] })
    living.add(child)
    child.once('exit', () => living.delete(child))
    return child
  }

  return {
    worker: () => start(process.execPath, [BIN, 'worker', '--beside', '--folder', folder], log),
    /** A command as a person types it; may be killed on its way. */
    command: (args: readonly string[]) =>
      start(process.execPath, [BIN, ...args, '--folder', folder, '--json'], log),
    async ended(args: readonly string[]): Promise<Ended> {
      const child = start(process.execPath, [BIN, ...args, '--folder', folder, '--json'], 'pipe')
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
        program,
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
