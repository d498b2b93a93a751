import type { ChildProcess } from 'node:child_process'
import { deadLetters } from '../../engine/store/dead-letters.ts'
import type { Store } from '../../engine/store/open.ts'
import type { RunState } from '../../engine/store/runs.ts'
import { openRuns } from '../../engine/store/waiting-runs.ts'
import { connectTemporal, type TemporalClient } from '../../engine/temporal/client.ts'
import { freePort } from '../../engine/temporal/dev-server/server.ts'
import type { Processes } from '../kill/processes.ts'
import { killed } from '../kill/processes.ts'
import type { Random } from '../kill/random.ts'
import { becomesTrue } from '../kill/storm.ts'
import type { Control, Model } from '../kill/target.ts'
import type { JsonObject } from '../stand-ins/odoo/json.ts'
import type { OdooStandIn } from '../stand-ins/odoo/server.ts'
import type { ShopifyStandIn } from '../stand-ins/shopify/server.ts'
import { arrived, type Receivers } from './alerts/inbox.ts'
import type { Oracle, Telling } from './alerts/oracle.ts'
import { badOf, type Sales, type Stock, sellOrders } from './sales.ts'
import type { WayName } from './ways.ts'

/** One scripted day, as its events see it. */
export interface Day extends Receivers {
  readonly folder: string
  readonly random: Random
  readonly shop: ShopifyStandIn
  readonly odoo: OdooStandIn
  /** The same two by the names of their control address. */
  readonly control: Control
  readonly processes: Processes
  /** Where Temporal is. */
  readonly temporal: string
  /** What people have to be told. */
  readonly oracle: Oracle
  /** The store that the workers work with, to look at. */
  readonly store: Store
  readonly workers: ChildProcess[]
  readonly sales: Sales
  readonly stock: Stock
  /** What people made in Odoo with their own hands, by model. */
  readonly before: Map<Model, Set<number>>
  /** What people have put right for good: from then on it is no fault any more. */
  readonly mended: Set<WayName>
  /** When Slack did not take anything, and others were told instead. */
  readonly slackGone: { readonly from: number; readonly until: number }[]
  /** Whose key is in use. */
  odooLogin: string
  kills: number
  say(message: string): void
}

/** What an event has to sell while it happens. */
export interface Wave {
  readonly good: number
  readonly bad: readonly WayName[]
  readonly kills: number
}

/** How long anything may take on a machine that does other things too. */
export const PATIENCE_MS = 300_000

/** Waits until it is true; says what was waited for when it does not come. */
export async function until(what: string, look: () => Promise<boolean>, ms = PATIENCE_MS): Promise<void> {
  if (!(await becomesTrue(look, ms))) throw new Error(`It did not come about within ${ms / 1000} s: ${what}.`)
}

/** Sells a wave, and kills workers while they write it. */
export async function sell(day: Day, { good, bad, kills }: Wave): Promise<void> {
  await sellOrders(day.stock, good, bad)
  for (let n = 0; n < kills; n++) await killAtWork(day)
}

/** A worker dies at once while it writes (or when it should by now), and another one takes its place. */
export async function killAtWork(day: Day): Promise<void> {
  const writes = async () => (await day.odoo.control.stats()).writeCalls
  const before = await writes()
  await becomesTrue(async () => (await writes()) > before, 5_000)
  const place = day.random.between(0, day.workers.length - 1)
  await killed(day.workers[place]!)
  day.workers[place] = day.processes.worker()
  day.kills++
}

/** How many orders Odoo has to have by now. */
export async function arrivals(day: Day): Promise<number> {
  const orders = await day.shop.control.orders()
  return orders.filter(({ id, test, cancelledAt }) => {
    if (test || cancelledAt !== null) return false
    return badOf(day.sales, 'shopify-orders', id)?.arrives ?? true
  }).length
}

/** All that was sold has arrived or is parked, the bad as bad. */
export async function settled(day: Day, ms = PATIENCE_MS): Promise<void> {
  const wanted = await arrivals(day)
  let there = 0
  await until(
    `Odoo has ${wanted} orders`,
    async () => {
      there = (await day.odoo.control.counts())['sale.order'] ?? 0
      return there >= wanted
    },
    ms,
  ).catch((error: Error) => {
    throw new Error(`${error.message} It has ${there}.`)
  })
  await until('what is bad is parked', async () => {
    const letters = await deadLetters(day.store, 'acme', { open: true, limit: 100_000 })
    const parked = new Set(letters.map(({ mapping, key }) => `${mapping} ${decodeURIComponent(key)}`))
    return [...day.sales.bad.keys()].every((key) => parked.has(key))
  })
}

/** Somebody makes a record in Odoo by hand. */
export async function made(day: Day, model: Model, values: JsonObject): Promise<number> {
  const id = await day.odoo.control.create({ model, values })
  day.before.get(model)!.add(id)
  return id
}

/** A command as a person types it, which has to work. Gives what it said. */
export async function ended({ processes }: Day, args: readonly string[]): Promise<string> {
  const { code, stdout } = await processes.ended(args)
  if (code !== 0) throw new Error(`tidelock ${args.join(' ')} ended with ${code}: ${stdout.slice(-800)}`)
  return stdout
}

/** Waits until a run of the mapping stands so. */
export async function stands(day: Day, mapping: string, state: RunState): Promise<void> {
  await until(`a run of ${mapping} is ${state}`, async () => {
    const open = await openRuns(day.store, 'acme', { mapping })
    return open.some((run) => run.state === state)
  })
}

/** Waits until everybody was told all of this that has to be told by now. */
export async function told(day: Day, title: string): Promise<void> {
  const isIt = (telling: Telling) => telling.title === title
  const wanted = day.oracle.expected().filter(isIt).length
  await until(`everybody is told: ${title}`, async () => (await arrived(day)).filter(isIt).length >= wanted)
}

/** Temporal as a person with its UI has it. */
export function temporalOf({ temporal: address }: Day): Promise<TemporalClient> {
  return connectTemporal({
    address,
    ...{ namespace: 'default', taskQueue: 'tidelock', heartbeatMs: 2_000, tls: null },
  })
}

/** Somebody lets the app into the shop, in a browser. */
export async function connect(day: Day, connection: string): Promise<void> {
  await ended(day, ['connect', connection, '--redirect', `http://127.0.0.1:${await freePort()}/callback`])
}

/** How often a fault of this kind has struck. */
export async function hits(day: Day, system: 'odoo' | 'shopify', kind: string): Promise<number> {
  const { faultsHit } = system === 'odoo' ? await day.odoo.control.stats() : await day.shop.control.stats()
  return faultsHit[kind] ?? 0
}
