import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { buildSchema, getNamedType, isObjectType, parse, validate } from 'graphql'
import { describe, expect, test } from 'vitest'
import {
  buildQuery,
  NESTED_LEVELS,
  type Nested,
  nestedQuery,
  nodesQuery,
  RESOURCES,
} from '../../../engine/connectors/shopify/query.ts'
import { selectionOf } from '../../../engine/core/compile/selection.ts'
import type { RecordedSchema } from '../../../engine/core/model/recorded.ts'
import type { Selection } from '../../../engine/core/model/selection.ts'
import { ROOT } from '../../core/compile/repository.ts'

const folder = join(ROOT, 'schemas/recorded/shopify/2026-07')
const sdl = buildSchema(readFileSync(join(folder, 'schema.graphql'), 'utf8'))
const schemaOf = (resource: string) =>
  JSON.parse(readFileSync(join(folder, `${resource}.schema.json`), 'utf8')) as RecordedSchema

interface Node {
  readonly properties?: Readonly<Record<string, Node>>
  readonly items?: Node
}

function leaves(node: Node, path: readonly string[] = []): string[] {
  return Object.entries(node.properties ?? {}).flatMap(([name, field]) => {
    const inner = field.items ?? field
    return inner.properties === undefined ? [[...path, name].join('.')] : leaves(inner, [...path, name])
  })
}

/** The type of an element behind a field: that of the nodes where it is a connection. */
function elementType(type: string, field: string): string {
  const parent = sdl.getType(type)
  if (!isObjectType(parent)) throw new Error(`${type} is no object`)
  const found = getNamedType(parent.getFields()[field]!.type)
  return isObjectType(found) && found.name.endsWith('Connection')
    ? getNamedType(found.getFields()['nodes']!.type).name
    : found.name
}

/** Every query a selection can lead to: pages in both orders, records by id, and the rest of each nested list. */
function queriesOf(resource: string, selection: Selection, nested: Nested): string[] {
  const rest = (fields: Selection, type: string): string[] =>
    Object.entries(fields).flatMap(([name, field]) => [
      ...(field.list === 'connection' ? [nestedQuery(type, name, field, nested)] : []),
      ...(field.fields === undefined ? [] : rest(field.fields, elementType(type, name))),
    ])
  const { type, order } = RESOURCES[resource]!
  return [
    buildQuery(resource, selection, nested, order),
    buildQuery(resource, selection, nested, 'id'),
    nodesQuery(resource, selection, nested),
    ...rest(selection, type),
  ]
}

const faults = (text: string) => validate(sdl, parse(text)).map((error) => error.message)
const NESTED = fc.record({
  level: fc.integer({ min: 0, max: NESTED_LEVELS }),
  plain: fc.constantFrom(50, 250),
})

describe.each(Object.keys(RESOURCES))('queries for %s', (resource) => {
  const schema = schemaOf(resource)
  const all = leaves(schema as unknown as Node)

  test('every recorded field can be asked for', () => {
    const queries = queriesOf(resource, selectionOf(schema, all), { level: 0, plain: 50 })
    expect(queries.flatMap(faults)).toEqual([])
  })

  test('each recorded field alone can be asked for', () => {
    for (const path of all) {
      const queries = queriesOf(resource, selectionOf(schema, [path]), { level: 0, plain: 50 })
      expect([path, queries.flatMap(faults)]).toEqual([path, []])
    }
  })

  test('any choice of fields, in any size, is accepted by the schema', () => {
    fc.assert(
      fc.property(fc.subarray(all, { minLength: 1 }), NESTED, (paths, nested) => {
        expect(queriesOf(resource, selectionOf(schema, paths), nested).flatMap(faults)).toEqual([])
      }),
      { numRuns: 60 },
    )
  })

  test('every list that has pages is asked for with what it takes to read it to its end', () => {
    const text = buildQuery(resource, selectionOf(schema, all))
    const connections = (text.match(/\(first: (\$first|\d+)[^)]*\) \{ pageInfo/g) ?? []).length
    expect((text.match(/pageInfo \{ hasNextPage endCursor \}/g) ?? []).length).toBe(connections)
    // One for the page itself; the objects that hold the others say their type and id.
    expect((text.match(/__typename/g) ?? []).length > 0).toBe(connections > 1)
  })
})

test('id and last change are always asked for, and nothing that was not selected', () => {
  expect(buildQuery('orders', { name: { type: 'text' } })).toMatch(/nodes \{ id updatedAt name \}/)
})

test.each<Selection>([
  { sku: { type: 'text' } },
  { product: { type: 'object', fields: { title: { type: 'text' } } } },
])('the last change of its product is asked for with a variant, whatever else is: %o', (selection) => {
  expect(buildQuery('variants', selection)).toMatch(/nodes \{ id updatedAt product \{ updatedAt[ }]/)
})
