import { openRuns } from '../../../engine/store/waiting-runs.ts'
import { type Day, ended, sell, stands, until } from '../day.ts'
import { edit } from '../prepare.ts'
import type { Event } from './event.ts'

const WHO = ['--by', 'ana@acme.example'] as const

/** All runs that wait go on, by a person's word, which is said again to one that has only just begun to wait. */
export async function resumeAll(day: Day, reason: string): Promise<void> {
  await until('no run waits any more', async () => {
    const waiting = (await openRuns(day.store, 'acme')).filter(({ state }) => state !== 'running')
    for (const mapping of new Set(waiting.map((run) => run.mapping)))
      await day.processes.ended(['resume', mapping, ...WHO, '--reason', reason])
    return waiting.length === 0
  })
}

/** The shop's API calls a field by another name: the mapping halts before it reads past it, and goes on when its file is mended. */
export const FIELD_RENAMED: Event = {
  name: 'the shop renames a field, and the mapping is mended',
  async happens(day, wave) {
    await day.shop.control.changeField({ type: 'Order', field: 'note', to: { name: 'remark' } })
    await sell(day, wave)
    await stands(day, 'shopify-orders', 'halted')
    edit(day.folder, 'mappings/shopify-orders.yaml', (text) => text.replace(/^ {2}note: .*\n/m, ''))
    await ended(day, ['apply'])
    day.oracle.raised('CRITICAL', 'shopify-orders: drift: mapped or worse')
    day.oracle.recovered('shopify-orders: drift: mapped or worse')
    day.oracle.raised('CRITICAL', 'shopify-orders: a run is halted')
    day.oracle.recovered('shopify-orders: a run is halted')
  },
}

/** A field is gone from the shop's API; it comes back, and somebody lets the mapping go on. */
export const FIELD_GONE: Event = {
  name: 'the shop loses a field, gets it back, and a person resumes',
  async happens(day, wave) {
    await day.shop.control.changeField({ type: 'ProductVariant', field: 'barcode', to: null })
    await day.shop.control.createVariant({ sku: `NEW-${day.sales.sold}`, price: 1_500 })
    await sell(day, wave)
    await stands(day, 'shopify-products', 'halted')
    await day.shop.control.changeField({ type: 'ProductVariant', field: 'barcode', to: 'recorded' })
    await resumeAll(day, 'the field is back')
    day.oracle.raised('CRITICAL', 'shopify-products: a run is halted')
    day.oracle.recovered('shopify-products: a run is halted')
    day.oracle.raised('WARNING', 'shopify-products: failures of runs: 1 within 24h')
  },
}
