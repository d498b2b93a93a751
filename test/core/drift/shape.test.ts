import { expect, test } from 'vitest'
import {
  readPaths,
  type Shape,
  shapeOf,
  unusedChanges,
  writtenChanges,
} from '../../../engine/core/drift/shape.ts'

const object = (properties: object) => ({ 'x-type': 'object', properties })

test('a schema is known by the types of its fields, those of objects and lists of objects included', () => {
  const lines = { 'x-type': 'list', items: object({ sku: { 'x-type': 'text' } }) }
  const partner = { 'x-type': 'many2one', 'x-relation': 'res.partner' }
  expect(shapeOf(object({ lines, partner, at: object({ city: { 'x-type': 'text' } }) }) as never)).toEqual({
    lines: 'list',
    'lines.sku': 'text',
    partner: 'many2one of res.partner',
    at: 'object',
    'at.city': 'text',
  })
  expect(shapeOf({})).toEqual({})
})

const USED = readPaths({ id: { type: 'text' }, lines: { type: 'list', fields: { sku: { type: 'text' } } } })
const BEFORE: Shape = {
  id: 'text',
  note: 'text',
  lines: 'list',
  'lines.sku': 'text',
  at: 'object',
  'at.city': 'text',
}

test.each<[string, Shape, string[]]>([
  ['nothing', {}, []],
  ['a new field', { tip: 'decimal' }, ['new-field tip']],
  ['one of an object that is read', { 'lines.tax': 'decimal' }, ['new-field lines.tax']],
  ['one of an object that is not', { 'at.zip': 'text' }, []],
  ['a new object is told once', { tip: 'object', 'tip.amount': 'decimal' }, ['new-field tip']],
  ['another type', { note: 'html' }, ['unused-type note']],
  ['another type of what is used is seen in pages', { id: 'integer' }, []],
])('%s', (_, change, told) => {
  const changes = unusedChanges(BEFORE, { ...BEFORE, ...change }, USED)
  expect(changes.map(({ kind, field }) => `${kind} ${field}`)).toEqual(told)
})

test('what went is told of fields that are not used, and not of objects that are not read', () => {
  const { note, 'at.city': city, ...left } = BEFORE
  expect(unusedChanges(BEFORE, left, USED)).toEqual([
    { field: 'note', kind: 'unused-missing', expected: note, found: 'no such field' },
  ])
  expect(city).toBe('text')
})

test('what is written has to be there, whether it was or not, and to be what it was', () => {
  const target = {
    resource: 'sale.order',
    fields: { a: { type: 'text' }, b: { type: 'text' }, c: { type: 'text' } },
  } as const
  const changes = writtenChanges({ a: 'text', c: 'text' }, { a: 'text', c: 'integer' }, target)
  expect(changes.map(({ kind, field }) => `${kind} ${field}`)).toEqual(['missing-field b', 'changed-type c'])
})
