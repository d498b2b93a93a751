import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { applyChanges } from '../../engine/cli/commands/apply.ts'
import { createOutput } from '../../engine/cli/output.ts'
import { openSession, type Session } from '../../engine/cli/session.ts'
import { situate } from '../../engine/cli/situation.ts'
import { openWorkspace } from '../../engine/cli/workspace.ts'
import type { HashedPlan } from '../../engine/core/compile/repository.ts'
import { workerIsUp } from '../../engine/temporal/client.ts'
import { startRunByHand } from '../../engine/temporal/start.ts'
import { mappingOf, prepareFolder } from './folder.ts'
import { startWorkerProcess } from './processes.ts'
import type { Servers } from './servers.ts'

/** What one run of the mapping took. */
export interface Pass {
  readonly records: number
  /** From the start of its workflow to its end, by Temporal's own history. */
  readonly seconds: number
  readonly events: number
  /** Counted by the servers. */
  readonly calls: number
}

/** A worker, and a mapping of its own for each pair: each has an empty ledger. */
export interface Engine {
  /** `first`: all is created. `again`: all is read once more, and unchanged. */
  pass(pair: number, which: 'first' | 'again'): Promise<Pass>
  /** The most memory the worker's process had so far. */
  peakBytes(): Promise<number>
  stop(): Promise<void>
}

export interface EngineOptions {
  readonly orders: number
  readonly pairs: number
  readonly temporal: string
  readonly servers: Servers
  /** A folder for CPU profiles of the worker, or null. */
  readonly profiles: string | null
}

/** The engine as it is run: applied, a worker in a process of its own, runs through Temporal, a store in a new file. */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  const folder = mkdtempSync(join(tmpdir(), 'tidelock-bench-'))
  const taskQueue = folder.slice(folder.lastIndexOf('-') + 1)
  prepareFolder(folder, options.servers.addresses, taskQueue, options.pairs)
  const { repository, plans, diagnostics } = openWorkspace(folder, 'default')
  if (repository === null || plans.length < options.pairs) throw new Error(JSON.stringify(diagnostics))
  const session = await openSession({
    repository,
    folder,
    environment: 'default',
    processEnvironment: { TEMPORAL_ADDRESS: options.temporal },
    say() {},
  })
  await applyChanges(session, plans, await situate(session, plans), {
    prune: false,
    stamp: { commit: null, author: 'bench' },
    output: createOutput(true, process, process.env),
  })
  const peakFile = join(folder, 'peak')
  const worker = await startWorkerProcess({ folder, temporal: options.temporal, peakFile }, options.profiles)
  // Work is given out as soon as somebody asks for it.
  while (!(await workerIsUp(await session.temporal()))) await sleep(20)
  return {
    pass(pair, which) {
      const plan = plans.find((candidate) => candidate.plan.mapping === mappingOf(pair))!
      return runPass(session, plan, options, which)
    },
    async peakBytes() {
      rmSync(peakFile, { force: true })
      worker.signal('SIGUSR2')
      return numberIn(peakFile)
    },
    async stop() {
      await worker.stop()
      await session.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function runPass(
  session: Session,
  { plan, hash }: HashedPlan,
  { servers, orders }: EngineOptions,
  which: 'first' | 'again',
): Promise<Pass> {
  const before = await servers.calls()
  const handle = await startRunByHand(await session.temporal(), session.prefix, plan, hash, {
    lane: which === 'first' ? 'live' : 'backfill',
    suffix: session.folder,
    selectionId: null,
    attributes: true,
    parked: 0,
  })
  const tally = await handle.result()
  const calls = (await servers.calls()) - before
  if ((which === 'first' ? tally.created : tally.unchanged) < orders)
    throw new Error(`All of ${orders} orders were to be moved: ${JSON.stringify(tally)}`)
  const { events = [] } = await handle.fetchHistory()
  const at = (index: number): number => {
    const time = events?.at(index)?.eventTime
    return Number(time?.seconds ?? 0) + (time?.nanos ?? 0) / 1e9
  }
  return { records: orders, seconds: at(-1) - at(0), events: events?.length ?? 0, calls }
}

async function numberIn(path: string): Promise<number> {
  for (;;) {
    const text = existsSync(path) ? readFileSync(path, 'utf8') : ''
    if (text !== '') return Number(text)
    await sleep(10)
  }
}
