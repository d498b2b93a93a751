import { isNode, parseDocument } from 'yaml'
import type { FieldValue, FieldValues, TargetShape } from '../model/connector.ts'
import { isJsonObject, type JsonValue } from '../model/json.ts'
import type { Expectation } from './expectation.ts'
import type { MappedValues, TestOutcome } from './outcome.ts'

/**
 * The text of a mapping file with the expectations of some tests, by position, replaced by what came out. What a test does not name
 * it does not name afterwards either, unless it is exact; nothing else of the file changes.
 */
export function rewriteExpectations(
  text: string,
  shape: TargetShape,
  outcomes: ReadonlyMap<
    number,
    { readonly outcome: TestOutcome; readonly expected: Expectation; readonly exact: boolean }
  >,
): string {
  const document = parseDocument(text)
  const edits: { readonly from: number; readonly to: number; readonly text: string }[] = []
  for (const [index, { outcome, expected, exact }] of outcomes) {
    const node = document.getIn(['tests', index, 'expect'], true)
    if (!isNode(node) || node.range == null) continue
    const [from, to] = node.range
    edits.push({ from, to, text: flow(expectationOf(outcome, expected, exact, shape)) })
  }
  return edits
    .sort((a, b) => b.from - a.from)
    .reduce((before, edit) => before.slice(0, edit.from) + edit.text + before.slice(edit.to), text)
}

/** A value with the digits of a decimal kept: not a text, and not a number that loses its zeros. */
interface Digits {
  readonly digits: string
}
type Written = JsonValue | Digits | readonly Written[] | { readonly [name: string]: Written }

function expectationOf(
  outcome: TestOutcome,
  expected: Expectation,
  exact: boolean,
  shape: TargetShape,
): Written {
  switch (outcome.kind) {
    case 'filtered':
      return { filtered: outcome.reason }
    case 'parked':
      return { parked: { at: outcome.at, class: outcome.class } }
    case 'mapped':
      return mappedExpectation(outcome.values, expected, exact, shape)
  }
}

function mappedExpectation(
  values: MappedValues,
  expected: Expectation,
  exact: boolean,
  shape: TargetShape,
): Written {
  const all = [...Object.keys(values.fields), ...Object.keys(values.records), ...Object.keys(values.lines)]
  const wasMapped = expected['parked'] === undefined && expected['filtered'] === undefined
  const names =
    exact || !wasMapped ? all : Object.keys(expected).filter((name) => name !== 'then' && all.includes(name))
  const written: Record<string, Written> = {}
  for (const name of names) {
    const lines = values.lines[name]
    const record = values.records[name]
    if (lines !== undefined)
      written[name] = lines.map((line, index) =>
        rowOf(line, expected[name], index, exact || !wasMapped, shape.fields[name]?.lines),
      )
    else if (record !== undefined)
      written[name] = rowOf(record, expected[name], null, exact || !wasMapped, undefined)
    else written[name] = writtenOf(values.fields[name]!, shape.fields[name]?.type)
  }
  if (exact || 'then' in expected || values.steps.length > 0) written['then'] = values.steps
  return written
}

function rowOf(
  row: FieldValues,
  expected: JsonValue | undefined,
  index: number | null,
  whole: boolean,
  shape: TargetShape | undefined,
): Written {
  const lines = Array.isArray(expected) ? (expected as readonly JsonValue[]) : []
  const before = index === null ? expected : (lines[index] ?? lines[0])
  const named = isJsonObject(before ?? null) ? Object.keys(before as object) : []
  const names = whole || named.length === 0 ? Object.keys(row) : named.filter((name) => name in row)
  return Object.fromEntries(names.map((name) => [name, writtenOf(row[name]!, shape?.fields[name]?.type)]))
}

function writtenOf(value: FieldValue, type: string | undefined): Written {
  const isDecimal = type === 'decimal' || type === 'float' || type === 'integer'
  return isDecimal && typeof value === 'string' ? { digits: value } : (value as JsonValue)
}

/** On one line, as people write it: bare names, texts quoted where YAML would read something else. */
function flow(value: Written): string {
  if (Array.isArray(value)) return value.length === 0 ? '[]' : `[ ${value.map(flow).join(', ')} ]`
  if (typeof value === 'object' && value !== null) {
    if ('digits' in value) return String((value as Digits).digits)
    const pairs = Object.entries(value as Record<string, Written>).map(
      ([name, item]) => `${name}: ${flow(item)}`,
    )
    return pairs.length === 0 ? '{}' : `{ ${pairs.join(', ')} }`
  }
  if (typeof value === 'string')
    return /^[A-Za-z][\w./-]*$/.test(value) && !isWord(value) ? value : JSON.stringify(value)
  return JSON.stringify(value)
}

/** Words that YAML of one version or the other reads as something else. */
function isWord(text: string): boolean {
  return /^(true|false|yes|no|on|off|y|n|null)$/i.test(text)
}
