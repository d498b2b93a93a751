import { Decimal } from 'decimal.js'
import type { FieldValue, FieldValues } from '../model/connector.ts'
import { isJsonObject, type JsonValue } from '../model/json.ts'
import type { MappedValues, TestOutcome } from './outcome.ts'

/** One value that is not as expected. */
export interface Difference {
  /** `order_line.0.price_unit`. */
  readonly at: string
  readonly expected: string
  readonly found: string
}

export type Expectation = Readonly<Record<string, JsonValue>>

/** How an outcome differs from what a test expects. `exact`: nothing may come out that the test does not name. */
export function differencesOf(
  expected: Expectation,
  outcome: TestOutcome,
  exact: boolean,
): readonly Difference[] {
  const { parked, filtered, ...values } = expected
  if (parked !== undefined) return parkedDifferences(parked, outcome)
  if (filtered !== undefined)
    return outcome.kind === 'filtered' && outcome.reason === filtered
      ? []
      : [{ at: 'filtered', expected: show(filtered), found: told(outcome) }]
  if (outcome.kind !== 'mapped') return [{ at: '', expected: 'a record', found: told(outcome) }]
  return mappedDifferences(values, outcome.values, exact)
}

function parkedDifferences(expected: JsonValue, outcome: TestOutcome): readonly Difference[] {
  if (outcome.kind !== 'parked') return [{ at: 'parked', expected: show(expected), found: told(outcome) }]
  if (!isJsonObject(expected)) return []
  return (['at', 'class', 'message'] as const).flatMap((part) => {
    const wanted = expected[part]
    if (wanted === undefined) return []
    const fits = part === 'message' ? outcome.message.includes(String(wanted)) : outcome[part] === wanted
    return fits ? [] : [{ at: `parked.${part}`, expected: show(wanted), found: outcome[part] }]
  })
}

function mappedDifferences(
  { then: steps, ...expected }: Expectation,
  found: MappedValues,
  exact: boolean,
): readonly Difference[] {
  const differences: Difference[] = []
  for (const [field, wanted] of Object.entries(expected)) {
    const lines = found.lines[field]
    if (lines !== undefined) differences.push(...lineDifferences(field, wanted, lines, exact))
    else if (isJsonObject(wanted) && found.records[field] !== undefined)
      differences.push(...rowDifferences(field, wanted, found.records[field], exact))
    else differences.push(...valueDifference(field, wanted, found.fields[field]))
  }
  if (steps !== undefined && show(steps) !== show(found.steps as JsonValue))
    differences.push({ at: 'then', expected: show(steps), found: show(found.steps as JsonValue) })
  return exact ? [...differences, ...surplus(expected, steps, found)] : differences
}

function lineDifferences(
  field: string,
  wanted: JsonValue,
  lines: readonly FieldValues[],
  exact: boolean,
): readonly Difference[] {
  if (!Array.isArray(wanted)) return [{ at: field, expected: show(wanted), found: `${lines.length} lines` }]
  if (wanted.length !== lines.length)
    return [
      {
        at: field,
        expected: `${wanted.length} lines`,
        found: `${lines.length}: ${lines.map((line) => show(line as JsonValue)).join(', ')}`,
      },
    ]
  return wanted.flatMap((line, index) =>
    isJsonObject(line)
      ? rowDifferences(`${field}.${index}`, line, lines[index]!, exact)
      : [{ at: `${field}.${index}`, expected: show(line), found: show(lines[index] as JsonValue) }],
  )
}

function rowDifferences(
  at: string,
  wanted: Readonly<Record<string, JsonValue>>,
  row: FieldValues,
  exact: boolean,
): readonly Difference[] {
  const named = Object.entries(wanted).flatMap(([name, value]) =>
    valueDifference(`${at}.${name}`, value, row[name]),
  )
  const more = exact ? Object.keys(row).filter((name) => !(name in wanted)) : []
  return [...named, ...more.map((name) => unexpected(`${at}.${name}`, row[name]!))]
}

function surplus(
  expected: Expectation,
  steps: JsonValue | undefined,
  found: MappedValues,
): readonly Difference[] {
  const differences: Difference[] = []
  for (const [name, value] of Object.entries(found.fields))
    if (!(name in expected)) differences.push(unexpected(name, value))
  for (const [name, row] of Object.entries(found.records))
    if (!(name in expected)) differences.push(unexpected(name, show(row as JsonValue)))
  for (const [name, lines] of Object.entries(found.lines))
    if (!(name in expected) && lines.length > 0) differences.push(unexpected(name, `${lines.length} lines`))
  if (steps === undefined && found.steps.length > 0)
    differences.push(unexpected('then', show(found.steps as JsonValue)))
  return differences
}

function unexpected(at: string, value: FieldValue): Difference {
  return { at, expected: 'nothing', found: show(value as JsonValue) }
}

function valueDifference(
  at: string,
  wanted: JsonValue,
  found: FieldValue | undefined,
): readonly Difference[] {
  if (found === undefined) return [{ at, expected: show(wanted), found: 'the mapping does not fill it' }]
  if (same(wanted, found)) return []
  const isNumber =
    typeof wanted === 'string' && isNumeric(wanted) && isNumeric(found) && same(Number(wanted), found)
  const expected = isNumber ? `${show(wanted)} (write a number without quotation marks)` : show(wanted)
  return [{ at, expected, found: show(found as JsonValue) }]
}

/** Numbers by value, look-ups without regard to spaces, everything else exactly. */
function same(wanted: JsonValue, found: JsonValue | FieldValue): boolean {
  if (Array.isArray(wanted))
    return (
      Array.isArray(found) &&
      wanted.length === found.length &&
      wanted.every((item, n) => same(item, found[n]!))
    )
  if (wanted === found) return true
  if (typeof wanted === 'number') return isNumeric(found) && new Decimal(String(found)).equals(wanted)
  if (typeof wanted !== 'string' || typeof found !== 'string') return false
  const isLookUp = /^(match|link|ref)\(/.test(found)
  return isLookUp && wanted.replace(/\s+/g, '') === found.replace(/\s+/g, '')
}

function isNumeric(value: unknown): boolean {
  return typeof value === 'number' || (typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value))
}

function told(outcome: TestOutcome): string {
  switch (outcome.kind) {
    case 'mapped':
      return 'a record'
    case 'filtered':
      return `left out: ${outcome.reason}`
    case 'parked':
      return `parked (${outcome.class}) at ${outcome.at || 'the record'}: ${outcome.message}`
  }
}

function show(value: JsonValue): string {
  return JSON.stringify(value)
}
