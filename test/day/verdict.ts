import { deadLetters } from '../../engine/store/dead-letters.ts'
import { restless } from '../kill/calm.ts'
import { findViolations } from '../kill/check.ts'
import { SHIPPED } from '../kill/flows.ts'
import { tellings } from '../kill/tellings.ts'
import { letters } from './alerts/inbox.ts'
import { type Day, temporalOf, until } from './day.ts'
import { findLeaks } from './leaks/find.ts'
import { given } from './leaks/given.ts'
import type { Leak } from './leaks/search.ts'
import { badOf } from './sales.ts'

export const MAPPINGS = SHIPPED.map(({ mapping }) => mapping)

export interface Verdict {
  /** Orders that are in Odoo as they should be, with nothing open about them. */
  readonly delivered: number
  readonly openDeadLetters: number
  readonly lost: readonly string[]
  readonly doubled: readonly string[]
  readonly leaks: readonly Leak[]
}

/** Waits until everything has come to rest; gives what does not. */
export async function rested({ store, sales }: Day): Promise<readonly string[]> {
  const since = store.now()
  let left: readonly string[] = []
  const isBad = ({ mapping, key }: { readonly mapping: string; readonly key: string }) =>
    badOf(sales, mapping, decodeURIComponent(key)) !== undefined
  await until('everything comes to rest', async () => {
    left = await restless(store, MAPPINGS, since, isBad)
    return left.length === 0
  }).catch(() => {})
  return left
}

/** Holds what both servers have, what is parked and what was written down against what the day did. */
export async function judge(day: Day): Promise<Verdict> {
  const { store, control, sales } = day
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
  const open = await deadLetters(store, 'acme', { open: true, limit: 100_000 })
  const wrong = [...sales.bad.values()].flatMap(({ how, mapping, id, label, at }) => {
    const letter = open.find((row) => row.mapping === mapping && decodeURIComponent(row.key) === id)
    if (letter === undefined) return [`${mapping} ${label} has no dead letter, and it has ${how}`]
    if (at.test(letter.at ?? '')) return []
    return [`${mapping} ${label} is parked at ${letter.at}, and it has ${how}`]
  })
  const parked = new Set(open.map(({ key }) => decodeURIComponent(key)))
  const delivered = (await day.shop.control.orders()).filter(
    ({ id, test, cancelledAt }) => !test && cancelledAt === null && !parked.has(id),
  )
  return {
    delivered: delivered.length,
    openDeadLetters: open.length,
    lost: [...told.lost, ...found.lost, ...wrong],
    doubled: found.doubled,
    leaks: await leaksOf(day),
  }
}

async function leaksOf(day: Day): Promise<readonly Leak[]> {
  const temporal = await temporalOf(day)
  try {
    return await findLeaks(day, temporal.client, [...(await given(day)), ...(await letters(day))])
  } finally {
    await temporal.close()
  }
}
