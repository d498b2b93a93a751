import type { Env } from '../env.ts'
import { round } from '../rounding.ts'
import type { Row } from '../store.ts'

export interface Amounts {
  readonly untaxed: number
  readonly tax: number
  readonly total: number
}

/**
 * A line with its taxes, each line rounded by itself (`round_per_line`, the default of a company). Of taxes that the price
 * includes, the total is what the price says and the rest is found backwards.
 */
export function lineAmounts(env: Env, price: number, taxIds: readonly number[], digits: number): Amounts {
  const taxes = taxIds
    .flatMap((id) => env.db.store.get('account.tax', id) ?? [])
    .sort((a, b) => Number(a.sequence ?? 0) - Number(b.sequence ?? 0) || a.id - b.id)
  const included = taxes.filter((tax) => isIncluded(tax))
  const excluded = taxes.filter((tax) => !isIncluded(tax))
  const rate = included.reduce((sum, tax) => sum + Number(tax.amount) / 100, 0)
  const base = included.length === 0 ? price : price / (1 + rate)
  const taxWithin = included.reduce((sum, tax) => sum + round((base * Number(tax.amount)) / 100, digits), 0)
  const taxOnTop = excluded.reduce((sum, tax) => sum + round((base * Number(tax.amount)) / 100, digits), 0)
  const untaxed = round(
    included.length === 0 ? round(price, digits) : round(price, digits) - taxWithin,
    digits,
  )
  const tax = round(taxWithin + taxOnTop, digits)
  return { untaxed, tax, total: round(untaxed + tax, digits) }
}

export function isIncluded(tax: Row): boolean {
  return tax.price_include_override === 'tax_included'
}
