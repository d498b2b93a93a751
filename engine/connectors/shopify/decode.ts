import { Decimal } from 'decimal.js'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/model/json.ts'
import type { SelectedField, Selection } from '../../core/model/selection.ts'
import { COMPUTED } from './query.ts'

/** A node as Shopify gives it → the recorded shape: plain lists, null for absent, computed fields filled in. */
export function decodeNode(node: JsonObject, selection: Selection): JsonObject {
  const record: Record<string, JsonValue> = {}
  for (const name in selection) {
    const field = selection[name]!
    const computed = field.computed === true ? COMPUTED[name] : undefined
    record[name] =
      computed === undefined
        ? decodeField(node[name] ?? null, field)
        : discountOnWhatIsLeft(node, computed.money)
  }
  return record
}

function decodeField(value: JsonValue, field: SelectedField): JsonValue {
  if (field.list !== undefined) return itemsOf(value).map((item) => decodeValue(item, field))
  return decodeValue(value, field)
}

function decodeValue(value: JsonValue, field: SelectedField): JsonValue {
  if (value === null) return null
  if (field.fields !== undefined) return isJsonObject(value) ? decodeNode(value, field.fields) : null
  // A Float such as a tax rate becomes the text it was written as: 0.0825, never 0.08250000000000001.
  if (field.type === 'decimal' && typeof value === 'number') return new Decimal(value).toFixed()
  return value
}

/** The elements of a list, whether it came as a connection or plain. */
export function itemsOf(value: JsonValue): readonly JsonValue[] {
  if (Array.isArray(value)) return value
  const nodes = isJsonObject(value) ? value['nodes'] : null
  return Array.isArray(nodes) ? nodes : []
}

/** Currencies whose amounts have no cents, or three digits (ISO 4217); all others have two. */
const DIGITS: Readonly<Record<string, number>> = Object.fromEntries([
  ...[
    'BIF',
    'CLP',
    'DJF',
    'GNF',
    'ISK',
    'JPY',
    'KMF',
    'KRW',
    'PYG',
    'RWF',
    'UGX',
    'VND',
    'VUV',
    'XAF',
    'XOF',
    'XPF',
  ].map((code) => [code, 0] as const),
  ...['BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND'].map((code) => [code, 3] as const),
])

/** The discount allocations of a line on what is still ordered: their sum × currentQuantity ÷ quantity, rounded half up. */
function discountOnWhatIsLeft(line: JsonObject, money: 'presentmentMoney' | 'shopMoney'): string {
  let sum = new Decimal(0)
  let digits = 2
  for (const allocation of itemsOf(line['discountAllocations'] ?? null)) {
    const amount = ((allocation as JsonObject)['allocatedAmountSet'] as JsonObject | undefined)?.[money] as
      | JsonObject
      | undefined
    if (amount === undefined) continue
    sum = sum.plus(String(amount['amount']))
    digits = DIGITS[String(amount['currencyCode'])] ?? 2
  }
  const quantity = Number(line['quantity'] ?? 0)
  if (quantity === 0) return '0'
  return sum
    .times(Number(line['currentQuantity'] ?? 0))
    .dividedBy(quantity)
    .toDecimalPlaces(digits, Decimal.ROUND_HALF_UP)
    .toFixed()
}
