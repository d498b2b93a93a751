import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openRuns } from '../../../engine/store/waiting-runs.ts'
import { connect, type Day, ended, hits, sell, stands, temporalOf, told, until } from '../day.ts'
import type { Event } from './event.ts'

async function nobodyWaits(day: Day): Promise<void> {
  await until('no run waits for credentials any more', async () => {
    const open = await openRuns(day.store, 'acme')
    return open.every(({ state }) => state !== 'awaiting-credentials')
  })
}

/** While credentials are refused people are told, once; nobody asks the server again; new ones let all go on by themselves. */
async function refused(day: Day, connection: 'odoo' | 'shopify', renew: () => Promise<void>): Promise<void> {
  const rule = `credentials of ${connection} are refused`
  await stands(day, 'shopify-orders', 'awaiting-credentials')
  day.oracle.raised('CRITICAL', rule)
  await told(day, `CRITICAL ${rule}`)
  await renew()
  await nobodyWaits(day)
  day.oracle.recovered(rule)
}

/** The key of Odoo ends in the middle of the work: everything waits, and goes on with the new one. */
export const KEY_EXPIRED: Event = {
  name: 'the key of Odoo expires, and there is a new one',
  async happens(day, wave) {
    const { odoo, folder } = day
    await sell(day, wave)
    await odoo.control.setKeyExpiry({ login: day.odooLogin, expires: '2026-01-01 00:00:00' })
    await refused(day, 'odoo', async () => {
      writeFileSync(join(folder, '.tidelock', 'secrets', 'odoo-key'), `${odoo.settingsApiKey}\n`)
      day.odooLogin = odoo.settingsLogin
      await ended(day, ['connect', 'odoo'])
    })
  },
}

/** The merchant removes the app from the shop; later somebody connects it again. */
export const GRANT_REVOKED: Event = {
  name: 'the shop takes its consent back, and gives it again',
  async happens(day, wave) {
    await day.shop.control.uninstall()
    await sell(day, wave)
    await refused(day, 'shopify', () => connect(day, 'shopify'))
  },
}

/** Tokens of the shop end all the time; of one renewal the answer gets lost, and the token before is taken once more. */
export const ANSWER_LOST: Event = {
  name: 'the answer to a renewal of the token gets lost',
  async happens(day, wave) {
    const lost = await hits(day, 'shopify', 'cut-after')
    const asked = (await day.shop.control.stats()).tokens
    await day.shop.control.faults({ add: [{ kind: 'cut-after', operation: 'token' }] })
    await day.shop.control.endAccess()
    await sell(day, wave)
    await until('the token is asked for once more', async () => {
      const { tokens } = await day.shop.control.stats()
      return tokens >= asked + 2 && (await hits(day, 'shopify', 'cut-after')) > lost
    })
  },
}

const DAYS_LEFT = 5
const ENDING = 'shopify-customers: token days left: less than 7'
const COUNTDOWN = 'credentials of odoo end soon'

/** The key of Odoo ends in some days, and nobody may make keys by program; then that is allowed, and the engine changes it by itself. */
export const KEY_CHANGED: Event = {
  name: 'the key of Odoo comes to its end, and is changed by itself',
  async happens(day, wave) {
    const { odoo, oracle } = day
    const before = odoo.madeKeys().length
    const ends = new Date(Date.now() + DAYS_LEFT * 86_400_000).toISOString().slice(0, 19).replace('T', ' ')
    await odoo.control.setKeyExpiry({ login: day.odooLogin, expires: ends })
    await look(day, 'odoo')
    oracle.raised('WARNING', ENDING)
    await told(day, `WARNING ${ENDING}`)
    oracle.raised('WARNING', COUNTDOWN)
    await told(day, `WARNING ${COUNTDOWN}`)
    await odoo.control.setKeyMaking({ mode: 'everybody' })
    await look(day, 'odoo')
    await until('there is a new key', async () => odoo.madeKeys().length > before)
    await sell(day, wave)
    oracle.recovered(ENDING)
    oracle.recovered(COUNTDOWN)
  },
}

/** Has a connection looked at now, as somebody may in Temporal. */
async function look(day: Day, connection: string): Promise<void> {
  const { client, close } = await temporalOf(day)
  await client.schedule.getHandle(`acme/watch/${connection}`).trigger()
  await close()
}
