import { rmSync } from 'node:fs'
import { deadLetters } from '../../engine/store/dead-letters.ts'
import { connectTemporal } from '../../engine/temporal/client.ts'
import { restless } from '../kill/calm.ts'
import { findViolations } from '../kill/check.ts'
import { SHIPPED } from '../kill/flows.ts'
import { createRandom, type Random } from '../kill/random.ts'
import { tellings } from '../kill/tellings.ts'
import { type Day, settled, until, type Wave } from './day.ts'
import { MISHAPS, outage, THROTTLES } from './events/faults.ts'
import { PRODUCTS_ADDED, TAX_LISTED, TWINS_DELETED } from './events/mending.ts'
import { findLeaks } from './leaks/find.ts'
import type { Leak } from './leaks/search.ts'
import { badOf } from './sales.ts'
import { openDay } from './servers.ts'
import { WAYS, type WayName } from './ways.ts'

export interface DayRun {
  readonly seed: number
  readonly orders: number
  readonly kills: number
  /** How long the target is away. */
  readonly outageMs: number
  readonly keep: boolean
  say(message: string): void
}

export interface DayResult {
  readonly delivered: number
  readonly openDeadLetters: number
  readonly lost: readonly string[]
  readonly doubled: readonly string[]
  readonly leaks: readonly Leak[]
  readonly alertsExpected: readonly string[]
  readonly alertsSent: readonly string[]
  readonly kills: number
  readonly seconds: number
}

const MAPPINGS = SHIPPED.map(({ mapping }) => mapping)
/** Of all orders, so many are there before the day begins. */
const PAST = 0.3
const BAD = 0.05

/** A day in which everything goes wrong once, in a seeded order; then calm, and a look from outside at what came of it. */
export async function runDay(options: DayRun): Promise<DayResult> {
  const began = Date.now()
  const { seed, orders, kills } = options
  const say = (message: string) =>
    options.say(`${String(Math.round((Date.now() - began) / 1000)).padStart(4)} s  ${message}`)
  await using ends = new AsyncDisposableStack()
  const past = Math.round(orders * PAST)
  const day = await openDay({ seed, past, workers: 2, say }, ends)
  const events = shuffled(
    [THROTTLES, ...MISHAPS, outage(options.outageMs), PRODUCTS_ADDED, TAX_LISTED, TWINS_DELETED],
    createRandom(seed + 2),
  )
  await settled(day, 600_000)
  say(`the past has arrived: ${past} orders`)
  for (const [index, event] of events.entries()) {
    const wave = waveOf(day, { index, of: events.length, orders: orders - past, kills })
    say(
      `${index + 1}/${events.length} ${event.name} (${wave.good + wave.bad.length} orders, ${wave.kills} kills)`,
    )
    await event.happens(day, wave)
    await settled(day)
  }
  return await judge(day, { began, keep: options.keep })
}

function waveOf(
  { random, mended }: Day,
  { index, of, orders, kills }: { index: number; of: number; orders: number; kills: number },
): Wave {
  const part = (whole: number) => Math.floor(((index + 1) * whole) / of) - Math.floor((index * whole) / of)
  const count = part(orders)
  const bad = Math.ceil(count * BAD)
  const names = (Object.keys(WAYS) as WayName[]).filter((name) => !mended.has(name))
  return {
    good: count - bad,
    bad: Array.from({ length: bad }, (_, n) =>
      n < names.length ? names[(n + index) % names.length]! : random.pick(names),
    ),
    kills: part(kills),
  }
}

async function judge(
  day: Day & { readonly port: number },
  { began, keep }: { readonly began: number; readonly keep: boolean },
): Promise<DayResult> {
  const { store, control, sales, say } = day
  const lost: string[] = []
  const since = store.now()
  let left: readonly string[] = []
  await until('everything comes to rest', async () => {
    left = await restless(
      store,
      MAPPINGS,
      since,
      ({ mapping, key }) => badOf(sales, mapping, decodeURIComponent(key)) !== undefined,
    )
    return left.length === 0
  }).catch(() => lost.push(...left))
  const told = await tellings(store, MAPPINGS, Date.now())
  const found = await findViolations(control, SHIPPED, day.before, {
    letters: told.letters,
    remarks: new Map(),
    deleted: new Set(),
    mayBeParked({ mapping, id, class: why, message }) {
      const bad = badOf(sales, mapping, id)
      return bad?.class === why && bad.message.test(message)
    },
  })
  lost.push(...told.lost, ...found.lost)
  const open = await deadLetters(store, 'acme', { open: true, limit: 100_000 })
  for (const { how, mapping, id, label, at } of sales.bad.values()) {
    const letter = open.find((row) => row.mapping === mapping && decodeURIComponent(row.key) === id)
    if (letter === undefined) lost.push(`${mapping} ${label} has no dead letter, and it has ${how}`)
    else if (!at.test(letter.at ?? ''))
      lost.push(`${mapping} ${label} is parked at ${letter.at}, and it has ${how}`)
  }
  const orders = await day.shop.control.orders()
  const parked = new Set(open.map(({ key }) => decodeURIComponent(key)))
  const temporal = await connectTemporal({
    address: `127.0.0.1:${day.port}`,
    namespace: 'default',
    taskQueue: 'tidelock',
    heartbeatMs: 2_000,
    tls: null,
  })
  const leaks = await findLeaks(day, temporal.client).finally(() => temporal.close())
  if (keep || lost.length + found.doubled.length + leaks.length > 0) say(`kept: ${day.folder}`)
  else rmSync(day.folder, { recursive: true, force: true })
  return {
    delivered: orders.filter(({ id, test, cancelledAt }) => !test && cancelledAt === null && !parked.has(id))
      .length,
    openDeadLetters: open.length,
    lost,
    doubled: found.doubled,
    leaks,
    alertsExpected: [],
    alertsSent: [],
    kills: day.kills,
    seconds: Math.round((Date.now() - began) / 1000),
  }
}

function shuffled<T>(list: readonly T[], random: Random): readonly T[] {
  const left = [...list]
  return Array.from({ length: left.length }, () => left.splice(random.between(0, left.length - 1), 1)[0]!)
}
