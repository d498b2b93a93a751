import { ended, made, sell, settled } from '../day.ts'
import { edit } from '../prepare.ts'
import { STRANGE_RATE, TWIN_MAIL, WAYS } from '../ways.ts'
import type { Event } from './event.ts'

const ORDERS = 'shopify-orders'
const isA = (how: string) => (bad: { readonly how: string }) => bad.how === how

/** Somebody adds the products that Odoo did not know: orders that miss them are tried again in time, and arrive. */
export const PRODUCTS_ADDED: Event = {
  name: 'products are added in Odoo',
  async happens(day, wave) {
    await sell(day, wave)
    await settled(day)
    const missing = [...day.sales.bad].filter(([, bad]) => isA(WAYS['no product'].how)(bad))
    for (const [key, { id }] of missing) {
      const order = (await day.shop.control.orders()).find((candidate) => candidate.id === id)!
      for (const sku of order.lineItems.map((line) => line.sku))
        if (sku?.startsWith('GONE-') === true)
          await made(day, 'product.product', { name: `Found again ${sku}`, default_code: sku })
      day.sales.bad.delete(key)
    }
  },
}

/** Somebody adds the tax and the line of the table: with the new plan exactly these orders arrive by themselves. */
export const TAX_LISTED: Event = {
  name: 'the tax is listed and the mapping applied',
  async happens(day, wave) {
    await sell(day, wave)
    await settled(day)
    const [known] = await day.odoo.control.read({ model: 'account.tax', domain: [['name', '=', 'CA 8.25%']] })
    const { country_id, company_id } = known!
    await day.odoo.control.create({
      model: 'account.tax',
      values: {
        name: 'CA 7.5%',
        amount: 7.5,
        amount_type: 'percent',
        type_tax_use: 'sale',
        price_include_override: 'tax_excluded',
        ...{ country_id: country_id!, company_id: company_id! },
      },
    })
    edit(day.folder, `mappings/${ORDERS}.yaml`, (text) =>
      text.replace('tax: { "0.0825"', `tax: { "${STRANGE_RATE}": CA 7.5%, "0.0825"`),
    )
    await ended(day, ['apply'])
    for (const [key, bad] of day.sales.bad) if (isA(WAYS['strange tax'].how)(bad)) day.sales.bad.delete(key)
    day.mended.add('strange tax')
  },
}

/** Two contacts with the address of one customer are deleted: the customer arrives, and the orders that waited for it. */
export const TWINS_DELETED: Event = {
  name: 'two contacts that one customer fits are deleted',
  async happens(day, wave) {
    await sell(day, wave)
    await settled(day)
    const twins = await day.odoo.control.read({
      model: 'res.partner',
      domain: [['email', '=', TWIN_MAIL]],
      fields: ['id'],
    })
    if (twins.length !== 2) throw new Error(`There are ${twins.length} contacts ${TWIN_MAIL}, and not two.`)
    await day.odoo.control.unlink({ model: 'res.partner', ids: twins.map(({ id }) => Number(id)) })
    for (const [key, bad] of day.sales.bad) if (bad.until === 'twins') day.sales.bad.delete(key)
  },
}
