import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startStandIns } from '../../engine/cli/demo/stand-ins.ts'
import { openStore } from '../../engine/store/open.ts'
import { findTemporal } from '../../engine/temporal/dev-server/binary.ts'
import { freePort } from '../../engine/temporal/dev-server/server.ts'
import { startPostgres } from '../postgres/server.ts'
import { calm } from './calm.ts'
import { findViolations, idsOf } from './check.ts'
import { createPeople } from './people.ts'
import { strike } from './points.ts'
import { flowsOf, prepareFolder, toggleOf } from './prepare.ts'
import { createProcesses } from './processes.ts'
import { buildProgram } from './program.ts'
import { createRandom } from './random.ts'
import { atWork, type Storm } from './storm.ts'
import { tellings } from './tellings.ts'

export interface KillOptions {
  readonly points: number
  readonly seed: number
  readonly store: 'sqlite' | 'postgres'
  readonly workers: number
  /** Three are the shipped ones; further ones are copies. */
  readonly mappings: number
  /** Only this mapping is run by hand. */
  readonly flow: string | null
  /** The folder with store, logs and Temporal's data stays. */
  readonly keep: boolean
  say(message: string): void
}

export interface KillResult {
  readonly points: number
  /** Points that met work under way. */
  readonly met: number
  readonly seed: number
  readonly lost: readonly string[]
  readonly doubled: readonly string[]
  readonly orders: number
  readonly seconds: number
  readonly struck: Readonly<Record<string, number>>
}

const STARTED_WITHIN_MS = 60_000

/** Real processes in a storm of kills, stalls and cuts; then calm, and a look from outside at what arrived. */
export async function runStorm(options: KillOptions): Promise<KillResult> {
  const began = Date.now()
  const { say, seed, points } = options
  const folder = mkdtempSync(join(tmpdir(), 'tidelock-kill-'))
  const flows = flowsOf(options.mappings)
  const mappings = flows.map(({ mapping }) => mapping)
  await using ends = new AsyncDisposableStack()
  const standIns = await startStandIns(['--customers', '40', '--products', '20', '--orders', '150'])
  ends.defer(() => standIns.stop())
  const postgres = options.store === 'postgres' ? await startPostgres() : null
  ends.defer(async () => postgres?.stop())
  const address = postgres?.url() ?? 'sqlite:.tidelock/store.db'
  prepareFolder(folder, standIns.addresses, flows, postgres !== null)
  const program = mkdtempSync(join(tmpdir(), 'tidelock-program-'))
  ends.defer(() => rmSync(program, { recursive: true, force: true }))
  const processes = createProcesses({
    folder,
    temporal: await findTemporal(process.env, say),
    port: await freePort(),
    bin: await buildProgram(program),
    environment: {
      NODE_COMPILE_CACHE: join(program, 'compiled'),
      ...(postgres === null ? {} : { DATABASE_URL: address }),
    },
  })
  ends.defer(() => processes.stop())
  const before = await idsOf(standIns.control)
  const temporal = await processes.temporal()
  const applied = await processes.ended(['apply'])
  if (applied.code !== 0) throw new Error(`apply ended with ${applied.code}: ${applied.stdout}`)
  const store = await openStore(address, { folder })
  ends.defer(() => store.close())
  const random = createRandom(seed + 1)
  const choice = createRandom(seed)
  const storm: Storm = {
    random,
    control: standIns.control,
    people: createPeople(standIns.control, random),
    processes,
    store,
    postgres,
    mappings: options.flow === null ? mappings : [options.flow],
    toggle: toggleOf(folder),
    temporal,
    workers: Array.from({ length: options.workers }, processes.worker),
    sleepers: [],
    resuming: new Set(),
    say,
  }
  if (!(await atWork(storm, STARTED_WITHIN_MS))) throw new Error('The workers do not begin.')
  const struck: Record<string, number> = {}
  let met = 0
  for (let point = 1; point <= points; point++) {
    const { name, met: didMeet } = await strike(storm, choice)
    struck[name] = (struck[name] ?? 0) + 1
    if (didMeet) met++
    say(`${point} ${name}${didMeet ? '' : ' (met nothing)'}`)
  }
  const lost: string[] = []
  const doubled: string[] = []
  // First what came by itself; then what only a rewrite brings.
  for (const rewritten of [false, true]) {
    lost.push(...(await calm(storm, mappings, rewritten)))
    const told = await tellings(store, mappings, Date.now())
    const { remarks, deleted } = storm.people
    const found = await findViolations(standIns.control, flows, before, {
      letters: told.letters,
      remarks,
      deleted,
      rewritten,
    })
    lost.push(...told.lost, ...found.lost)
    doubled.push(...found.doubled)
  }
  const { orders } = await standIns.control<{ orders: number }>('shopify/counts')
  if (options.keep || lost.length + doubled.length > 0) say(`kept: ${folder}`)
  else rmSync(folder, { recursive: true, force: true })
  const seconds = Math.round((Date.now() - began) / 1000)
  return { points, met, seed, lost, doubled, orders, seconds, struck }
}
