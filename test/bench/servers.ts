import { type Running, startProgram } from './processes.ts'

/** What the servers were asked and what arrived. */
export interface Told {
  readonly calls: Readonly<Record<string, number>>
}
export interface Arrived {
  readonly orders: number
  readonly lines: number
  readonly amount: number
}

/** Shop and Odoo, each a process of its own. */
export interface Servers {
  readonly addresses: { readonly shop: string; readonly odoo: string }
  /** How many calls both were asked, all together. */
  calls(): Promise<number>
  arrived(): Promise<Arrived>
  /** Odoo is empty again, and nothing is counted. */
  reset(): Promise<void>
  stop(): Promise<void>
}

export async function startServers(orders: number): Promise<Servers> {
  const [shop, odoo] = await Promise.all([
    startProgram<{ readonly url: string }>('shop.ts', [String(orders)]),
    startProgram<{ readonly url: string }>('odoo.ts', []),
  ])
  const told = async (server: Running<{ readonly url: string }>, what: 'told' | 'reset') => {
    const answer = await fetch(`${server.said.url}/bench/${what}`)
    return (await answer.json()) as Told & Arrived
  }
  return {
    addresses: { shop: shop.said.url, odoo: odoo.said.url },
    async calls() {
      const both = [await told(shop, 'told'), await told(odoo, 'told')]
      return both.flatMap(({ calls }) => Object.values(calls)).reduce((sum, count) => sum + count, 0)
    },
    async arrived() {
      const { orders: there, lines, amount } = await told(odoo, 'told')
      return { orders: there, lines, amount: Math.round(amount * 100) / 100 }
    },
    async reset() {
      await Promise.all([told(shop, 'reset'), told(odoo, 'reset')])
    },
    async stop() {
      await Promise.all([shop.stop(), odoo.stop()])
    },
  }
}
