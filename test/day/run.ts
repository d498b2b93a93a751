import { rmSync } from 'node:fs'
import { becomesTrue } from '../kill/storm.ts'
import { arrived } from './alerts/inbox.ts'
import { byWhomever, difference, type Telling, withoutDead } from './alerts/oracle.ts'
import { standing } from './alerts/standing.ts'
import { type Day, settled } from './day.ts'
import type { Event } from './events/event.ts'
import { sellOrders } from './sales.ts'
import { openDay } from './servers.ts'
import { inOrder, waveOf } from './story.ts'
import { judge, rested, type Verdict } from './verdict.ts'

export interface DayRun {
  readonly seed: number
  readonly orders: number
  readonly kills: number
  /** What happens, in whatever order the seed has. */
  readonly events: readonly Event[]
  readonly keep: boolean
  say(message: string): void
}

export interface DayResult extends Verdict {
  readonly alertsExpected: readonly Telling[]
  readonly alertsSent: readonly Telling[]
  /** Where they differ. */
  readonly alertsWrong: readonly string[]
  readonly kills: number
  readonly seconds: number
}

/** Of all orders, so many are there before the day begins. */
const PAST = 0.3
const TOLD_WITHIN_MS = 90_000

/** A day in which everything goes wrong once, in a seeded order; then calm, and a look from outside at what came of it. */
export async function runDay(options: DayRun): Promise<DayResult> {
  const began = Date.now()
  const { seed, orders, kills } = options
  const say = (message: string) =>
    options.say(`${String(Math.round((Date.now() - began) / 1000)).padStart(4)} s  ${message}`)
  await using ends = new AsyncDisposableStack()
  const past = Math.round(orders * PAST) - 1
  const day = await openDay({ seed, past, workers: 2, say }, ends)
  let isGood = false
  ends.defer(() => {
    if (options.keep || !isGood) say(`kept: ${day.folder}`)
    else rmSync(day.folder, { recursive: true, force: true })
  })
  // One that lies about all day.
  await sellOrders(day.stock, 0, ['tip'])
  await settled(day, 600_000)
  say(`the past has arrived: ${past} orders`)
  const story = inOrder(options.events, seed + 2)
  for (const [index, event] of story.entries()) {
    const wave = waveOf(day, { index, of: story.length, orders: orders - past - 1, kills })
    const sold = `${wave.good + wave.bad.length} orders, ${wave.kills} kills`
    say(`${index + 1}/${story.length} ${event.name} (${sold})`)
    await event.happens(day, wave)
    await settled(day)
  }
  const restless = await rested(day)
  say('everything is at rest')
  const alerts = await alertsOf(day)
  const verdict = await judge(day)
  const lost = [...restless, ...verdict.lost]
  isGood = lost.length + verdict.doubled.length + verdict.leaks.length + alerts.alertsWrong.length === 0
  const seconds = Math.round((Date.now() - began) / 1000)
  return { ...verdict, ...alerts, lost, kills: day.kills, seconds }
}

/** Waits until all that has to be told was told; what should not have been may come as well. */
async function alertsOf(day: Day): Promise<Pick<DayResult, 'alertsExpected' | 'alertsSent' | 'alertsWrong'>> {
  const demanded = [...day.oracle.expected(), ...(await standing(day.store))]
  const held = async () => {
    const arrivals = (await arrived(day)).map(byWhomever)
    const alertsExpected = withoutDead(demanded, arrivals, day.slackGone)
    return { alertsExpected, alertsSent: arrivals, alertsWrong: difference(alertsExpected, arrivals) }
  }
  await becomesTrue(async () => (await held()).alertsWrong.length === 0, TOLD_WITHIN_MS)
  return held()
}
