import { parseDecimal } from '../expression/decimal.ts'
import { canonicalInstant } from '../expression/time.ts'
import type { JsonObject, JsonValue } from '../model/json.ts'
import type { FieldType } from '../model/recorded.ts'
import type { SelectedField, Selection } from '../model/selection.ts'

export const DRIFT_KINDS = [
  'missing-field',
  'changed-type',
  'date-format',
  'decimal-format',
  'unknown-value',
  'sudden-nulls',
] as const
export type DriftKind = (typeof DRIFT_KINDS)[number]

/** One field of a page that is not what the recorded schema says. */
export interface Drift {
  /** Path in the record: `lineItems.sku`. */
  readonly field: string
  readonly kind: DriftKind
  /** `a date-time like 2026-11-24T09:30:00Z`. */
  readonly expected: string
  /** One of the values found, shortened; of personal fields only what kind of value it is. */
  readonly found: string
  readonly count: number
  /** Of so many in this page. */
  readonly of: number
}

/** How often a field was seen, and how often it was empty, in all pages before. */
export interface FieldHistory {
  readonly [field: string]: readonly [seen: number, empty: number]
}

export interface PageLook {
  readonly drifts: readonly Drift[]
  /** What the page adds to the history. */
  readonly counts: FieldHistory
}

/** Looks at a page of records as the connector hands them over. */
export type DriftCheck = (records: readonly JsonObject[], history: FieldHistory) => PageLook

/** A field that was never empty in so many records says something when it is, in half of a page of at least so many. */
const KNOWN_FULL = 200
const NULLS_OF_AT_LEAST = 20
const LONGEST_FOUND = 60

interface Node {
  readonly field: string
  readonly personal: boolean
  readonly faultOf: (value: JsonValue) => DriftKind | null
  readonly expected: string
  seen: number
  empty: number
  absent: number
  faults: Map<DriftKind, { count: number; example: JsonValue }> | null
}

type Look = (value: JsonValue | undefined) => void

/** Reads the selection once: a page costs a look at each value, and nothing is kept of it but counts. */
export function compileDriftCheck(selection: Selection): DriftCheck {
  const nodes: Node[] = []
  const look = objectLook(selection, '', false, nodes)
  return (records, history) => {
    for (const node of nodes) Object.assign(node, { seen: 0, empty: 0, absent: 0, faults: null })
    for (const record of records) look(record)
    return {
      drifts: nodes.flatMap((node) => driftsOf(node, history[node.field])),
      counts: Object.fromEntries(
        nodes.filter(({ seen }) => seen > 0).map(({ field, seen, empty }) => [field, [seen, empty]]),
      ),
    }
  }
}

/** Both together. */
export function addHistory(history: FieldHistory, counts: FieldHistory): FieldHistory {
  const sum: Record<string, readonly [number, number]> = { ...history }
  for (const [field, [seen, empty]] of Object.entries(counts))
    sum[field] = [(sum[field]?.[0] ?? 0) + seen, (sum[field]?.[1] ?? 0) + empty]
  return sum
}

function objectLook(selection: Selection, prefix: string, personal: boolean, nodes: Node[]): Look {
  const names = Object.keys(selection)
  const looks = names.map((name) =>
    fieldLook(selection[name]!, `${prefix}${name}`, personal || selection[name]!.personal === true, nodes),
  )
  return (value) => {
    const record = value as JsonObject
    for (let index = 0; index < names.length; index++) looks[index]!(record[names[index]!])
  }
}

function fieldLook(field: SelectedField, path: string, personal: boolean, nodes: Node[]): Look {
  const isList = field.list !== undefined || LISTS.has(field.type)
  const isObject = field.fields !== undefined
  const shape = shapeOf(field)
  const item: Node = { field: path, personal, ...shape, seen: 0, empty: 0, absent: 0, faults: null }
  nodes.push(item)
  const inner = isObject ? objectLook(field.fields, `${path}.`, personal, nodes) : null
  const one: Look = (value) => {
    const kind = item.faultOf(value!)
    if (kind !== null) note(item, kind, value!)
    else inner?.(value)
  }
  return (value) => {
    item.seen++
    if (value === undefined || value === null || value === '') {
      item.empty++
      if (value === undefined) item.absent++
    } else if (!isList) one(value)
    else if (!Array.isArray(value)) note(item, 'changed-type', value)
    else for (const entry of value) if (entry !== null) one(entry)
  }
}

