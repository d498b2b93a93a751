/** Calls a function of the stand-ins' control address: `odoo/read`. */
export type Control = <T>(name: string, body?: unknown) => Promise<T>

export interface Partner {
  readonly id: number
  readonly name: string
  readonly email: string | false
  readonly phone: string | false
  readonly street: string | false
  readonly city: string | false
  readonly zip: string | false
  readonly comment: string | false
}
export interface Product {
  readonly id: number
  readonly name: string
  readonly default_code: string | false
  readonly barcode: string | false
  readonly list_price: number
}
export interface SaleOrder {
  readonly id: number
  readonly client_order_ref: string | false
  readonly partner_id: number
  readonly date_order: string
  readonly amount_total: number
  readonly state: string
}
export interface OrderLine {
  readonly id: number
  readonly order_id: number
  readonly product_uom_qty: number
  readonly price_unit: number
}

const FIELDS = {
  'res.partner': ['name', 'email', 'phone', 'street', 'city', 'zip', 'comment'],
  'product.product': ['name', 'default_code', 'barcode', 'list_price'],
  'sale.order': ['client_order_ref', 'partner_id', 'date_order', 'amount_total', 'state'],
  'sale.order.line': ['order_id', 'product_uom_qty', 'price_unit'],
} as const
export type Model = keyof typeof FIELDS
export const WRITTEN = Object.keys(FIELDS) as readonly Model[]

/** All that Odoo holds of the models that are written, seen by a person with all rights. */
export interface Target {
  readonly partners: ReadonlyMap<number, Partner>
  readonly products: ReadonlyMap<number, Product>
  readonly orders: ReadonlyMap<number, SaleOrder>
  readonly lines: ReadonlyMap<number, OrderLine>
  readonly idsByModel: ReadonlyMap<Model, ReadonlySet<number>>
  /** External ids of ours: `acme|mapping|source id|as|line id` → the record. */
  readonly keys: ReadonlyMap<string, { readonly model: string; readonly id: number }>
}

export async function readTarget(control: Control): Promise<Target> {
  const read = async <T extends { readonly id: number }>(model: Model) => {
    const rows = await control<readonly T[]>('odoo/read', { model, fields: FIELDS[model] })
    return new Map(rows.map((row) => [row.id, row]))
  }
  const partners = await read<Partner>('res.partner')
  const products = await read<Product>('product.product')
  const orders = await read<SaleOrder>('sale.order')
  const lines = await read<OrderLine>('sale.order.line')
  const tables = [partners, products, orders, lines]
  const names = await control<
    readonly { readonly name: string; readonly model: string; readonly res_id: number }[]
  >('odoo/read', {
    model: 'ir.model.data',
    domain: [['module', '=', 'tidelock']],
    fields: ['name', 'model', 'res_id'],
  })
  return {
    partners,
    products,
    orders,
    lines,
    idsByModel: new Map(WRITTEN.map((model, index) => [model, new Set(tables[index]!.keys())])),
    keys: new Map(
      names.map(({ name, model, res_id: id }) => [
        name.split('/').map(decodeURIComponent).join('|'),
        { model, id },
      ]),
    ),
  }
}
