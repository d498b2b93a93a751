import type { Store } from '../../../engine/store/open.ts'
import { runs } from '../../../engine/store/runs.ts'
import { createOracle, silences, type Telling } from './oracle.ts'
import { SILENCE_MS } from './rules.ts'

const PRODUCTS = 'shopify-products'
const SILENCE = `${PRODUCTS}: silence of runs: longer than ${SILENCE_MS / 1_000}s`
const OLDEST = 'shopify-orders: oldest dead letter: older than 20s'

/**
 * What has to be told of the day as a whole: bad orders lie about from the morning on, there are soon five of them, and stretches
 * without a completed run of the products are counted by when runs were completed.
 */
export async function standing(store: Store): Promise<readonly Telling[]> {
  const oracle = createOracle()
  oracle.raised('CRITICAL', 'shopify-orders: failures of records: 5 within 24h')
  oracle.raised('WARNING', OLDEST, ['ops', 'audit'])
  oracle.told('finance', `STILL WARNING ${OLDEST}`)
  const own = (await runs(store, 'acme', { limit: 100_000 })).filter(
    ({ mapping, lane }) => mapping === PRODUCTS && lane !== 'retry',
  )
  const begin = Math.min(...own.map(({ startedAt }) => startedAt))
  const completed = own.flatMap(({ state, finishedAt }) => (state === 'done' ? (finishedAt ?? []) : []))
  for (const { over } of silences(completed, { begin, until: store.now(), longerThanMs: SILENCE_MS })) {
    oracle.raised('WARNING', SILENCE)
    if (over) oracle.recovered(SILENCE)
  }
  return oracle.expected()
}
