import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { expect, test } from 'vitest'
import { FIELD_TYPES } from '../../engine/core/model/recorded.ts'
import { fieldsOf, isNullable, type Node, read, schemas } from './recordings.ts'

const KEYWORDS = [
  'actions',
  'arguments',
  'company-dependent',
  'computed',
  'connection',
  'digits',
  'formerly',
  'key',
  'needs',
  'parent',
  'personal',
  'query',
  'readonly',
  'relation',
  'required',
  'scopes',
  'stamp',
  'stored',
  'system',
  'type',
  'version',
].map((name) => `x-${name}`)

/** What a value looks like in JSON, by the recorded type. A type not listed may be anything. */
const JSON_TYPES: Readonly<Record<string, readonly string[]>> = {
  text: ['string'],
  html: ['string'],
  selection: ['string'],
  binary: ['string'],
  reference: ['string'],
  date: ['string'],
  datetime: ['string'],
  decimal: ['string', 'number'],
  integer: ['integer', 'string'],
  float: ['number'],
  boolean: ['boolean'],
  many2one: ['integer'],
  many2many: ['array'],
  one2many: ['array'],
  list: ['array'],
  object: ['object'],
}

test('both versions of Odoo and one of Shopify are recorded', () => {
  const folders = new Set(schemas.map((path) => path.split('/').slice(0, 2).join('/')))
  expect([...folders]).toEqual(['odoo/18.0', 'odoo/19.0', 'shopify/2026-07'])
})

test.each(schemas)('%s is a schema of known words and types', (path) => {
  const schema = read(path)
  const ajv = new Ajv2020({ strict: true, strictTypes: false, allowUnionTypes: true })
  addFormats.default(ajv)
  for (const keyword of KEYWORDS) ajv.addKeyword(keyword)
  expect(() => ajv.compile(schema as object)).not.toThrow()
  const unfit = [...fieldsOf(schema)].filter(([, field]) => !fits(field)).map(([at]) => at.join('.'))
  expect(unfit).toEqual([])
})

function fits(field: Node): boolean {
  const type = field['x-type'] ?? ''
  if (!FIELD_TYPES.includes(type as never)) return false
  const allowed = JSON_TYPES[type]
  const types = [field.type].flat().filter((name) => name !== 'null')
  return allowed === undefined || (types.length > 0 && types.every((name) => allowed.includes(name!)))
}

test.each(schemas)('%s says which field is the key and which tells of changes', (path) => {
  const schema = read(path)
  for (const name of schema['x-key'] ?? ['?']) expect(schema.properties?.[name]).toBeDefined()
  expect(schema.properties?.[schema['x-stamp'] ?? '?']?.['x-type']).toBe('datetime')
})

test.each(schemas)('%s keeps its fields in order, so that a difference shows where it is', (path) => {
  const names = Object.keys(read(path).properties ?? {})
  expect(names).toEqual([...names].sort())
})

test.each(schemas)('a selection of %s lists null exactly where it may be empty', (path) => {
  for (const [at, field] of fieldsOf(read(path))) {
    if (field.enum === undefined) continue
    expect([at.join('.'), field.enum.includes(null)]).toEqual([at.join('.'), isNullable(field)])
    expect([at.join('.'), new Set(field.enum).size]).toEqual([at.join('.'), field.enum.length])
  }
})
