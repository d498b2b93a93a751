import type { RunningStandIns } from '../../engine/cli/demo/stand-ins.ts'

/** What is wrong at the end, seen from the stand-ins' own data. */
export interface Findings {
  readonly lost: string[]
  readonly doubled: string[]
}

interface Money {
  readonly presentmentMoney: { readonly amount: string }
}
interface ShopOrder {
  readonly id: string
  readonly name: string
  readonly test: boolean
  readonly cancelledAt: string | null
  readonly displayFinancialStatus: string
  readonly currentTotalPriceSet: Money
  readonly lineItems: readonly {
    readonly id: string
    readonly currentQuantity: number
    readonly originalUnitPriceSet: Money
  }[]
}
interface OdooOrder {
  readonly id: number
  readonly client_order_ref: string
  readonly amount_total: number
  readonly state: string
}
interface OdooLine {
  readonly id: number
  readonly order_id: number | readonly [number, string]
  readonly product_uom_qty: number
  readonly price_unit: number
}
interface ExternalId {
  readonly module: string
  readonly name: string
  readonly model: string
  readonly res_id: number
}

const WRITTEN = ['res.partner', 'product.product', 'sale.order', 'sale.order.line'] as const

/** Ids that stood at the target before the first run, by model. */
export async function idsOf(standIns: RunningStandIns): Promise<ReadonlyMap<string, ReadonlySet<number>>> {
  const ids = new Map<string, ReadonlySet<number>>()
  for (const model of WRITTEN) {
    const rows = await standIns.control<readonly { readonly id: number }[]>('odoo/read', {
      model,
      fields: ['id'],
    })
    ids.set(model, new Set(rows.map((row) => row.id)))
  }
  return ids
}

/** `parked`: labels of open dead letters of the order mapping, by class. */
export async function findViolations(
  standIns: RunningStandIns,
  before: ReadonlyMap<string, ReadonlySet<number>>,
  parked: ReadonlyMap<string, string>,
  remarks: ReadonlyMap<number, string>,
): Promise<Findings> {
  const lost: string[] = []
  const doubled: string[] = []
  const read = <T>(model: string, fields: readonly string[]) =>
    standIns.control<readonly T[]>('odoo/read', { model, fields })
  const names = (await read<ExternalId>('ir.model.data', ['module', 'name', 'model', 'res_id'])).filter(
    (row) => row.module === 'tidelock',
  )
  // A record of ours without a key of ours is a second one.
  const after = await idsOf(standIns)
  for (const model of WRITTEN) {
    const keyed = names.filter((row) => row.model === model).map((row) => row.res_id)
    const known = new Set(keyed)
    if (known.size < keyed.length) lost.push(`${keyed.length - known.size} keys of ${model} share a record`)
    for (const id of after.get(model)!)
      if (!known.has(id) && !before.get(model)!.has(id)) doubled.push(`${model} ${id} has no key`)
  }
  const idByKey = new Map(
    names.map((row) => [row.name.split('/').map(decodeURIComponent).join('|'), row.res_id]),
  )
  const orders = await read<OdooOrder>('sale.order', ['client_order_ref', 'amount_total', 'state'])
  const lines = new Map(
    (await read<OdooLine>('sale.order.line', ['order_id', 'product_uom_qty', 'price_unit'])).map((line) => [
      line.id,
      line,
    ]),
  )
  const byName = Map.groupBy(orders, (order) => order.client_order_ref)
  for (const order of await standIns.control<readonly ShopOrder[]>('shopify/orders')) {
    const found = byName.get(order.name) ?? []
    if (found.length > 1) doubled.push(`${order.name} is there ${found.length} times`)
    const why = parked.get(order.name)
    if (why === 'unknown-outcome') lost.push(`${order.name} still has no known outcome`)
    const [target] = found
    if (target === undefined) {
      if (!order.test && order.cancelledAt === null && why === undefined)
        lost.push(`${order.name} is missing`)
      continue
    }
    if (why !== undefined) continue
    lost.push(...faultsOf(order, target, idByKey, lines))
  }
  const counts = await standIns.control<{ readonly customers: number }>('shopify/counts')
  const customers = [...idByKey.keys()].filter((key) => key.split('|')[1] === 'shopify-customers').length
  if (customers !== counts.customers) lost.push(`${counts.customers} customers, ${customers} at the target`)
  const comments = await read<{ readonly id: number; readonly comment: string }>('res.partner', ['comment'])
  for (const { id, comment } of comments) {
    const remark = remarks.get(id)
    if (remark !== undefined && !String(comment).includes(remark))
      lost.push(`partner ${id} lost what a person wrote: ${remark}`)
  }
  return { lost, doubled }
}

function faultsOf(
  order: ShopOrder,
  target: OdooOrder,
  idByKey: ReadonlyMap<string, number>,
  lines: ReadonlyMap<number, OdooLine>,
): string[] {
  const faults: string[] = []
  const wanted =
    order.cancelledAt !== null
      ? ['cancel']
      : ['PAID', 'PARTIALLY_REFUNDED'].includes(order.displayFinancialStatus)
        ? ['sale']
        : ['draft', 'sale']
  if (!wanted.includes(target.state))
    faults.push(`${order.name} is ${target.state}, expected ${wanted.join(' or ')}`)
  if (order.cancelledAt !== null) return faults
  const total = Number(order.currentTotalPriceSet.presentmentMoney.amount)
  if (Math.abs(target.amount_total - total) > 0.004)
    faults.push(`${order.name} adds up to ${target.amount_total}, expected ${total}`)
  for (const item of order.lineItems) {
    const line = lines.get(idByKey.get(['acme', 'shopify-orders', order.id, 'line', item.id].join('|')) ?? 0)
    const price = Number(item.originalUnitPriceSet.presentmentMoney.amount)
    if (line === undefined) faults.push(`${order.name} lacks line ${item.id}`)
    else if (line.product_uom_qty !== item.currentQuantity || Math.abs(line.price_unit - price) > 0.004)
      faults.push(
        `${order.name} has ${line.product_uom_qty} × ${line.price_unit}, expected ${item.currentQuantity} × ${price}`,
      )
  }
  return faults
}
