import type { Hooks } from '../env.ts'
import { validationError } from '../errors.ts'
import { apiKeys } from './api-keys.ts'
import { modelData } from './model-data.ts'
import { partner } from './partner.ts'
import { product, template } from './product.ts'
import { saleOrder } from './sale-order.ts'
import { saleOrderLine } from './sale-order-line.ts'
import { isIncluded } from './taxes.ts'
import { users } from './users.ts'

/** What each model does beyond keeping fields. */
export const HOOKS: Readonly<Record<string, Hooks>> = {
  'res.users': users,
  'res.users.apikeys': apiKeys,
  'res.partner': partner,
  'res.partner.category': { order: 'name, id' },
  'res.company': { order: 'sequence, name' },
  'res.country': { order: 'name, id', inverse: { state_ids: 'country_id' } },
  'res.country.state': {
    order: 'code, id',
    displayName: (env, row) =>
      `${row.name} (${env.db.store.get('res.country', Number(row.country_id))?.code})`,
  },
  'res.currency': {
    order: 'active desc, name',
    computed: {
      decimal_places: (_env, row) => Math.max(0, Math.round(-Math.log10(Number(row.rounding ?? 0.01)))),
    },
    check(env, row) {
      if (env.db.store.having('res.currency', 'name', row.name ?? false).size > 1) {
        throw validationError('The operation cannot be completed: The currency code must be unique!')
      }
    },
  },
  'res.lang': { order: 'active desc, name, id' },
  'product.pricelist': {
    order: 'sequence, id',
    displayName: (env, row) =>
      `${row.name} (${env.db.store.get('res.currency', Number(row.currency_id))?.name})`,
  },
  'product.template': template,
  'product.product': product,
  'product.category': {
    order: 'complete_name, id',
    computed: { complete_name: (_env, row) => row.name ?? false },
  },
  'uom.uom': { order: 'sequence, id' },
  'account.tax': {
    order: 'sequence, id',
    computed: { price_include: (_env, row) => isIncluded(row) },
  },
  'sale.order': saleOrder,
  'sale.order.line': saleOrderLine,
  'ir.model.data': modelData,
  'crm.team': { order: 'sequence, id' },
  'utm.source': { order: 'id' },
}