const LISTS: ReadonlySet<FieldType> = new Set(['one2many', 'many2many', 'list'])

function note(node: Node, kind: DriftKind, example: JsonValue): void {
  node.faults ??= new Map()
  const known = node.faults.get(kind)
  if (known === undefined) node.faults.set(kind, { count: 1, example })
  else known.count++
}

function driftsOf(node: Node, before: FieldHistory[string] | undefined): Drift[] {
  const { field, expected, personal, seen, empty, absent } = node
  const found = [...(node.faults ?? [])].map(([kind, { count, example }]) => ({
    ...{ field, kind, expected, count, of: Math.max(count, seen - empty) },
    found: foundText(example, personal),
  }))
  const wasFull = before !== undefined && before[0] >= KNOWN_FULL && before[1] === 0
  if (!wasFull || seen < NULLS_OF_AT_LEAST || empty * 2 < seen) return found
  const kind: DriftKind = absent === seen ? 'missing-field' : 'sudden-nulls'
  return [...found, { field, kind, expected, found: 'nothing', count: empty, of: seen }]
}

function foundText(value: JsonValue, personal: boolean): string {
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object'
  if (personal) return typeof value === 'string' ? 'another text' : `a ${typeof value}`
  const text = typeof value === 'string' ? value : `${value} (a ${typeof value})`
  return text.length > LONGEST_FOUND ? `${text.slice(0, LONGEST_FOUND)}…` : text
}

function shapeOf(field: SelectedField): Pick<Node, 'faultOf' | 'expected'> {
  if (field.fields !== undefined) return { faultOf: objectFault, expected: 'an object' }
  if (field.values !== undefined && field.values.length > 0) {
    const known = new Set(field.values)
    return {
      expected: `one of ${field.values.slice(0, 8).join(', ')}${field.values.length > 8 ? ', …' : ''}`,
      faultOf: (value) =>
        typeof value !== 'string' ? 'changed-type' : known.has(value) ? null : 'unknown-value',
    }
  }
  return SHAPES[field.type] ?? { faultOf: () => null, expected: 'any value' }
}

const text = { expected: 'a text', faultOf: (value: JsonValue) => typed(typeof value === 'string') }

/** By type; what connectors may hand over in several forms (ids, JSON, files) is not looked at. */
const SHAPES: Partial<Record<FieldType, Pick<Node, 'faultOf' | 'expected'>>> = {
  text,
  html: text,
  selection: text,
  boolean: { expected: 'yes or no', faultOf: (value) => typed(typeof value === 'boolean') },
  integer: {
    expected: 'a whole number',
    faultOf: (value) =>
      typed(Number.isSafeInteger(value) || (typeof value === 'string' && /^[+-]?\d+(\.0+)?$/.test(value))),
  },
  decimal: { expected: 'a decimal like 12.50', faultOf: decimalFault },
  float: { expected: 'a decimal like 12.50', faultOf: decimalFault },
  date: {
    expected: 'a date like 2026-11-24',
    faultOf: (value) => dated(value, (written) => /^\d{4}-\d\d-\d\d$/.test(written)),
  },
  datetime: {
    expected: 'a date-time like 2026-11-24T09:30:00Z',
    faultOf: (value) => dated(value, (written) => canonicalInstant(written) !== null),
  },
}

function objectFault(value: JsonValue): DriftKind | null {
  return typed(typeof value === 'object' && !Array.isArray(value))
}

function typed(fits: boolean): DriftKind | null {
  return fits ? null : 'changed-type'
}

function dated(value: JsonValue, fits: (text: string) => boolean): DriftKind | null {
  if (typeof value !== 'string') return 'changed-type'
  return fits(value) ? null : 'date-format'
}

function decimalFault(value: JsonValue): DriftKind | null {
  if (typeof value === 'number') return null
  if (typeof value !== 'string') return 'changed-type'
  if (/^-?\d+(\.\d+)?$/.test(value) || parseDecimal(value) !== null) return null
  return /\d/.test(value) ? 'decimal-format' : 'changed-type'
}
