import type { ChildProcess } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Store } from '../../engine/store/open.ts'
import { openRuns } from '../../engine/store/waiting-runs.ts'
import type { PostgresServer } from '../postgres/server.ts'
import { type People, sell } from './people.ts'
import type { Toggle } from './prepare.ts'
import { killed, type Processes } from './processes.ts'
import type { Random } from './random.ts'
import type { Control } from './target.ts'

export interface Storm {
  readonly random: Random
  readonly control: Control
  readonly people: People
  readonly processes: Processes
  /** The store that the workers work with, to look at. */
  readonly store: Store
  readonly postgres: PostgresServer | null
  /** What may be run by hand. */
  readonly mappings: readonly string[]
  readonly toggle: Toggle
  readonly workers: ChildProcess[]
  temporal: ChildProcess
  /** Stopped ones come back at these times. */
  readonly sleepers: { readonly child: ChildProcess; readonly at: number }[]
  /** Mappings whose waiting runs are being told to go on. */
  readonly resuming: Set<string>
  say(message: string): void
}

/** How long a point waits for the engine to be at work. */
const PATIENCE_MS = 5_000
const LOOK_MS = 20

/** True as soon as `look` gives true; false when it did not in time. */
export async function becomesTrue(look: () => Promise<boolean>, patienceMs = PATIENCE_MS): Promise<boolean> {
  for (const end = Date.now() + patienceMs; Date.now() < end; await sleep(LOOK_MS))
    if (await look()) return true
  return false
}

/** A burst of changes in the shop, and the engine is writing them. */
export async function atWork(storm: Storm, patienceMs = PATIENCE_MS): Promise<boolean> {
  const { control, people, random } = storm
  const writes = async () => (await control<{ readonly writeCalls: number }>('odoo/stats')).writeCalls
  const before = await writes()
  await sell(people, random.between(4, 12))
  return becomesTrue(async () => (await writes()) > before, patienceMs)
}

/** Workers that can be killed or stopped. */
export function awake({ workers, sleepers }: Storm): readonly ChildProcess[] {
  return workers.filter((worker) => !sleepers.some(({ child }) => child === worker))
}

/** These workers die at once, and others take their places. */
export async function replace(storm: Storm, victims: readonly ChildProcess[]): Promise<void> {
  await Promise.all(victims.map(killed))
  for (const victim of victims) storm.workers[storm.workers.indexOf(victim)] = storm.processes.worker()
}

/** Stopped workers go on, the zombies of what others took over. */
export function wake({ sleepers }: Storm, all: boolean): void {
  for (const sleeper of [...sleepers]) {
    if (!all && sleeper.at > Date.now()) continue
    sleeper.child.kill('SIGCONT')
    sleepers.splice(sleepers.indexOf(sleeper), 1)
  }
}

/** Somebody has seen to what waits for a person, and says so; of a mapping that is being told nothing is said twice. */
export async function letGoOn({ processes, store, resuming }: Storm): Promise<void> {
  for (const { mapping, state } of await openRuns(store, 'acme')) {
    if ((state !== 'awaiting-credentials' && state !== 'halted') || resuming.has(mapping)) continue
    resuming.add(mapping)
    processes.command(['resume', mapping, '--reason', 'seen to']).once('exit', () => resuming.delete(mapping))
  }
}
