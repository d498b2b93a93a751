import { setTimeout as sleep } from 'node:timers/promises'
import { killAfterCommit, killAtWork, killBeforeAnswer, killBeforeCommit } from './aims.ts'
import { deleteQuotation, remark, sell } from './people.ts'
import { killed } from './processes.ts'
import type { Random } from './random.ts'
import { atWork, awake, becomesTrue, letGoOn, type Storm, wake } from './storm.ts'

/** A way to go wrong. Its act tells whether work was under way that it met. */
type Point = readonly [name: string, weight: number, act: (storm: Storm) => Promise<boolean>]

const POINTS: readonly Point[] = [
  ['kill a worker', 5, killAtWork],
  ['kill between Odoo’s commit and ours', 4, killBeforeAnswer],
  ['kill before Odoo’s commit', 4, killBeforeCommit],
  ['kill right after our commit', 3, killAfterCommit],
  ['stop workers', 3, stopWorkers],
  ['kill Temporal', 1, killTemporal],
  ['kill the database', 2, killDatabase],
  ['Odoo cut before', 1, (storm) => odooFault(storm, { kind: 'cut-before' })],
  ['Odoo cut when read', 1, (storm) => odooFault(storm, { kind: 'cut-read' })],
  ['Odoo cut after commit', 2, (storm) => odooFault(storm, { kind: 'cut-after' })],
  ['Odoo commits after the cut', 3, (storm) => odooFault(storm, { kind: 'cut-working', ms: 1_500 })],
  ['Odoo begins after the cut', 3, (storm) => odooFault(storm, { kind: 'cut-queued', ms: 1_500 })],
  ['Odoo stalls', 1, (storm) => odooFault(storm, { kind: 'stall', ms: 4_000 })],
  ['Odoo half an answer', 2, (storm) => odooFault(storm, { kind: 'half' })],
  ['Odoo JSON cut short', 1, (storm) => odooFault(storm, { kind: 'garbled' })],
  ['Odoo other JSON', 1, (storm) => odooFault(storm, { kind: 'garbled', body: 'other' })],
  ['Odoo 502', 1, (storm) => odooFault(storm, { kind: 'status' })],
  ['Odoo 429', 1, (storm) => odooFault(storm, { kind: 'status', status: 429, retryAfter: '1' })],
  ['Odoo conflict', 2, (storm) => odooFault(storm, { kind: 'conflict' })],
  ['Odoo deadlock', 1, (storm) => odooFault(storm, { kind: 'conflict', says: 'deadlock', as: 'error' })],
  ['Odoo key expired', 1, (storm) => odooFault(storm, { kind: 'key-expired' })],
  ['Odoo slow', 1, (storm) => odooFault(storm, { kind: 'latency', ms: 1_500 })],
  ['Shopify cut', 1, (storm) => shopFault(storm, { kind: 'cut-after' })],
  ['Shopify stalls', 1, (storm) => shopFault(storm, { kind: 'stall', ms: 3_000 })],
  ['Shopify half an answer', 1, (storm) => shopFault(storm, { kind: 'half' })],
  ['Shopify JSON cut short', 1, (storm) => shopFault(storm, { kind: 'garbled' })],
  ['Shopify throttled', 1, (storm) => shopFault(storm, { kind: 'throttled' })],
  ['Shopify 429', 1, (storm) => shopFault(storm, { kind: 'status', status: 429, retryAfter: '1.0' })],
  ['Shopify 503', 1, (storm) => shopFault(storm, { kind: 'status' })],
  ['Shopify too costly', 1, (storm) => shopFault(storm, { kind: 'max-cost' })],
  ['Shopify token expired', 1, (storm) => shopFault(storm, { kind: 'expired-token' })],
  ['Shopify hands out twice', 1, handedOutTwice],
  ['an order edited while read', 2, edited],
  ['records that appear late', 2, appearLate],
  ['a quotation deleted in Odoo', 2, deleted],
  ['a run by hand', 2, (storm) => byHand(storm, ['run', storm.random.pick(storm.mappings)])],
  ['a backfill', 2, (storm) => byHand(storm, ['run', storm.random.pick(storm.mappings), '--full'])],
  ['another mapping applied', 2, applied],
]

/**
 * One point: something goes wrong, and people go on working meanwhile. `choice` is used for nothing else, so that a seed gives the same
 * points whatever they meet. Gives its name and whether it met work.
 */
