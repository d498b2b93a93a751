import { faultsOfOrder, faultsOfPartner, faultsOfProduct, keyOf, mayBeParked } from './expected.ts'
import type { Flow, ShopCustomer, ShopOrder, ShopVariant } from './flows.ts'
import { type Control, type Model, readTarget, type Target, WRITTEN } from './target.ts'

/** What is wrong at the end, seen from the stand-ins' own data. */
export interface Findings {
  readonly lost: string[]
  readonly doubled: string[]
}

/** An open dead letter. */
export interface Letter {
  readonly mapping: string
  /** The source's own id of the record. */
  readonly id: string
  readonly class: string
  readonly message: string
}

/** What only the store and the people can tell. */
export interface Told {
  readonly letters: readonly Letter[]
  /** What people wrote into the comment of a partner. */
  readonly remarks: ReadonlyMap<number, string>
  /** What people deleted in Odoo, by key: `acme|mapping|source id`. */
  readonly deleted: ReadonlySet<string>
  /** False while products may still be called as another version of their mapping says. (Default: true) */
  readonly rewritten?: boolean
  /** Whether a record that is parked may be. (Default: what the shop's own data gives a reason for) */
  mayBeParked?(letter: Letter): boolean
}

export type Ids = ReadonlyMap<Model, ReadonlySet<number>>

/** Ids that stand at the target before the first run, by model. */
export async function idsOf(control: Control): Promise<Ids> {
  return (await readTarget(control)).idsByModel
}

/** Holds what Odoo has against what the shop has. `before`: what stood in Odoo before the first run. */
export async function findViolations(
  control: Control,
  flows: readonly Flow[],
  before: Ids,
  told: Told,
): Promise<Findings> {
  const target = await readTarget(control)
  const findings: Findings = { lost: [], doubled: [] }
  findStrangers(target, before, findings)
  const customers = await control<readonly ShopCustomer[]>('shopify/customers')
  const variants = await control<readonly ShopVariant[]>('shopify/variants')
  const orders = await control<readonly ShopOrder[]>('shopify/orders')
  for (const flow of flows) {
    const look = lookInto(flow, target, told, findings)
    if (flow.resource === 'customers') {
      for (const one of customers)
        look(one.id, one.displayName, (id) => faultsOfPartner(flow, one, target.partners.get(id)!))
    } else if (flow.resource === 'variants') {
      for (const one of variants)
        if (one.sku !== null)
          look(one.id, one.sku, (id) => faultsOfProduct(flow, one, target.products.get(id)!, told.rewritten))
    } else {
      const byReference = Map.groupBy(target.orders.values(), (order) => order.client_order_ref)
      for (const one of orders) {
        if (flow.currencies?.includes(one.presentmentCurrencyCode) === false) continue
        const count = byReference.get(`${flow.mark}${one.name}`)?.length ?? 0
        if (count > 1) findings.doubled.push(`${flow.mark}${one.name} is there ${count} times`)
        const optional = one.test || one.cancelledAt !== null
        const faults = (id: number) => faultsOfOrder(flow, one, target.orders.get(id)!, target)
        look(one.id, one.name, faults, optional, (why) => mayBeParked(one, why))
      }
    }
  }
  for (const [id, remark] of told.remarks) {
    const comment = target.partners.get(id)?.comment
    if (comment !== undefined && !String(comment).includes(remark))
      findings.lost.push(`partner ${id} lost what a person wrote: ${remark}`)
  }
  return findings
}

/** A record of ours without a key of ours is a second one; so are two keys of one record. */
function findStrangers(target: Target, before: Ids, { lost, doubled }: Findings): void {
  for (const model of WRITTEN) {
    const keyed = [...target.keys.values()].filter((key) => key.model === model).map(({ id }) => id)
    const known = new Set(keyed)
    if (known.size < keyed.length) lost.push(`${keyed.length - known.size} keys of ${model} share a record`)
    for (const id of target.idsByModel.get(model)!)
      if (!known.has(id) && !before.get(model)!.has(id)) doubled.push(`${model} ${id} has no key`)
  }
}

/** Looks whether one source record has arrived as it should, or is parked for a reason. */
function lookInto(flow: Flow, target: Target, told: Told, { lost }: Findings) {
  const letters = new Map(
    told.letters.filter(({ mapping }) => mapping === flow.mapping).map((letter) => [letter.id, letter]),
  )
  return (
    id: string,
    label: string,
    faultsOf: (id: number) => readonly string[],
    /** Whether it need not have arrived. */
    optional = false,
    mayWait: (why: string) => boolean = () => false,
  ): void => {
    const key = keyOf(flow, id)
    const found = target.keys.get(key)
    const letter = letters.get(id)
    const at = `${flow.mapping} ${label}`
    const deleted = letter?.class === 'deleted-at-target' && told.deleted.has(key)
    const may = (parked: Letter) => told.mayBeParked?.(parked) ?? (deleted || mayWait(parked.class))
    if (letter !== undefined && !may(letter)) lost.push(`${at} is parked: ${letter.class} ${letter.message}`)
    else if (found === undefined && letter === undefined && !optional) lost.push(`${at} is missing`)
    else if (found !== undefined && letter === undefined)
      lost.push(...faultsOf(found.id).map((fault) => `${at}: ${fault}`))
  }
}
