import type { Environment } from '../../../engine/core/expression/check.ts'
import { type Checked, checkExpression } from '../../../engine/core/expression/check.ts'
import {
  compileExpression,
  type Evaluation,
  type References,
  type Resolution,
} from '../../../engine/core/expression/compile.ts'
import { isDecimal } from '../../../engine/core/expression/decimal.ts'
import { type Expression, parseExpression } from '../../../engine/core/expression/parse.ts'
import { typeOfRecorded } from '../../../engine/core/expression/type.ts'
import { Reference, type Value } from '../../../engine/core/expression/value.ts'
import type { JsonObject, JsonValue } from '../../../engine/core/model/json.ts'
import type { RecordedSchema } from '../../../engine/core/model/recorded.ts'

/** A small shop and a small Odoo that the tests of this folder speak of. */

const text = { type: 'string', 'x-type': 'text' }
const textOrNull = { type: ['string', 'null'], 'x-type': 'text' }
const id = text
const decimal = { type: 'string', 'x-type': 'decimal' }

function object(properties: JsonObject, type: JsonValue = 'object'): JsonObject {
  return { type, 'x-type': 'object', properties }
}

function list(items: JsonObject): JsonObject {
  return { type: 'array', 'x-type': 'list', items }
}

const price = object({ presentmentMoney: object({ amount: decimal, currencyCode: text }) })
const taxLines = list(object({ title: text, rate: { type: ['string', 'null'], 'x-type': 'decimal' } }))
const address = object({ id, city: textOrNull, countryCode: textOrNull }, ['object', 'null'])

export const ORDERS = {
  title: 'orders',
  'x-system': 'shopify',
  'x-version': '2026-07',
  ...object({
    id,
    name: text,
    createdAt: { type: 'string', 'x-type': 'datetime' },
    cancelledAt: { type: ['string', 'null'], 'x-type': 'datetime' },
    test: { type: 'boolean', 'x-type': 'boolean' },
    note: textOrNull,
    weight: { type: 'integer', 'x-type': 'integer' },
    tags: list(text),
    presentmentCurrencyCode: { type: 'string', 'x-type': 'selection', enum: ['USD', 'EUR', 'GBP'] },
    displayFinancialStatus: {
      type: ['string', 'null'],
      'x-type': 'selection',
      enum: ['PAID', 'PENDING', 'REFUNDED', null],
    },
    currentTotalPriceSet: price,
    customer: object({ id, email: { ...textOrNull, 'x-personal': true } }, ['object', 'null']),
    shippingAddress: address,
    billingAddress: address,
    lineItems: list(
      object({
        id,
        sku: textOrNull,
        currentQuantity: { type: 'integer', 'x-type': 'integer' },
        currentDiscount: { ...decimal, 'x-computed': 'discount on what is still ordered' },
        originalUnitPriceSet: price,
        taxLines,
      }),
    ),
    shippingLines: list(object({ id, discountedPriceSet: price, taxLines })),
  }),
} as unknown as RecordedSchema

function model(title: string, properties: JsonObject): RecordedSchema {
  return {
    title,
    'x-system': 'odoo',
    'x-version': '19.0',
    ...object(properties),
  } as unknown as RecordedSchema
}

const MODELS: Readonly<Record<string, RecordedSchema>> = {
  'product.product': model('product.product', {
    default_code: textOrNull,
    name: text,
    type: { type: 'string', 'x-type': 'selection', enum: ['consu', 'service', 'combo'] },
    sale_ok: { type: 'boolean', 'x-type': 'boolean' },
  }),
  'account.tax': model('account.tax', { name: text }),
  'product.pricelist': model('product.pricelist', { name: text }),
  'res.partner': model('res.partner', { name: text, email: textOrNull }),
}

export const TARGET = model('sale.order', {
  state: { type: 'string', 'x-type': 'selection', enum: ['draft', 'sale', 'cancel'] },
  amount_total: decimal,
})

export const TABLES = {
  pricelist: { USD: 'Web USD', EUR: 'Web EUR', GBP: 'Web GBP' },
  tax: { '0.0825': 'CA 8.25%', '0.20': 'UK 20% incl.' },
}

export const ENVIRONMENT: Environment = {
  variables: { order: typeOfRecorded(ORDERS, ['order']), target: typeOfRecorded(TARGET, ['target']) },
  tables: TABLES,
  mappings: { 'shopify-customers': { resource: 'res.partner' } },
  recorded: (resource) => MODELS[resource] ?? null,
  fixed: ['tidelock.web_guest'],
  fixedResource: (name) => (name === 'tidelock.web_guest' ? 'res.partner' : null),
}

export function lineEnvironment(): Environment {
  const lines = (ORDERS.properties.lineItems as JsonObject).items as JsonObject
  return {
    ...ENVIRONMENT,
    variables: { ...ENVIRONMENT.variables, line: typeOfRecorded(lines, ['order', 'lineItems']) },
  }
}

export function parsed(cel: string): Expression {
  const result = parseExpression(cel)
  if (!result.ok) throw new Error(`${cel}: ${result.fault.message}`)
  return result.expression
}

export function check(cel: string, environment: Environment = ENVIRONMENT): Checked {
  return checkExpression(parsed(cel), environment)
}

/** Answers from a list of what is there; notes what was asked. Keys: `model.field=value`, `mapping/key`, `module.name`. */
export function references(
  known: Readonly<Record<string, Resolution>> = {},
): References & { readonly asked: string[] } {
  const asked: string[] = []
  const answer = (question: string): Resolution => {
    asked.push(question)
    return known[question] ?? { status: 'missing' }
  }
  return {
    asked,
    match: ({ resource, field, value, where }) => {
      const conditions = Object.entries(where).map(([name, wanted]) => `,${name}=${String(wanted)}`)
      return answer(`${resource}.${field}=${value}${conditions.join('')}`)
    },
    link: (mapping, key) => answer(`${mapping}/${key}`),
    ref: (name) => answer(name),
  }
}

export function found(target: string): Resolution {
  return { status: 'found', id: target }
}

export const PENDING: Resolution = { status: 'pending' }

export function evaluate(
  cel: string,
  variables: Readonly<Record<string, Value>> = {},
  answers: References = references(),
): Evaluation {
  return compileExpression(parsed(cel), ENVIRONMENT)({ variables, tables: TABLES, references: answers })
}

/** The value as JSON, decimals as `{ decimal }` and references as `{ reference }`; a park as its class and message. */
export function plain(evaluation: Evaluation): unknown {
  if (evaluation.ok) return plainValue(evaluation.value)
  return evaluation.kind === 'pending' ? 'pending' : { parked: evaluation.class, message: evaluation.message }
}

function plainValue(value: Value): unknown {
  if (isDecimal(value)) return { decimal: value.toFixed() }
  if (value instanceof Reference) return { reference: value.id }
  if (Array.isArray(value)) return value.map(plainValue)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, plainValue(member as Value)]),
  )
}
