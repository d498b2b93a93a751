import { runs } from '../../engine/store/runs.ts'
import { sell } from './people.ts'
import { ownerOf } from './processes.ts'
import { atWork, awake, becomesTrue, replace, type Storm } from './storm.ts'

/** Kills between two certain moments, where a random one would seldom strike. Each tells whether it met that moment. */

/** Longer than a kill takes; shorter than the engine waits for an answer. */
const HELD_MS = 6_000

/** Odoo has committed; the engine has not heard of it. */
export async function killBeforeAnswer(storm: Storm): Promise<boolean> {
  const { control, random, people } = storm
  const method = random.pick(['load', 'load', 'action_confirm'])
  await control('odoo/faults', { add: [{ kind: 'hold', ms: HELD_MS, method, after: random.between(0, 2) }] })
  await sell(people, random.between(8, 16))
  let held: { readonly port: number } | undefined
  const met = await becomesTrue(async () => {
    ;[held] = await control<readonly { readonly port: number }[]>('odoo/held', { within: 100 })
    return held !== undefined
  })
  const owner = ownerOf(held?.port ?? 0, storm.workers)
  // The one whose answer it is, so that another takes over; or all.
  await replace(storm, owner === null || random.next() < 0.3 ? awake(storm) : [owner])
  await control('odoo/release')
  return met
}

/** The request is at Odoo, which has not begun with it: never, or a while after the worker's death. */
export async function killBeforeCommit(storm: Storm): Promise<boolean> {
  const { control, random, people } = storm
  const kind = random.pick(['stall', 'cut-working', 'cut-queued'])
  const hits = async () =>
    (await control<{ readonly faultsHit: Readonly<Record<string, number>> }>('odoo/stats')).faultsHit[kind] ??
    0
  const before = await hits()
  const method = random.pick(['load', 'load', 'action_confirm'])
  const ms = kind === 'stall' ? 8_000 : random.between(200, 1_700)
  await control('odoo/faults', { add: [{ kind, method, ms, after: random.between(0, 2) }] })
  await sell(people, random.between(8, 16))
  const met = await becomesTrue(async () => (await hits()) > before)
  await replace(storm, awake(storm))
  return met
}

/** The engine has committed a page; Temporal has not heard of it. */
export async function killAfterCommit(storm: Storm): Promise<boolean> {
  const { store, people, random } = storm
  const pages = async () =>
    (await runs(store, 'acme', { limit: 20 })).reduce((sum, run) => sum + run.pages + run.tally.due, 0)
  await sell(people, random.between(4, 12))
  let before = await pages()
  const met = await becomesTrue(async () => {
    const now = await pages()
    const isMore = now > before
    before = now
    return isMore
  })
  await replace(storm, awake(storm))
  return met
}

/** Anywhere while it writes. */
export async function killAtWork(storm: Storm): Promise<boolean> {
  const met = await atWork(storm)
  const victim = storm.random.pick(awake(storm))
  if (victim !== undefined) await replace(storm, [victim])
  return met
}
