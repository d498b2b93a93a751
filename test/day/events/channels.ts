import { arrived } from '../alerts/inbox.ts'
import { difference, MISSING } from '../alerts/oracle.ts'
import { RING } from '../alerts/rules.ts'
import { type Day, ended, sell, settled, until, type Wave } from '../day.ts'
import { type Bad, markBad } from '../sales.ts'
import type { Event } from './event.ts'

const PRODUCTS = 'shopify-products'
const RULE = `${PRODUCTS}: failures of records: ${RING.atLeast} within ${RING.withinMs / 1_000}s`
const BARCODE = '5012399990001'

/**
 * Five products come with the barcode of a sixth, which Odoo takes once: people are to be told. Then the merchant corrects them, and it is
 * over.
 */
async function ring(day: Day): Promise<void> {
  const { shop, sales } = day
  const number = shop.control.variants().then((variants) => variants.length)
  const sku = `RING-${await number}`
  await shop.control.createVariant({ sku, price: 900, barcode: BARCODE })
  await until('the first of them is in Odoo', async () => (await productsOf(day, sku)) === 1)
  const bad: Bad[] = []
  for (let n = 1; n <= RING.atLeast; n++) {
    const label = `${sku}-${n}`
    const { id } = await shop.control.createVariant({ sku: label, price: 900, barcode: BARCODE })
    bad.push({
      ...{ how: 'the barcode of another product', mapping: PRODUCTS, id, label },
      ...{ class: 'rejected', at: /barcode|^$/, message: /[Bb]arcode/, arrives: false },
    })
  }
  for (const one of bad) markBad(sales, one)
  await settled(day)
  for (const [index, { id, label }] of bad.entries()) {
    await shop.control.updateVariant({
      sku: label,
      barcode: `${BARCODE.slice(0, -3)}${index}${await number}`,
    })
    sales.bad.delete(`${PRODUCTS} ${id}`)
  }
  await shop.control.updateVariant({ sku, barcode: `${BARCODE}${await number}` })
  day.oracle.raised('WARNING', RULE)
  day.oracle.recovered(RULE)
}

async function productsOf({ odoo }: Day, sku: string): Promise<number> {
  const domain = [['default_code', '=', sku]]
  return (await odoo.control.read({ model: 'product.product', domain, fields: ['id'] })).length
}

/** Something is told while a channel does not work for a while: it comes late, once. */
function away(name: string, arm: (day: Day) => Promise<void>, isOver: (day: Day) => Promise<boolean>): Event {
  return {
    name,
    async happens(day, wave) {
      await arm(day)
      await sell(day, wave)
      await ring(day)
      await until(`${name}: it is met`, () => isOver(day))
    },
  }
}

/** Whether each of these has struck so often. */
const struck = (hits: Readonly<Record<string, number>>, wanted: Readonly<Record<string, number>>) =>
  Object.entries(wanted).every(([kind, count]) => (hits[kind] ?? 0) >= count)

export const SLACK_AWAY = away(
  'Slack is down, then too busy',
  ({ slack }) =>
    slack.control.faults([{ kind: 'down' }, { kind: 'rate-limited', seconds: 2 }, { kind: 'cut-before' }]),
  async ({ slack }) => struck(await slack.control.hits(), { down: 1, 'rate-limited': 1, 'cut-before': 1 }),
)

export const MAIL_AWAY = away(
  'the mail server refuses for now, and once takes a mail without a word',
  ({ smtp }) =>
    smtp.control.faults([
      { kind: 'reply', at: 'from', code: 451, text: '4.3.2 try again later' },
      { kind: 'cut-after-data' },
      { kind: 'reply', at: 'connect', code: 421, text: '4.3.2 shutting down' },
    ]),
  async ({ smtp }) => struck(await smtp.control.hits(), { reply: 2, 'cut-after-data': 1 }),
)

export const MAIL_STRANGE = away(
  'the mail server offers no encryption, and once takes a mail and falls silent',
  ({ smtp }) => smtp.control.faults([{ kind: 'starttls-stripped' }, { kind: 'silent-after-data' }]),
  async ({ smtp }) => struck(await smtp.control.hits(), { 'starttls-stripped': 1, 'silent-after-data': 1 }),
)

/** Slack does not know the address any more: others are told that, and what Slack should have told, until somebody proves it again. */
export const SLACK_GONE: Event = {
  name: 'the address of Slack is withdrawn, and given back',
  async happens(day: Day, wave: Wave) {
    const dead = 'channel ops'
    const isTold = async (...titles: readonly string[]) => {
      const since = (await arrived(day)).filter(({ at, channel }) => channel !== 'ops' && at >= from)
      return titles.every((title) => since.some((telling) => telling.title.includes(title)))
    }
    await until('all is told that has to be by now', async () => {
      const wrong = difference(day.oracle.expected(), await arrived(day))
      return !wrong.some((line) => line.startsWith(MISSING))
    })
    const from = Date.now()
    await day.slack.control.faults([{ kind: 'error', error: 'no_service', times: 1_000 }])
    await sell(day, wave)
    await ring(day)
    await until('others are told that Slack is dead, and what it should have told', () =>
      isTold(dead, `WARNING ${RULE}`, `RECOVERED ${RULE}`),
    )
    await day.slack.control.faults([])
    await ended(day, ['alerts', 'send', 'ops'])
    day.slackGone.push({ from, until: Date.now() })
    day.oracle.told('ops', 'INFO test of the channel ops')
    day.oracle.told('audit', `CRITICAL ${dead}`)
    day.oracle.told('audit', `RECOVERED ${dead}`)
  },
}
