import type { ChildProcess } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import type { RunningStandIns } from '../../engine/cli/demo/stand-ins.ts'
import { killed, type Processes } from './processes.ts'
import type { Random } from './random.ts'

export interface Storm {
  readonly random: Random
  readonly standIns: RunningStandIns
  readonly processes: Processes
  readonly mappings: readonly string[]
  readonly workers: ChildProcess[]
  temporal: ChildProcess
  /** Stopped ones come back at these times. */
  readonly sleepers: { readonly child: ChildProcess; readonly at: number }[]
  /** What people wrote in Odoo, by partner: it has to be there at the end. */
  readonly remarks: Map<number, string>
  say(message: string): void
}

/** Ways to go wrong; each counts as one point. */
const POINTS: readonly (readonly [name: string, weight: number, act: (storm: Storm) => Promise<void>])[] = [
  ['kill a worker', 5, killWorker],
  ['stop a worker', 2, stopWorker],
  ['kill Temporal', 1, killTemporal],
  ['Odoo cut after commit', 4, (storm) => odooFault(storm, 'cut-after')],
  ['Odoo cut before', 2, (storm) => odooFault(storm, 'cut-before')],
  ['Odoo half an answer', 2, (storm) => odooFault(storm, 'half')],
  ['Odoo 502', 1, (storm) => odooFault(storm, 'status')],
  ['Odoo conflict', 2, (storm) => odooFault(storm, 'conflict')],
  ['Odoo slow', 1, (storm) => odooFault(storm, 'latency')],
  ['Shopify cut', 1, (storm) => shopFault(storm, 'cut-read')],
  ['Shopify half an answer', 1, (storm) => shopFault(storm, 'half')],
  ['Shopify throttled', 1, (storm) => shopFault(storm, 'throttled')],
  ['Shopify 500', 1, (storm) => shopFault(storm, 'status')],
  ['a run by hand', 2, (storm) => byHand(storm, [])],
  ['a backfill', 2, (storm) => byHand(storm, ['--full'])],
]

/** One point: something goes wrong, and people go on working meanwhile. Gives its name. */
export async function strike(storm: Storm): Promise<string> {
  const total = POINTS.reduce((sum, [, weight]) => sum + weight, 0)
  let left = storm.random.next() * total
  const [name, , act] = POINTS.find(([, weight]) => (left -= weight) < 0) ?? POINTS[0]!
  await act(storm)
  await people(storm)
  await wake(storm, false)
  return name
}

/** Stopped workers go on, the zombies of what others took over. */
export async function wake(storm: Storm, all: boolean): Promise<void> {
  for (const sleeper of [...storm.sleepers]) {
    if (!all && sleeper.at > Date.now()) continue
    sleeper.child.kill('SIGCONT')
    storm.sleepers.splice(storm.sleepers.indexOf(sleeper), 1)
  }
}

async function killWorker({ workers, processes, random, sleepers }: Storm): Promise<void> {
  const awake = workers.filter((worker) => !sleepers.some(({ child }) => child === worker))
  const victim = random.pick(awake)
  if (victim === undefined) return
  await killed(victim)
  workers[workers.indexOf(victim)] = processes.worker()
}

/** Long enough for heartbeat and lease to be lost; another worker goes on. */
async function stopWorker({ workers, random, sleepers }: Storm): Promise<void> {
  if (sleepers.length > 0) return
  const child = random.pick(workers)
  child.kill('SIGSTOP')
  sleepers.push({ child, at: Date.now() + random.between(3_000, 8_000) })
}

async function killTemporal(storm: Storm): Promise<void> {
  await killed(storm.temporal)
  await sleep(storm.random.between(0, 500))
  storm.temporal = await storm.processes.temporal()
}

async function odooFault({ standIns, random }: Storm, kind: string): Promise<void> {
  const method = random.pick(['load', 'load', 'action_confirm', 'search_read'])
  await standIns.control('odoo/faults', {
    faults: [{ kind, method, times: random.between(1, 2), after: random.between(0, 4), ms: 1_500 }],
  })
}

async function shopFault({ standIns }: Storm, kind: string): Promise<void> {
  await standIns.control('shopify/faults', { faults: [{ kind }] })
}

async function byHand({ processes, random, mappings }: Storm, options: readonly string[]): Promise<void> {
  const child = processes.command(['run', random.pick(mappings), ...options])
  if (random.next() < 0.5) setTimeout(() => child.kill('SIGKILL'), random.between(500, 4_000)).unref()
}

/** What a merchant and Odoo's users do in between. Edits of what cannot be edited (any more) are refused and do not matter. */
async function people({ standIns, random, remarks }: Storm): Promise<void> {
  const orders = await standIns.control<readonly { readonly name: string }[]>('shopify/orders')
  const shop = (name: string, body: object) => standIns.control(`shopify/${name}`, body).catch(() => {})
  const { name: order } = random.pick(orders)
  const sku = `SKU-${random.between(1, 8)}-1`
  await random.pick([
    () => shop('editOrder', { order, addLine: sku }),
    () => shop('editOrder', { order, removeLine: 0 }),
    () => shop('editOrder', { order, setQuantity: { line: 0, quantity: random.between(1, 5) } }),
    () => shop('markPaid', { order }),
    () => shop('cancel', { order }),
    () => shop('updateVariant', { sku, barcode: String(random.between(1, 1e9)) }),
    () =>
      shop('createOrder', {
        name: `#K${random.between(1, 1e9)}`,
        lines: [{ sku, quantity: random.between(1, 4), unit: random.between(100, 9_000) }],
      }),
  ])()
  const partners = await standIns.control<readonly { readonly id: number }[]>('odoo/read', {
    model: 'res.partner',
    domain: [['email', '!=', false]],
    fields: ['id'],
  })
  if (partners.length === 0) return
  const { id } = random.pick(partners)
  const remark = `remark ${random.between(1, 1e9)}`
  await standIns.control('odoo/write', { model: 'res.partner', ids: [id], values: { comment: remark } })
  remarks.set(id, remark)
}
