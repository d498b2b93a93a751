import type { FunctionEntry } from '../functions.ts'
import { mergeTypes, unknownType } from '../type.ts'

const options = { name: 'options', takes: ['object', 'map'], optional: true } as const

export const LOOK_UP_FUNCTIONS: Readonly<Record<string, FunctionEntry>> = {
  coalesce: {
    group: 'choices',
    parameters: [
      { name: 'a', takes: 'any' },
      { name: 'b', takes: 'any', rest: true },
    ],
    gives: (args) => ({ ...mergeTypes(args), nullable: args.every((arg) => arg.nullable) }),
    nulls: 'takes',
    meaning:
      'The first argument that has a value. Later ones are not evaluated. A missing or ambiguous reference is not hidden: it waits or parks.',
    example: { cel: 'coalesce(null, "b", "c")', gives: 'b' },
    run: null,
  },
  when: {
    group: 'choices',
    parameters: [
      { name: 'condition', takes: ['boolean'] },
      { name: 'a', takes: 'any' },
      { name: 'b', takes: 'any' },
    ],
    gives: ([, a, b]) => mergeTypes([a ?? unknownType(), b ?? unknownType()]),
    nulls: 'takes',
    meaning:
      'a when the condition is true, else b; only that one is evaluated. A condition without a value is not true. The same as condition ? a : b.',
    example: { cel: 'when(1 < 2, "less", "more")', gives: 'less' },
    run: null,
  },
  table: {
    group: 'look-ups',
    parameters: [
      { name: 'name', takes: ['text'], literal: true },
      { name: 'key', takes: ['text', 'integer', 'decimal', 'boolean'] },
    ],
    gives: 'unknown',
    nulls: 'takes',
    meaning:
      'The value that a table of the mapping lists for a key. A key that is not listed parks the record. Numbers are compared by value: 0.2 finds "0.20".',
    example: { cel: 'table("tax", 0.0825)', gives: 'CA 8.25%' },
    run: null,
  },
  match: {
    group: 'look-ups',
    parameters: [
      { name: 'model', takes: ['text'], literal: true },
      { name: 'field', takes: ['text'], literal: true },
      { name: 'value', takes: ['text', 'integer', 'decimal', 'reference', 'date', 'datetime'] },
      options,
    ],
    gives: 'reference',
    nulls: 'takes',
    meaning:
      'The one active record of the target model (in the connection’s company) whose field equals the value exactly. `"where"` adds conditions, `"otherwise"` is what an empty value gives; without it an empty value parks the record, or gives null inside coalesce. None or several found: the record is parked.',
    example: {
      cel: 'match("product.product", "default_code", "MUG", {"where": {"sale_ok": true}})',
      gives: { reference: '7' },
    },
    run: null,
  },
  link: {
    group: 'look-ups',
    parameters: [
      { name: 'mapping', takes: ['text'], literal: true },
      { name: 'key', takes: ['text', 'integer', 'reference'] },
      options,
    ],
    gives: 'reference',
    nulls: 'takes',
    meaning:
      'What another mapping wrote for its record of that key. One it has not met yet is delivered by it first, where its identity is the key of its source; otherwise the record waits until it is there. An empty key is treated as in match.',
    example: { cel: 'link("shopify-customers", "c-1")', gives: { reference: '42' } },
    run: null,
  },
  ref: {
    group: 'look-ups',
    parameters: [{ name: 'name', takes: ['text'], literal: true }],
    gives: 'reference',
    nulls: 'takes',
    meaning: 'A fixed record of the target by its external id, `module.name`.',
    example: { cel: 'ref("base.be")', gives: { reference: '20' } },
    run: null,
  },
}
