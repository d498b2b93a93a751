import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { buildSchema, type GraphQLType, getNamedType, isListType, isNonNullType, isObjectType } from 'graphql'
import { expect, test } from 'vitest'
import { FIELD_TYPES } from '../../engine/core/model/recorded.ts'
import { ROOT } from '../core/compile/repository.ts'

interface Node {
  readonly type?: string | readonly string[]
  readonly 'x-type'?: string
  readonly 'x-relation'?: string
  readonly 'x-formerly'?: string
  readonly 'x-connection'?: boolean
  readonly 'x-computed'?: string
  readonly properties?: Readonly<Record<string, Node>>
  readonly items?: Node
  readonly required?: readonly string[]
  readonly title?: string
  readonly 'x-query'?: { readonly field: string; readonly type: string }
}

const recorded = join(ROOT, 'schemas', 'recorded')
const read = (path: string) => JSON.parse(readFileSync(join(recorded, path), 'utf8')) as Node
const files = readdirSync(recorded, { recursive: true, encoding: 'utf8' }).sort()
const schemas = files.filter((name) => name.endsWith('.schema.json'))
const samples = files.filter((name) => name.includes('/samples/') && name.endsWith('.json'))

function* fieldsOf(node: Node, path: readonly string[] = []): Iterable<readonly [readonly string[], Node]> {
  for (const [name, field] of Object.entries(node.properties ?? {})) {
    yield [[...path, name], field]
    yield* fieldsOf(field.items ?? field, [...path, name])
  }
}

test.each(schemas)('%s is a schema of known types', (path) => {
  const schema = read(path)
  const ajv = new Ajv2020({ strict: false })
  addFormats.default(ajv)
  expect(() => ajv.compile(schema as object)).not.toThrow()
  for (const [at, field] of fieldsOf(schema))
    expect([at.join('.'), FIELD_TYPES.includes(field['x-type'] as never)]).toEqual([at.join('.'), true])
  for (const name of schema.required ?? []) expect(Object.keys(schema.properties!)).toContain(name)
})

test.each(samples)('%s fits its schema', (path) => {
  const [system, version, , resource] = path.split('/')
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  addFormats.default(ajv)
  const validate = ajv.compile(read(`${system}/${version}/${resource}.schema.json`) as object)
  validate(read(path))
  expect(validate.errors ?? []).toEqual([])
})

test('a renamed field has its old name in 18.0 and its new one in 19.0 only', () => {
  let renamed = 0
  for (const path of schemas.filter((name) => name.startsWith('odoo/19.0/'))) {
    const schema = read(path)
    const before = read(path.replace('19.0', '18.0'))
    for (const [name, field] of Object.entries(schema.properties!)) {
      const former = field['x-formerly']
      if (former === undefined) continue
      renamed++
      expect([
        name,
        former in before.properties!,
        former in schema.properties!,
        name in before.properties!,
      ]).toEqual([name, true, false, false])
    }
  }
  expect(renamed).toBeGreaterThan(2)
})

const sdl = buildSchema(readFileSync(join(recorded, 'shopify/2026-07/schema.graphql'), 'utf8'))
const plain = (type: GraphQLType): GraphQLType => (isNonNullType(type) ? plain(type.ofType) : type)

test.each(['orders', 'customers', 'variants'])(
  'every field of the shop’s %s is in its GraphQL schema, lists and connections marked as such',
  (resource) => {
    const schema = read(`shopify/2026-07/${resource}.schema.json`)
    const check = (node: Node, typeName: string, path: string): void => {
      const type = sdl.getType(typeName)
      if (!isObjectType(type) && typeName !== 'DiscountApplication')
        throw new Error(`${path}: ${typeName} is no object`)
      const fields = (type as { getFields(): Record<string, { type: GraphQLType }> }).getFields()
      for (const [name, field] of Object.entries(node.properties ?? {})) {
        if (field['x-computed'] !== undefined) continue
        const live = fields[name]
        if (live === undefined) throw new Error(`${path}.${name} is not in the GraphQL schema`)
        const named = getNamedType(live.type)
        const connection = named.name.endsWith('Connection')
        expect([`${path}.${name}`, field['x-connection'] === true]).toEqual([`${path}.${name}`, connection])
        expect([`${path}.${name}`, field['x-type'] === 'list']).toEqual([
          `${path}.${name}`,
          connection || isListType(plain(live.type)),
        ])
        const inner = field.items ?? field
        if (inner.properties === undefined) continue
        const element = connection
          ? getNamedType(
              (named as unknown as { getFields(): Record<string, { type: GraphQLType }> }).getFields()[
                'nodes'
              ]!.type,
            )
          : named
        check(inner, element.name, `${path}.${name}`)
      }
    }
    check(schema, schema['x-query']!.type, resource)
  },
)
