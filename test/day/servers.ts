import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStore } from '../../engine/store/open.ts'
import { findTemporal } from '../../engine/temporal/dev-server/binary.ts'
import { freePort } from '../../engine/temporal/dev-server/server.ts'
import { idsOf } from '../kill/check.ts'
import { controlOf } from '../kill/control-of.ts'
import { createProcesses } from '../kill/processes.ts'
import { buildProgram } from '../kill/program.ts'
import { createRandom } from '../kill/random.ts'
import { AUTHORITY, CERTIFICATE, KEY } from '../postgres/tls.ts'
import { startOdoo } from '../stand-ins/odoo/server.ts'
import { startShopify } from '../stand-ins/shopify/server.ts'
import { startSlack } from '../stand-ins/slack/server.ts'
import { startSmtp } from '../stand-ins/smtp/server.ts'
import { startWebhook } from '../stand-ins/webhook/server.ts'
import { createOracle } from './alerts/oracle.ts'
import { connect, type Day, ended, until } from './day.ts'
import { browserIn, prepareDay } from './prepare.ts'
import { createSales, judgePast } from './sales.ts'
import { TWIN_MAIL, TWINS } from './ways.ts'

export interface DayOptions {
  readonly seed: number
  /** Orders that the shop has from the beginning. */
  readonly past: number
  readonly workers: number
  say(message: string): void
}

/** How long a token of the shop lives. */
const TOKEN_SECONDS = 40

/** The stand-ins, Temporal, the store and the workers of a day, all on their own; `ends` stops them. */
export async function openDay(
  { seed, past, workers, say }: DayOptions,
  ends: AsyncDisposableStack,
): Promise<Day> {
  const folder = mkdtempSync(join(tmpdir(), 'tidelock-day-'))
  const random = createRandom(seed)
  const shop = await startShopify({
    offlineSeconds: TOKEN_SECONDS,
    seed: { seed, customers: 60, products: 30, orders: past },
  })
  ends.defer(() => shop.close())
  const odoo = await startOdoo({ version: '19.0' })
  ends.defer(() => odoo.close())
  const slack = await startSlack({ burst: 50 })
  ends.defer(() => slack.close())
  const smtp = await startSmtp({
    security: 'starttls',
    tls: { key: KEY, cert: CERTIFICATE },
    login: { user: 'tidelock@acme.example', password: 'smtp-password-0123456789' },
  })
  ends.defer(() => smtp.close())
  const webhook = await startWebhook()
  ends.defer(() => webhook.close())
  const control = controlOf({ shop, odoo })
  for (const name of ['Twin of the left', 'Twin of the right'])
    await odoo.control.create({ model: 'product.product', values: { name, default_code: TWINS } })
  for (const name of ['First contact of a customer', 'Second contact of a customer'])
    await odoo.control.create({ model: 'res.partner', values: { name, email: TWIN_MAIL } })
  prepareDay(folder, { shop, odoo, slack, smtp, webhook })
  writeFileSync(join(folder, 'authority.pem'), AUTHORITY)
  const program = mkdtempSync(join(tmpdir(), 'tidelock-program-'))
  ends.defer(() => rmSync(program, { recursive: true, force: true }))
  const port = await freePort()
  const processes = createProcesses({
    folder,
    temporal: await findTemporal(process.env, say),
    port,
    bin: await buildProgram(program),
    environment: {
      NODE_COMPILE_CACHE: join(program, 'compiled'),
      PATH: `${browserIn(folder)}:${process.env['PATH']}`,
      NODE_EXTRA_CA_CERTS: join(folder, 'authority.pem'),
    },
  })
  ends.defer(() => processes.stop())
  const before = new Map([...(await idsOf(control))].map(([model, ids]) => [model, new Set(ids)]))
  await processes.temporal()
  const store = await openStore('sqlite:.tidelock/store.db', { folder })
  ends.defer(() => store.close())
  const sales = createSales()
  await judgePast(shop, sales)
  const skus = (await shop.control.variants()).flatMap(({ sku }) => sku ?? [])
  const customers = (await shop.control.customers()).flatMap(({ id, defaultEmailAddress }) =>
    defaultEmailAddress?.emailAddress === TWIN_MAIL ? [] : [id],
  )
  const day: Day = {
    folder,
    random,
    shop,
    odoo,
    slack,
    smtp,
    webhook,
    control,
    oracle: createOracle(),
    processes,
    store,
    workers: [],
    sales,
    stock: { shop, sales, random: createRandom(seed + 1), skus, customers },
    before,
    mended: new Set(),
    slackGone: [],
    odooLogin: odoo.login,
    kills: 0,
    temporal: `127.0.0.1:${port}`,
    say,
  }
  await opening(day, workers)
  return day
}

/** First customers and products go live; orders follow when those have arrived, so that none of them is bad for want of its products. */
async function opening(day: Day, workers: number): Promise<void> {
  const { folder, shop, odoo } = day
  const path = join(folder, 'mappings', 'shopify-orders.yaml')
  const orders = readFileSync(path, 'utf8')
  rmSync(path)
  await ended(day, ['apply'])
  await connect(day, 'shopify')
  const products = day.stock.skus.length + (await odoo.control.counts())['product.product']!
  const partners = day.stock.customers.length + (await odoo.control.counts())['res.partner']!
  for (let n = 0; n < workers; n++) day.workers.push(day.processes.worker())
  await until('customers and products are in Odoo', async () => {
    const counts = await odoo.control.counts()
    return counts['product.product']! >= products && counts['res.partner']! >= partners
  })
  writeFileSync(path, orders)
  await ended(day, ['apply'])
  day.say(`${(await shop.control.counts()).variants} products have arrived`)
}
