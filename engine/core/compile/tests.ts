import { didYouMean } from '../expression/nearest.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../model/json.ts'
import type { FieldPlan } from '../model/plan.ts'
import type { RecordedSchema } from '../model/recorded.ts'
import type { Path, Report } from './report.ts'

/** A test as it is written. */
export interface WrittenTest {
  readonly given: { readonly sample: string; readonly change?: JsonObject }
  readonly expect: Readonly<Record<string, JsonValue>>
}

interface Tested {
  readonly fields: Readonly<Record<string, FieldPlan>>
  /** Of the steps, in order. */
  readonly calls: readonly string[]
  readonly source: RecordedSchema
  /** Names of samples of the source's resource. */
  readonly samples: readonly string[]
}

/** Whether tests speak of what is there: samples, fields of the source, and what the mapping fills and does. */
export function checkTests(report: Report, tests: readonly WrittenTest[], tested: Tested): void {
  for (const [index, { given, expect }] of tests.entries()) {
    const where: Path = ['tests', index]
    if (!tested.samples.includes(given.sample))
      report.add(
        'error',
        'unknown-sample',
        [...where, 'given', 'sample'],
        `There is no sample "${given.sample}" of the source's resource.`,
        didYouMean(given.sample, tested.samples) ??
          (tested.samples.length === 0
            ? 'There is none: remove the test.'
            : `There are: ${tested.samples.join(', ')}.`),
      )
    for (const path of Object.keys(given.change ?? {}))
      checkChange(report, [...where, 'given', 'change', path], path, tested.source)
    checkExpected(report, [...where, 'expect'], expect, tested)
  }
}

function checkChange(report: Report, where: Path, path: string, source: RecordedSchema): void {
  let properties: JsonValue = source.properties
  for (const part of path.split('.')) {
    if (!isJsonObject(properties)) return
    if (/^\d+$/.test(part)) continue
    const field: JsonValue = properties[part] ?? null
    if (!isJsonObject(field)) {
      const names = Object.keys(properties)
      report.add(
        'error',
        'unknown-field',
        where,
        `"${path}" is not a field of ${source.title}: there is no "${part}".`,
        didYouMean(part, names)?.hint ?? `Its fields are: ${names.join(', ')}.`,
        'key',
      )
      return
    }
    const items: JsonValue = field['items'] ?? null
    properties = (isJsonObject(items) ? items : field)['properties'] ?? null
  }
}

function checkExpected(report: Report, where: Path, expect: WrittenTest['expect'], tested: Tested): void {
  const { parked, filtered, then, ...values } = expect
  if (isJsonObject(parked ?? null)) checkParked(report, where, parked as JsonObject, tested)
  if (parked !== undefined || filtered !== undefined) return
  for (const [index, call] of (Array.isArray(then) ? (then as readonly JsonValue[]) : []).entries())
    known(report, [...where, 'then', index], String(call), tested.calls, 'a step of this mapping', 'value')
  for (const [name, expected] of Object.entries(values)) {
    const at = [...where, name]
    if (!known(report, at, name, Object.keys(tested.fields), 'filled by this mapping', 'key')) continue
    const plan = tested.fields[name]!
    if (plan.kind === 'lines' && Array.isArray(expected)) {
      const names = [...new Set(plan.blocks.flatMap((block) => Object.keys(block.fields)))]
      for (const [index, line] of (expected as readonly JsonValue[]).entries())
        for (const field of isJsonObject(line) ? Object.keys(line) : [])
          known(report, [...at, index, field], field, names, `filled in lines of "${name}"`, 'key')
    } else if (plan.kind === 'record' && isJsonObject(expected)) {
      for (const field of Object.keys(expected))
        known(report, [...at, field], field, Object.keys(plan.fields), `filled in "${name}"`, 'key')
    }
  }
}

/** Where a record is parked is a place of the mapping: a field, one of a line or of a record of its own, or what else may fail. */
function checkParked(report: Report, where: Path, parked: JsonObject, { fields }: Tested): void {
  const at = parked['at']
  if (typeof at !== 'string' || /^(source|target|agree|then)\./.test(at)) return
  const places = Object.entries(fields).flatMap(([name, plan]) => [
    name,
    ...(plan.kind === 'lines'
      ? plan.blocks.flatMap((block, index) => [
          ...['each', 'identity.0'].map((part) => `${name}.${index}.${part}`),
          ...Object.keys(block.fields).map((field) => `${name}.${index}.${field}`),
        ])
      : []),
    ...(plan.kind === 'record' ? Object.keys(plan.fields).map((field) => `${name}.${field}`) : []),
  ])
  known(report, [...where, 'parked', 'at'], at, places, 'a place of this mapping', 'value')
}

function known(
  report: Report,
  where: Path,
  name: string,
  names: readonly string[],
  what: string,
  of: 'key' | 'value',
): boolean {
  if (names.includes(name)) return true
  report.add(
    'error',
    'unknown-expectation',
    where,
    `"${name}" is not ${what}.`,
    didYouMean(name, names) ?? (names.length === 0 ? null : `There are: ${names.join(', ')}.`),
    of,
  )
  return false
}