export async function strike(
  storm: Storm,
  choice: Random,
): Promise<{ readonly name: string; readonly met: boolean }> {
  const total = POINTS.reduce((sum, [, weight]) => sum + weight, 0)
  let left = choice.next() * total
  const [name, , act] = POINTS.find(([, weight]) => (left -= weight) < 0) ?? POINTS[0]!
  const met = await act(storm)
  await sell(storm.people, storm.random.between(0, 3))
  await remark(storm.people)
  wake(storm, false)
  await letGoOn(storm)
  return { name, met }
}

/** Long enough for heartbeat and lease to be lost, one worker or several at once; others go on, or nobody. */
async function stopWorkers(storm: Storm): Promise<boolean> {
  const met = await atWork(storm)
  const { random, sleepers } = storm
  const all = awake(storm)
  for (const child of all.slice(0, random.between(1, all.length))) {
    child.kill('SIGSTOP')
    sleepers.push({ child, at: Date.now() + random.between(3_000, 8_000) })
  }
  return met
}

async function killTemporal(storm: Storm): Promise<boolean> {
  const met = await atWork(storm)
  await killed(storm.temporal)
  await sleep(storm.random.between(0, 500))
  storm.temporal = await storm.processes.temporal()
  return met
}

/** The server itself; SQLite has none, so a worker stands for it. */
async function killDatabase(storm: Storm): Promise<boolean> {
  const { postgres, random } = storm
  if (postgres === null) return killAtWork(storm)
  const met = await atWork(storm)
  process.kill(postgres.pid, 'SIGKILL')
  await sleep(random.between(0, 500))
  await postgres.restart()
  return met
}

async function odooFault(storm: Storm, fault: object): Promise<boolean> {
  const { random } = storm
  const method = random.pick(['load', 'load', 'load', 'action_confirm', 'search_read'])
  const after = random.between(0, 3)
  return armed(storm, 'odoo', { ...fault, method, after, times: random.between(1, 2) })
}

async function shopFault(storm: Storm, fault: object): Promise<boolean> {
  return armed(storm, 'shopify', { after: storm.random.between(0, 3), ...fault })
}

/** Sells what the fault will strike, and waits until it has. */
async function armed(storm: Storm, system: 'odoo' | 'shopify', fault: object): Promise<boolean> {
  const { control, people, random } = storm
  const hits = async () => {
    const { faultsHit } = await control<{ faultsHit: Readonly<Record<string, number>> }>(`${system}/stats`)
    return Object.values(faultsHit).reduce((sum, count) => sum + count, 0)
  }
  const before = await hits()
  await control(`${system}/faults`, { add: [fault] })
  await sell(people, random.between(4, 12))
  return becomesTrue(async () => (await hits()) > before)
}

/** Seen by whoever reads several pages: a backfill. */
async function handedOutTwice(storm: Storm): Promise<boolean> {
  storm.processes.command(['run', storm.random.pick(storm.mappings), '--full'])
  return shopFault(storm, { kind: 'duplicate', operation: 'Page', after: 0 })
}

function edited(storm: Storm): Promise<boolean> {
  const edit = storm.random.pick<unknown>([
    { addLine: 'SKU-1-1' },
    { removeLine: 0 },
    { setQuantity: { line: 0, quantity: storm.random.between(1, 5) } },
    'markPaid',
    'cancel',
  ])
  return armed(storm, 'shopify', { kind: 'edited', operation: 'Page', field: 'orders', edit })
}

/** New customers and orders whose stamps lie behind what was read already. */
async function appearLate(storm: Storm): Promise<boolean> {
  const met = await atWork(storm)
  const { control, people, random } = storm
  const times = random.between(2, 5)
  await control('shopify/faults', {
    add: [{ kind: 'late-commit', ms: random.between(5_000, 90_000), times }],
  })
  await sell(people, times, true)
  return met
}

async function deleted(storm: Storm): Promise<boolean> {
  const met = await atWork(storm)
  await deleteQuotation(storm.people)
  return met
}

/** A command as a person types it, killed on its way every other time. */
async function byHand(storm: Storm, args: readonly string[]): Promise<boolean> {
  const { processes, random } = storm
  const met = await atWork(storm)
  const child = processes.command(args)
  if (random.next() < 0.5) setTimeout(() => child.kill('SIGKILL'), random.between(500, 4_000)).unref()
  return met
}

/** The file of a mapping changes, or changes back, and what was written before follows. */
function applied(storm: Storm): Promise<boolean> {
  storm.toggle.write(storm.random.next() < 0.6)
  return byHand(storm, ['apply', '--rewrite'])
}
