import { type Day, ended, sell, settled } from '../day.ts'
import { WAYS } from '../ways.ts'
import type { Event } from './event.ts'

const MOST = 3

/** Somebody writes the SKU that the shop left out into what is parked: these orders arrive, and the shop's own data stays as it is. */
export const CORRECTED: Event = {
  name: 'a person corrects what is parked',
  async happens(day, wave) {
    await sell(day, wave)
    await settled(day)
    const chosen = [...day.sales.bad].filter(([, { how }]) => how === WAYS['no SKU'].how).slice(0, MOST)
    if (chosen.length === 0) throw new Error('Nothing is parked that could be corrected.')
    for (const [key, { label }] of chosen) {
      await correct(day, label, day.stock.skus[0]!)
      day.sales.bad.delete(key)
    }
  },
}

function correct(day: Day, label: string, sku: string): Promise<string> {
  const why = ['--by', 'ana@acme.example', '--reason', 'the shop forgot the SKU']
  return ended(day, [
    'dead-letters',
    'correct',
    label,
    '--set',
    `lineItems.0.sku=${sku}`,
    ...why,
    '--yes',
    '--no-wait',
  ])
}
