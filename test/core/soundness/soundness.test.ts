import fc from 'fast-check'
import { expect, test } from 'vitest'
import { recordedFiles } from '../../../engine/cli/recorded-files.ts'
import { misfit, nothingFor } from '../../../engine/core/compile/fit.ts'
import { selectionOf } from '../../../engine/core/compile/selection.ts'
import { checkExpression, type Environment } from '../../../engine/core/expression/check.ts'
import {
  compileExpression,
  type References,
  type Resolution,
} from '../../../engine/core/expression/compile.ts'
import { parseExpression } from '../../../engine/core/expression/parse.ts'
import { typeOfRecorded } from '../../../engine/core/expression/type.ts'
import { compileDecoder, encodeValue } from '../../../engine/core/expression/value.ts'
import type { FieldValue, TargetField } from '../../../engine/core/model/connector.ts'
import type { JsonObject } from '../../../engine/core/model/json.ts'
import type { Selection } from '../../../engine/core/model/selection.ts'
import { createTransformer } from '../../../engine/core/transform/transformer.ts'
import { compileFiles, filesOf, ROOT } from '../compile/repository.ts'
import { expressionsOf, pathsOf } from './expressions.ts'
import { mayPark, unfit } from './fits.ts'
import { recordsOf } from './records.ts'

const schemas = recordedFiles(ROOT)
const orders = schemas.schema('shopify', '2026-07', 'orders')!
const lines = (orders.properties['lineItems'] as JsonObject)['items'] as JsonObject

const TABLES = {
  states: { PAID: 'paid', PENDING: 'pending', '12': 'twelve', '': 'none', true: 'yes' },
  rates: { '0.20': 20, '1': 1.5, BE: 21 },
}

const ENVIRONMENT: Environment = {
  variables: { order: typeOfRecorded(orders, ['order']) },
  tables: TABLES,
  mappings: { customers: { resource: 'res.partner' } },
  recorded: (resource) => schemas.schema('odoo', '19.0', resource),
  fixed: [],
}

/** A field of every kind, required and not, of fields that mappings fill. */
const TARGETS = (
  [
    ['res.partner', 'name'],
    ['res.partner', 'street'],
    ['res.partner', 'comment'],
    ['res.partner', 'type'],
    ['res.partner', 'is_company'],
    ['res.partner', 'country_id'],
    ['res.partner', 'category_id'],
    ['product.product', 'type'],
    ['product.product', 'list_price'],
    ['product.product', 'sequence'],
    ['sale.order', 'date_order'],
    ['sale.order', 'validity_date'],
    ['sale.order', 'commitment_date'],
    ['sale.order', 'partner_id'],
    ['sale.order.line', 'price_unit'],
    ['sale.order.line', 'product_uom_qty'],
    ['sale.order.line', 'analytic_distribution'],
  ] as const
).map(([model, name]) => {
  const schema = schemas.schema('odoo', '19.0', model)!
  const field = schema.properties[name]!
  const required = field['x-required'] === true || ((schema['required'] ?? []) as string[]).includes(name)
  return { name, field, required }
})

/** Two of three questions have an answer, by their text alone. */
function answer(question: string): Resolution {
  const sum = [...question].reduce((total, character) => total + character.charCodeAt(0), 0)
  if (sum % 5 === 0) return { status: 'missing' }
  return sum % 7 === 0 ? { status: 'ambiguous', ids: ['1', '2'] } : { status: 'found', id: String(sum) }
}

const REFERENCES: References = {
  match: ({ resource, field, value }) => answer(`${resource}.${field}=${value}`),
  link: (mapping, key) => answer(`${mapping}/${key}`),
  ref: answer,
}

const FOUND: Resolution = { status: 'found', id: '7' }
const ALL_FOUND: References = { match: () => FOUND, link: () => FOUND, ref: () => FOUND }

const expression = expressionsOf({
  paths: pathsOf(orders, 'order', 1),
  list: 'order.lineItems',
  item: pathsOf(lines, 'l', 1),
  tables: Object.keys(TABLES),
})

