import { setTimeout as sleep } from 'node:timers/promises'
import { type DeadLetterRow, deadLetters } from '../../engine/store/dead-letters.ts'
import { openIntents } from '../../engine/store/ledger.ts'
import type { Store } from '../../engine/store/open.ts'
import { runs } from '../../engine/store/runs.ts'
import { becomesTrue, letGoOn, type Storm, wake } from './storm.ts'

/** Longer than a write may be on its way here, and than a schedule's interval. */
const SETTLED_MS = 4_000
const CALM_WITHIN_MS = 180_000
/** Classes that end by themselves. */
const PASSING = new Set(['unknown-outcome', 'missing-reference', 'conflict'])

/**
 * No more faults, and time for what is left; with `rewrite` the mapping that people changed is as it was in the beginning and reaches
 * all records. Gives what did not come to rest.
 */
export async function calm(storm: Storm, mappings: readonly string[], rewrite: boolean): Promise<string[]> {
  const { control, processes, toggle } = storm
  wake(storm, true)
  for (const system of ['odoo', 'shopify']) await control(`${system}/faults`, { faults: [] })
  await control('odoo/release')
  await control('odoo/finish')
  const failed: string[] = []
  const ended = async (...args: readonly string[]) => {
    const { code, stdout } = await processes.ended(args)
    if (code !== 0) failed.push(`${args.join(' ')} ended with ${code}: ${stdout.slice(-500)}`)
  }
  if (rewrite) {
    toggle.write(false)
    await ended('apply')
    await ended('run', toggle.mapping, '--full')
  } else storm.workers.push(processes.worker())
  await sleep(SETTLED_MS)
  const since = storm.store.now()
  let left: readonly string[] = []
  const isCalm = async () => {
    await letGoOn(storm)
    left = await restless(storm.store, mappings, since)
    return left.length === 0
  }
  return (await becomesTrue(isCalm, CALM_WITHIN_MS)) ? failed : [...failed, ...left]
}

/**
 * What has not come to rest: writes not settled, records that will be tried again, mappings without a whole run since then.
 * `mayStay`: what is known to stay as it is.
 */
export async function restless(
  store: Store,
  mappings: readonly string[],
  since: number,
  mayStay: (letter: DeadLetterRow) => boolean = () => false,
): Promise<readonly string[]> {
  const left: string[] = []
  const all = await runs(store, 'acme', { limit: 500 })
  for (const mapping of mappings) {
    const open = await openIntents(store, 'acme', mapping, { limit: 100 })
    left.push(...open.map(({ label, key }) => `${mapping} ${label ?? key} does not come to rest`))
    const ran = all.filter(
      (run) =>
        run.mapping === mapping && run.lane === 'live' && run.state === 'done' && run.startedAt > since,
    )
    if (ran.length < 2) left.push(`${mapping} does not run any more`)
  }
  const letters = await deadLetters(store, 'acme', { open: true, limit: 10_000 })
  for (const letter of letters)
    if (PASSING.has(letter.class) && !mayStay(letter))
      left.push(`${letter.mapping} ${letter.label} stays ${letter.class}: ${letter.message}`)
  return left
}
