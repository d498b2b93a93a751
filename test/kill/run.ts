import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { DEMO_MAPPINGS, prepareDemoFolder } from '../../engine/cli/demo/folder.ts'
import { startStandIns } from '../../engine/cli/demo/stand-ins.ts'
import { openStore } from '../../engine/store/open.ts'
import { findTemporal } from '../../engine/temporal/dev-server/binary.ts'
import { freePort } from '../../engine/temporal/dev-server/server.ts'
import { findViolations, idsOf } from './check.ts'
import { SHIPPED } from './flows.ts'
import { createProcesses, type Processes } from './processes.ts'
import { createRandom } from './random.ts'
import { type Storm, strike, wake } from './storm.ts'
import { tellings } from './tellings.ts'

export interface KillOptions {
  readonly points: number
  readonly seed: number
  readonly workers: number
  /** Only this mapping is run by hand. */
  readonly flow: string | null
  /** The folder with store, logs and Temporal's data stays. */
  readonly keep: boolean
  say(message: string): void
}

export interface KillResult {
  readonly points: number
  readonly seed: number
  readonly lost: readonly string[]
  readonly doubled: readonly string[]
  readonly orders: number
  readonly seconds: number
  readonly struck: Readonly<Record<string, number>>
}

/** Longer than an intent may be open: what may be sent, and what may still commit. */
const SETTLED_MS = 4_000

/** Real processes in a storm of kills, stalls and cuts; then calm, and a look from outside at what arrived. */
export async function runStorm(options: KillOptions): Promise<KillResult> {
  const began = Date.now()
  const folder = mkdtempSync(join(tmpdir(), 'tidelock-kill-'))
  const standIns = await startStandIns(['--customers', '40', '--products', '20', '--orders', '150'])
  let processes: Processes | null = null
  try {
    prepareDemoFolder(folder, standIns.addresses, '19.0')
    hurry(folder)
    processes = createProcesses(folder, await findTemporal(process.env, options.say), await freePort())
    const before = await idsOf(standIns.control)
    const storm: Storm = {
      random: createRandom(options.seed),
      standIns,
      processes,
      mappings: options.flow === null ? DEMO_MAPPINGS : [options.flow],
      temporal: await processes.temporal(),
      workers: [],
      sleepers: [],
      remarks: new Map(),
      say: options.say,
    }
    const applied = await processes.ended(['apply'])
    if (applied.code !== 0) throw new Error(`apply ended with ${applied.code}: ${applied.stdout}`)
    for (let n = 0; n < options.workers; n++) storm.workers.push(processes.worker())
    await sleep(4_000)
    const struck: Record<string, number> = {}
    for (let point = 1; point <= options.points; point++) {
      const name = await strike(storm)
      struck[name] = (struck[name] ?? 0) + 1
      options.say(`${point} ${name}`)
      await sleep(storm.random.between(100, 1_200))
    }
    await calm(storm)
    const told = await tellingsOf(folder)
    const found = await findViolations(standIns.control, SHIPPED, before, {
      letters: told.letters,
      remarks: storm.remarks,
      deleted: new Set(),
    })
    const { orders } = await standIns.control<{ orders: number }>('shopify/counts')
    const lost = [...told.lost, ...found.lost]
    if (options.keep || lost.length + found.doubled.length > 0) options.say(`kept: ${folder}`)
    else rmSync(folder, { recursive: true, force: true })
    return {
      points: options.points,
      seed: options.seed,
      lost,
      doubled: found.doubled,
      orders,
      seconds: Math.round((Date.now() - began) / 1000),
      struck,
    }
  } finally {
    processes?.stop()
    await standIns.stop()
  }
}

/** Everything happens in seconds: schedules, retries, heartbeats, and the time after which a lost write is settled. */
function hurry(folder: string): void {
  const edit = (file: string, change: (text: string) => string) => {
    const path = join(folder, file)
    writeFileSync(path, change(readFileSync(path, 'utf8')))
  }
  for (const mapping of DEMO_MAPPINGS)
    edit(join('mappings', `${mapping}.yaml`), (text) => {
      const quick = text
        .replace(/^schedule: .*$/m, 'schedule: { every: 2s }')
        .replace(/retry: \{[^}]*\}/, 'retry: { first: 200ms, max: 1s, attempts: 1000 }')
        .replace(/again: \[[^\]]*\]/, 'again: [2s]')
      return quick.includes('errors:')
        ? quick
        : `${quick}\nerrors: { retry: { first: 200ms, max: 1s, attempts: 1000 }, parked: { again: [2s] } }\n`
    })
  edit(join('mappings', 'connections', 'odoo.yaml'), (text) => `${text}limits: { settleAfter: 2s }\n`)
  edit('temporal.yaml', (text) =>
    text.replace(/^worker: .*$/m, 'worker: { legBudget: 3s, heartbeat: 2s, concurrency: 4 }'),
  )
}

async function calm(storm: Storm): Promise<void> {
  await wake(storm, true)
  await storm.standIns.control('odoo/faults', { faults: [] })
  await storm.standIns.control('shopify/faults', { faults: [] })
  storm.workers.push(storm.processes.worker())
  await sleep(SETTLED_MS)
  for (let round = 0; round < 3; round++) {
    for (const mapping of DEMO_MAPPINGS) {
      const { code, stdout } = await storm.processes.ended(['run', mapping])
      if (code !== 0) storm.say(`run ${mapping} ended with ${code}: ${stdout.slice(-500)}`)
    }
    await sleep(SETTLED_MS)
  }
}

async function tellingsOf(folder: string): ReturnType<typeof tellings> {
  const store = await openStore('sqlite:.tidelock/store.db', { folder, now: Date.now })
  try {
    return await tellings(store, DEMO_MAPPINGS, Date.now() - SETTLED_MS)
  } finally {
    await store.close()
  }
}