/** What a checked expression does with records that fit the recorded shape: what is wrong with it, and how many were mapped. */
function tried(
  cel: string,
  seed: number,
): { readonly wrong: readonly string[]; readonly mapped: number } | null {
  const parsed = parseExpression(cel)
  if (!parsed.ok) throw new Error(`${cel}: ${parsed.fault.message}`)
  const checked = checkExpression(parsed.expression, ENVIRONMENT)
  if (checked.faults.length > 0) return null
  const compiled = { plan: { cel }, type: checked.type, reads: [], present: checked.present }
  const targets = TARGETS.filter(
    ({ field, name, required }) =>
      (misfit(compiled, field, name) ?? nothingFor(compiled, name, required)) === null,
  )
  if (targets.length === 0) return null
  const paths = checked.reads.map(([, ...path]) => path)
  const decode = compileDecoder(
    selectionOf(
      orders,
      paths.map((path) => path.join('.')),
    ),
  )
  const run = compileExpression(parsed.expression, ENVIRONMENT)
  const wrong: string[] = []
  let mapped = 0
  for (const record of fc.sample(recordsOf(orders, paths), { seed, numRuns: 6 })) {
    const result = run({ variables: { order: decode(record) }, tables: TABLES, references: REFERENCES })
    const because = (what: string) => wrong.push(`${cel}\n${JSON.stringify(record)}\n${what}`)
    if (!result.ok) {
      if (result.kind === 'pending') because('it never ends')
      else if (!mayPark(result)) because(`${result.class}: ${result.message}`)
      continue
    }
    mapped++
    // A text that is empty is no key: in coalesce a look-up gives nothing then, which only the record knows.
    if (result.value === null && /coalesce\(.*(?:match|link)\(/.test(cel)) continue
    if (result.value === null && !checked.type.nullable && checked.type.kind !== 'unknown')
      because('it gives nothing')
    for (const { name, field, required } of targets) {
      const encoded = result.value === null ? null : encodeValue(result.value, field['x-type'])
      if (typeof encoded === 'object' && encoded !== null && 'fault' in encoded) {
        if (!mayPark({ class: 'value', message: encoded.fault })) because(`${name}: ${encoded.fault}`)
        continue
      }
      const misfitting = unfit(encoded, field, required)
      if (misfitting !== null) because(`${name}: ${misfitting}`)
    }
  }
  return { wrong, mapped }
}

test('what passes the checker maps, or parks for what only the record knows', { timeout: 60_000 }, () => {
  let passed = 0
  let mapped = 0
  fc.assert(
    fc.property(expression, fc.integer(), (cel, seed) => {
      const result = tried(cel, seed)
      if (result === null) return
      passed++
      mapped += result.mapped
      expect(result.wrong).toEqual([])
    }),
    {
      numRuns: 1_500,
      // Was let through once: the table has no row for true or false, and hid what the other branch gives.
      examples: [
        ['(order.closed ? order.currentSubtotalLineItemsQuantity : table("rates", order.closed))', 0],
      ],
    },
  )
  // Most of what is made up has to pass, and to map something: else nothing is shown here.
  expect(passed).toBeGreaterThan(200)
  expect(mapped).toBeGreaterThan(500)
})

/** The paths of all that a plan reads. */
function pathsIn(selection: Selection): readonly (readonly string[])[] {
  return Object.entries(selection).flatMap(([name, { fields }]) =>
    fields === undefined ? [[name]] : pathsIn(fields).map((path) => [name, ...path]),
  )
}

test.each(compileFiles(filesOf('.')).plans.map(({ plan }) => [plan.mapping, plan] as const))(
  '%s maps what fits the recorded shape, or parks it for what only the record knows',
  { timeout: 60_000 },
  (_name, plan) => {
    const source = schemas.schema('shopify', '2026-07', plan.source.resource)!
    const transformer = createTransformer(plan)
    const faultsOf = (
      values: Readonly<Record<string, FieldValue>>,
      model: string,
      shape: Readonly<Record<string, TargetField>>,
    ) =>
      Object.entries(values).flatMap(([name, value]) => {
        const field = schemas.schema('odoo', '19.0', model)!.properties[name]!
        const fault = unfit(value, field, shape[name]?.required === true)
        return fault === null ? [] : [`${model}.${name}: ${fault}`]
      })
    let mapped = 0
    fc.assert(
      fc.property(
        recordsOf(source, pathsIn(plan.source.selection)),
        fc.boolean(),
        fc.boolean(),
        (data, before, found) => {
          const record = transformer.decode(data)
          const identified = transformer.identify(record)
          const out = transformer.filter(record, before)
          const parking =
            identified.status === 'parked'
              ? identified.parking
              : out !== null && 'parking' in out
                ? out.parking
                : null
          if (parking !== null) expect(mayPark(parking), parking.message).toBe(true)
          if (identified.status !== 'identified' || out !== null) return
          const result = transformer.transform(record, found ? ALL_FOUND : REFERENCES)
          if (result.status === 'parked') expect(mayPark(result.parking), result.parking.message).toBe(true)
          if (result.status !== 'mapped') return
          mapped++
          const { fields, firstTimeFields, lines: mappedLines, records } = result.mapped
          const shape = plan.target.shape.fields
          expect([
            ...faultsOf({ ...fields, ...firstTimeFields }, plan.target.resource, shape),
            ...mappedLines.flatMap((line) => {
              const { resource, fields: of } = shape[line.field]!.lines!
              return faultsOf(line.fields, resource, of)
            }),
            ...records.flatMap((own) => faultsOf(own.fields, own.shape.resource, own.shape.fields)),
          ]).toEqual([])
        },
      ),
      { numRuns: 300 },
    )
    expect(mapped).toBeGreaterThan(5)
  },
)
