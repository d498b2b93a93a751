import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const HERE = import.meta.dirname
const BIN = join(HERE, '..', '..', 'engine', 'cli', 'bin.js')

/** A process that said on its first line that it is ready, and what it is. */
export interface Running<T> {
  readonly said: T
  /** Gives it a line; what it says next. */
  ask<Answer>(): Promise<Answer>
  signal(name: NodeJS.Signals): void
  stop(): Promise<void>
}

/** One of the bench's own programs, up and answering. */
export function startProgram<T>(name: string, args: readonly string[]): Promise<Running<T>> {
  return started(process.execPath, [join(HERE, name), ...args], {})
}

/** One of the bench's own programs, to its end; what it said last. */
export async function runProgram<T>(name: string, args: readonly string[]): Promise<T> {
  return lastSaid(spawnPiped(process.execPath, [join(HERE, name), ...args], {}), name)
}

/** A `tidelock worker`; asked by SIGUSR2 it leaves its most memory in `peakFile`. `profiles`: a folder for a CPU profile. */
export function startWorkerProcess(
  options: { readonly folder: string; readonly temporal: string; readonly peakFile: string },
  profiles: string | null,
): Promise<Running<unknown>> {
  const profiling = profiles === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${profiles}`]
  return started(
    process.execPath,
    [...profiling, '--import', join(HERE, 'peak.ts'), BIN, 'worker', '--folder', options.folder, '--json'],
    { env: { ...process.env, TEMPORAL_ADDRESS: options.temporal, BENCH_PEAK: options.peakFile } },
  )
}

export function spawnPiped(file: string, args: readonly string[], options: SpawnOptions): ChildProcess {
  return spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'], ...options })
}

async function started<T>(file: string, args: readonly string[], options: SpawnOptions): Promise<Running<T>> {
  const child = spawnPiped(file, args, options)
  const complaints = textOf(child.stderr!)
  const lines = createInterface({ input: child.stdout! })
  const next = async <Said>(): Promise<Said> => {
    const line = await new Promise<string>((resolve, reject) => {
      lines.once('line', resolve)
      child.once('close', () => reject(new Error(`${args.join(' ')} ended: ${complaints()}`)))
    })
    return JSON.parse(line) as Said
  }
  return {
    said: await next<T>(),
    ask() {
      child.stdin!.write('\n')
      return next()
    },
    signal: (name) => void child.kill(name),
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const ended = once(child, 'close')
      child.kill('SIGTERM')
      await ended
    },
  }
}

async function lastSaid<T>(child: ChildProcess, name: string): Promise<T> {
  const said = textOf(child.stdout!)
  const complaints = textOf(child.stderr!)
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`${name} ended with ${code}: ${complaints()}${said()}`)
  return JSON.parse(said().trim().split('\n').at(-1)!) as T
}

function textOf(stream: NodeJS.ReadableStream): () => string {
  let text = ''
  stream.on('data', (part) => {
    text += part
  })
  return () => text
}
