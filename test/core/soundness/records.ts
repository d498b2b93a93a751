import fc from 'fast-check'
import { isJsonObject, type JsonObject, type JsonValue } from '../../../engine/core/model/json.ts'

const TEXTS = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '0',
    '12',
    '-1.5',
    'a',
    'é😀',
    'BE',
    'be',
    'a@b.example',
    '2026-02-29',
    'x'.repeat(300),
  ),
  fc.string({ maxLength: 8 }),
)
/** As vendors write them: text or numbers, trailing zeros, exponents. */
const DECIMALS = fc.oneof(
  fc.constantFrom(
    '0',
    '0.0',
    '0.00',
    '-0.00',
    '28.50',
    '0.0825',
    '-5.6',
    '1e2',
    '123456789012345678.99',
    '0.00000001',
  ),
  fc.integer({ min: -100_000, max: 100_000 }).map((cents) => (cents / 100).toFixed(2)),
)
const INTEGERS = fc.oneof(
  fc.constantFrom(0, 1, -1, 3, 2 ** 31, Number.MAX_SAFE_INTEGER),
  fc.integer({ min: -1000, max: 1000 }),
)
const MOMENTS = fc.oneof(
  fc.constantFrom(
    '2026-03-29T00:59:59Z',
    '2026-10-25T01:30:00Z',
    '2024-02-29T23:59:59.999Z',
    '2026-01-01T00:00:00+14:00',
    '1970-01-01T00:00:00Z',
    '9999-12-31T23:59:59Z',
  ),
  fc
    .date({ min: new Date('1990-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
    .map((date) => date.toISOString()),
)
const DAYS = fc.constantFrom('2026-01-31', '2024-02-29', '1970-01-01', '9999-12-31')

/** Values that the shipped tables list: others park the record, which says little about the rest of it. */
const USUAL: Readonly<Record<string, readonly string[]>> = {
  presentmentCurrencyCode: ['USD', 'EUR', 'GBP'],
  rate: ['0.0825', '0.2'],
}

/**
 * Records that fit a recorded schema: null or absent where that may be, every value of a selection, empty and long lists, edges of
 * numbers and dates. Only the fields that `reads` names (paths without the variable) are there.
 */
export function recordsOf(
  schema: JsonObject,
  reads: readonly (readonly string[])[],
): fc.Arbitrary<JsonObject> {
  const fields: Record<string, fc.Arbitrary<JsonValue | undefined>> = {}
  for (const name of new Set(reads.flatMap(([first]) => (first === undefined ? [] : [first])))) {
    const field = (schema.properties as JsonObject)[name]
    if (!isJsonObject(field)) continue
    const below = reads.filter(([first]) => first === name).map(([, ...rest]) => rest)
    const any = valuesOf(field, below)
    const usual = USUAL[name]
    const values =
      usual === undefined
        ? any
        : fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...usual) }, { weight: 1, arbitrary: any })
    fields[name] = nullable(field) ? fc.option(values, { nil: null, freq: 8 }).map(absent(name)) : values
  }
  return fc
    .record(fields)
    .map(
      (record) =>
        Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as JsonObject,
    )
}

/** Some fields are left out where others are null: that is one thing. */
function absent(name: string): (value: JsonValue) => JsonValue | undefined {
  return (value) => (value === null && name.length % 2 === 0 ? undefined : value)
}

function nullable(field: JsonObject): boolean {
  return [field.type].flat().includes('null') || (Array.isArray(field.enum) && field.enum.includes(null))
}

function valuesOf(field: JsonObject, below: readonly (readonly string[])[]): fc.Arbitrary<JsonValue> {
  if (isJsonObject(field.items)) {
    const item = valuesOf(field.items, below)
    return fc.oneof(
      { weight: 8, arbitrary: fc.array(item, { maxLength: 2 }) },
      { weight: 1, arbitrary: fc.array(item, { minLength: 20, maxLength: 25 }) },
    )
  }
  if (isJsonObject(field.properties)) return recordsOf(field, below)
  if (Array.isArray(field.enum)) return fc.constantFrom(...field.enum.filter((value) => value !== null))
  if (typeof field.pattern === 'string') return fc.stringMatching(new RegExp(field.pattern))
  const asText = [field.type].flat().includes('string')
  switch (field['x-type']) {
    case 'decimal':
    case 'float':
      return asText ? DECIMALS : DECIMALS.map(Number)
    case 'integer':
      return asText ? INTEGERS.map(String) : INTEGERS
    case 'boolean':
      return fc.boolean()
    case 'datetime':
      return MOMENTS
    case 'date':
      return DAYS
    case 'json':
      return fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<JsonValue>
    default:
      return TEXTS
  }
}
