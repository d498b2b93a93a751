import { type Env, type Hooks, sudo } from '../env.ts'
import { userError, validationError } from '../errors.ts'
import type { Row } from '../store.ts'
import { createRecords, storeComputed, writeRecords } from '../write.ts'

/** Fields that belong to the variant; on a template with one variant they are shown and written there. */
const OF_VARIANT = ['default_code', 'barcode', 'standard_price', 'weight', 'volume'] as const

export const product: Hooks = {
  order: 'is_favorite desc, default_code, name, id',
  inherits: { model: 'product.template', field: 'product_tmpl_id' },
  displayName: (env, row) => named(row.default_code, templateOf(env, row)?.name),
  computed: {
    lst_price: (env, row) => templateOf(env, row)?.list_price ?? 0,
    partner_ref: (env, row) => named(row.default_code, templateOf(env, row)?.name),
    code: (_env, row) => row.default_code ?? false,
    product_variant_ids: (_env, row) => [row.id],
    product_variant_id: (_env, row) => row.id,
  },
  created: (env, row) => mirror(env, row),
  written(env, before) {
    const row = env.db.store.get('product.product', before.id)!
    mirror(env, row)
    // Both carry the stamp, whichever was written.
    const template = templateOf(env, row)
    if (template !== undefined) touch(env, 'product.template', template)
    for (const id of [
      ...env.db.store.having('product.product', 'product_tmpl_id', Number(row.product_tmpl_id)),
    ]) {
      touch(env, 'product.product', env.db.store.get('product.product', id)!)
    }
  },
  check(env, row) {
    if (typeof row.barcode !== 'string' || row.barcode === '') return
    const same = [...env.db.store.having('product.product', 'barcode', row.barcode)].sort((a, b) => a - b)
    if (same.length < 2) return
    const names = same.map((id) => product.displayName!(env, env.db.store.get('product.product', id)!))
    throw validationError(
      `Barcode(s) already assigned:\n\n- Barcode "${row.barcode}" already assigned to product(s): ${names.join(' and ')}\n\n` +
        "Note: products that you don't have access to will not be shown above.",
    )
  },
  unlinking(env, row) {
    if (env.db.store.having('sale.order.line', 'product_id', row.id).size > 0) {
      throw userError('The operation cannot be completed: another model requires the record being deleted.')
    }
  },
}

export const template: Hooks = {
  order: 'is_favorite desc, name, id',
  inverse: { product_variant_ids: 'product_tmpl_id' },
  displayName: (_env, row) => named(row.default_code, row.name),
  computed: {
    barcode: (env, row) => variantOf(env, row)?.barcode ?? false,
    standard_price: (env, row) => variantOf(env, row)?.standard_price ?? 0,
    product_variant_id: (env, row) => variantOf(env, row)?.id ?? false,
    product_variant_count: (env, row) =>
      env.db.store.having('product.product', 'product_tmpl_id', row.id).size,
  },
  defaults(env, given) {
    const company = env.db.store.get('res.company', 1)
    const tax = company?.account_sale_tax_id
    return {
      type: given.type ?? 'consu',
      sale_ok: given.sale_ok ?? true,
      purchase_ok: given.purchase_ok ?? true,
      uom_id: given.uom_id ?? 1,
      ...(env.db.version === '18.0'
        ? { uom_po_id: given.uom_po_id ?? given.uom_id ?? 1, categ_id: given.categ_id ?? 1 }
        : {}),
      list_price: given.list_price ?? 1,
      taxes_id: given.taxes_id ?? (typeof tax === 'number' ? [tax] : []),
    }
  },
  created(env, row) {
    // A template that was made for a variant gets that one.
    if (env.context.parent_of === 'product.product') return
    const variant: Record<string, Row[string]> = { product_tmpl_id: row.id }
    for (const name of OF_VARIANT) if (row[name] !== undefined) variant[name] = row[name]!
    createRecords(sudo(env), 'product.product', [variant])
  },
  written(env, before, changed) {
    const row = env.db.store.get('product.template', before.id)!
    const own = OF_VARIANT.filter((name) => changed.has(name))
    const variants = [...env.db.store.having('product.product', 'product_tmpl_id', row.id)]
    if (own.length > 0 && variants.length === 1) {
      writeRecords(
        sudo(env),
        'product.product',
        variants,
        Object.fromEntries(own.map((name) => [name, row[name] ?? false])),
      )
    }
    for (const id of variants) touch(env, 'product.product', env.db.store.get('product.product', id)!)
  },
}

function named(code: unknown, name: unknown): string {
  const text = typeof name === 'string' ? name : ''
  return typeof code === 'string' && code !== '' ? `[${code}] ${text}` : text
}

function templateOf(env: Env, row: Row): Row | undefined {
  return env.db.store.get('product.template', Number(row.product_tmpl_id))
}

function variantOf(env: Env, row: Row): Row | undefined {
  const ids = [...env.db.store.having('product.product', 'product_tmpl_id', row.id)]
  return ids.length === 1 ? env.db.store.get('product.product', ids[0]!) : undefined
}

/** A template keeps a copy of the code of its only variant. */
function mirror(env: Env, row: Row): void {
  const owner = templateOf(env, row)
  if (owner === undefined || variantOf(env, owner)?.id !== row.id) return
  storeComputed(env, 'product.template', owner.id, { default_code: row.default_code ?? false })
}

function touch(env: Env, model: string, row: Row): void {
  if (row.write_date === env.stamp) return
  env.db.store.put(model, { ...row, write_date: env.stamp, write_uid: env.uid })
}
