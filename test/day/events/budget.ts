import { ended, killAtWork, sell, stands, told, until } from '../day.ts'
import { edit } from '../prepare.ts'
import type { Event } from './event.ts'

/** More calls than a day here can have. */
export const PLENTY = 1_000_000
/** Enough for what is asked while the new limit is on its way. */
const LEFT = 150
const RULE = 'shopify-customers: budget used: more than 90%'

const limitTo = (folder: string, calls: number): void =>
  edit(folder, 'mappings/connections/odoo.yaml', (text) => text.replace(/perDay: \d+/, `perDay: ${calls}`))

/** At noon the calls to Odoo that were bought for the day are used up: everything waits, nothing is asked, until more are bought. */
export const NOON: Event = {
  name: 'the budget of the day is used up at noon, and raised',
  async happens(day, wave) {
    const calls = async () => (await day.odoo.control.stats()).calls
    const most = (await calls()) + LEFT
    limitTo(day.folder, most)
    await ended(day, ['apply'])
    await sell(day, { ...wave, kills: 0 })
    await stands(day, 'shopify-orders', 'throttled')
    day.oracle.raised('WARNING', RULE)
    await told(day, `WARNING ${RULE}`)
    const asked = await calls()
    if (asked > most) throw new Error(`Odoo was asked ${asked} times, and ${most} are allowed.`)
    limitTo(day.folder, PLENTY)
    await ended(day, ['apply'])
    await until('Odoo is asked again', async () => (await calls()) > asked)
    for (let n = 0; n < wave.kills; n++) await killAtWork(day)
    day.oracle.recovered(RULE)
  },
}
