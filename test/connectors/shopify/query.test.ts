import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { buildSchema, parse, validate } from 'graphql'
import { expect, test } from 'vitest'
import {
  nestedQuery,
  nodesQuery,
  pageQuery,
  RESOURCES,
  typeAt,
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

/** Every query a selection can lead to: pages, records by id, and the rest of each nested list. */
function queriesOf(resource: string, selection: Selection): string[] {
  const nested = (fields: Selection, path: readonly string[]): string[] =>
    Object.entries(fields).flatMap(([name, field]) => {
      const type = typeAt(resource, path)
      const own = field.list === 'connection' && type !== null ? [nestedQuery(type, name, field)] : []
      return [...own, ...(field.fields === undefined ? [] : nested(field.fields, [...path, name]))]
    })
  return [pageQuery(resource, selection), nodesQuery(resource, selection), ...nested(selection, [])]
}

const faults = (text: string) => validate(sdl, parse(text)).map((error) => error.message)

test.each(Object.keys(RESOURCES))('every recorded field of %s can be asked for', (resource) => {
  const schema = schemaOf(resource)
  for (const text of queriesOf(resource, selectionOf(schema, leaves(schema as never))))
    expect(faults(text)).toEqual([])
})

test.each(Object.keys(RESOURCES))(
  'any choice of fields of %s gives queries that the schema accepts',
  (resource) => {
    const schema = schemaOf(resource)
    fc.assert(
      fc.property(fc.subarray(leaves(schema as never), { minLength: 1 }), (paths) => {
        for (const text of queriesOf(resource, selectionOf(schema, paths))) expect(faults(text)).toEqual([])
      }),
      { numRuns: 60 },
    )
  },
)

test.each(Object.keys(RESOURCES))(
  'a nested list of %s can be read to its end wherever one is recorded',
  (resource) => {
    const schema = schemaOf(resource)
    const walk = (fields: Selection, path: readonly string[]): void => {
      for (const [name, field] of Object.entries(fields)) {
        if (field.list === 'connection')
          expect([[...path, name].join('.'), typeAt(resource, path) !== null]).toEqual([
            [...path, name].join('.'),
            true,
          ])
        if (field.fields !== undefined) walk(field.fields, [...path, name])
      }
    }
    walk(selectionOf(schema, leaves(schema as never)), [])
  },
)
