import type { OdooFault } from '../../stand-ins/odoo/faults.ts'
import type { ShopifyFault } from '../../stand-ins/shopify/faults.ts'
import { hits, sell, until } from '../day.ts'
import type { Event } from './event.ts'

/** Faults of one server that strike while a wave is sold, each as often as it is armed. */
function struck(
  name: string,
  faults: { readonly odoo?: readonly OdooFault[]; readonly shopify?: readonly ShopifyFault[] },
): Event {
  return {
    name,
    async happens(day, wave) {
      const wanted: { system: 'odoo' | 'shopify'; kind: string; count: number }[] = []
      for (const system of ['odoo', 'shopify'] as const)
        for (const [kind, armed] of Map.groupBy<string, OdooFault | ShopifyFault>(
          faults[system] ?? [],
          (fault) => fault.kind,
        )) {
          const times = armed.reduce((sum, fault) => sum + (fault.times ?? 1), 0)
          wanted.push({ system, kind, count: (await hits(day, system, kind)) + times })
        }
      if (faults.odoo !== undefined) await day.odoo.control.faults({ add: faults.odoo })
      if (faults.shopify !== undefined) await day.shop.control.faults({ add: faults.shopify })
      await sell(day, wave)
      for (const { system, kind, count } of wanted)
        await until(`${name}: ${system} strikes with ${kind}`, async () => {
          return (await hits(day, system, kind)) >= count
        })
    },
  }
}

export const THROTTLES = struck('throttle storms', {
  shopify: [
    { kind: 'throttled', times: 4, field: 'orders' },
    { kind: 'status', status: 429, retryAfter: '1.0', times: 2 },
  ],
  odoo: [{ kind: 'status', status: 429, retryAfter: '1', times: 4, method: 'load' }],
})

export const MISHAPS: readonly Event[] = [
  struck('Shopify on a bad day', {
    shopify: [
      { kind: 'internal-error', times: 2 },
      { kind: 'max-cost', field: 'orders' },
      { kind: 'html' },
      { kind: 'status', status: 503, times: 2 },
      { kind: 'half' },
      { kind: 'garbled' },
      { kind: 'cut-after' },
    ],
  }),
  struck('Odoo on a bad day', {
    odoo: [
      { kind: 'status', status: 500, method: 'load' },
      { kind: 'status', status: 502, method: 'load' },
      { kind: 'half', method: 'load' },
      { kind: 'garbled', method: 'load' },
      { kind: 'cut-after', method: 'load' },
      { kind: 'conflict', says: 'deadlock', as: 'error', method: 'load' },
      { kind: 'conflict', says: 'deadlock', method: 'load' },
      { kind: 'conflict', method: 'action_confirm' },
    ],
  }),
]

/** Odoo answers nothing for `ms`; everything waits, and goes on by itself. */
export function outage(ms: number): Event {
  return {
    name: `Odoo is down for ${ms / 1000} s`,
    async happens(day, wave) {
      const before = await hits(day, 'odoo', 'status')
      const since = Date.now()
      const down = { kind: 'status', status: 503, times: 1_000_000 } as const
      await day.odoo.control.faults({ add: [down] })
      await sell(day, wave)
      await until(
        'the outage is met and over',
        async () => Date.now() - since > ms && (await hits(day, 'odoo', 'status')) > before,
        ms + 60_000,
      )
      await day.odoo.control.faults({ faults: [] })
    },
  }
}
