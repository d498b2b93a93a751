import type { FieldValues, TargetShape, UpsertItem } from '../../core/model/connector.ts'
import { SyncError } from '../../core/model/failure.ts'
import { columnOf, toCell } from './values.ts'

/** One record of a `load`: its own cells and those of its lines. All records of a load have the same columns. */
export interface LoadRecord {
  /** Position of the item in the request. */
  readonly item: number
  readonly columns: readonly string[]
  /** The first row holds the record's own cells; every further row is a line, own cells empty. */
  readonly rows: readonly (readonly string[])[]
  /** Keys of the lines, in the order of the rows. */
  readonly lineKeys: readonly string[]
  /** Archived, and written by database id. */
  readonly archived: boolean
}

/**
 * The loads an item needs, one after the other: the first holds the record itself and the largest set of its lines that
 * have the same columns, the further ones the other sets. A blank cell clears a field, so lines of which different fields
 * changed cannot share a load.
 */
export function recordsOf(
  shape: TargetShape,
  item: UpsertItem,
  index: number,
  fields: FieldValues,
  archived = false,
): readonly LoadRecord[] {
  const databaseId = item.adopted ? item.targetId : null
  const own = cellsOf(shape, fields, item.key, databaseId)
  const [first = null, ...others] = lineSets(shape, item)
  const records = [recordOf(index, own, first)]
  if (others.length > 0) {
    const identity = cellsOf(shape, {}, item.key, databaseId)
    for (const set of others) records.push(recordOf(index, identity, set))
  }
  return archived && item.adopted ? records.map((record) => ({ ...record, archived })) : records
}

/** A load record without lines, by its external key or by its database id. */
export function plainRecord(
  shape: TargetShape,
  key: string,
  fields: FieldValues,
  index: number,
  databaseId?: string,
): LoadRecord {
  return recordOf(index, cellsOf(shape, fields, key, databaseId ?? null), null)
}

interface Cells {
  readonly columns: readonly string[]
  readonly cells: readonly string[]
}

/** What a record or line is known by stands first: never both, Odoo would create a second record for an `id` it does not know (observed on 18.0). */
function cellsOf(shape: TargetShape, fields: FieldValues, key: string, databaseId: string | null): Cells {
  const { columns, columnsById, names, types } = layoutOf(shape, fields)
  const cells = [databaseId ?? key]
  for (let index = 0; index < names.length; index++) cells.push(toCell(fields[names[index]!]!, types[index]!))
  return { columns: databaseId === null ? columns : columnsById, cells }
}

interface Layout {
  readonly names: readonly string[]
  readonly types: readonly string[]
  /** Headed by `id`, the external key. */
  readonly columns: readonly string[]
  /** Headed by `.id`, the database id. */
  readonly columnsById: readonly string[]
}

/** Nearly all records of a mapping fill the same fields: what follows from these alone is made once. */
const layouts = new WeakMap<TargetShape, Layout[]>()

/** In the order of the names, so that equal sets of fields give equal columns. */
function layoutOf(shape: TargetShape, fields: FieldValues): Layout {
  const known = layouts.get(shape) ?? []
  const count = Object.keys(fields).length
  const layout = known.find(
    ({ names }) => names.length === count && names.every((name) => fields[name] !== undefined),
  )
  if (layout !== undefined) return layout
  const made = newLayout(shape, Object.keys(fields).sort())
  layouts.set(shape, [...known, made])
  return made
}

function newLayout(shape: TargetShape, names: readonly string[]): Layout {
  const types = names.map((name) => {
    const type = shape.fields[name]?.type
    if (type === undefined)
      throw new SyncError('bug', `The shape of ${shape.resource} has no field "${name}".`)
    return type
  })
  const filled = names.map((name, index) => columnOf(name, types[index]!))
  return { names, types, columns: ['id', ...filled], columnsById: ['.id', ...filled] }
}

interface LineSet {
  readonly field: string
  readonly columns: readonly string[]
  readonly rows: (readonly string[])[]
  readonly keys: string[]
}

/** Lines with the same field and columns, the most columns first: new lines come before amended ones. */
function lineSets(shape: TargetShape, item: UpsertItem): readonly LineSet[] {
  const sets: LineSet[] = []
  for (const { field, key, adoptedId, fields } of item.lines) {
    const lineShape = shape.fields[field]?.lines
    if (lineShape === undefined) throw new SyncError('bug', `${shape.resource}.${field} holds no lines.`)
    const { columns, cells } = cellsOf(lineShape, fields, key, adoptedId ?? null)
    // Lines that fill the same fields share their columns.
    let set = sets.find((known) => known.columns === columns && known.field === field)
    if (set === undefined) sets.push((set = { field, columns, rows: [], keys: [] }))
    set.rows.push(cells)
    set.keys.push(key)
  }
  return sets.length < 2 ? sets : sets.sort((a, b) => b.columns.length - a.columns.length)
}

function recordOf(item: number, own: Cells, lines: LineSet | null): LoadRecord {
  if (lines === null) return { item, columns: own.columns, rows: [own.cells], lineKeys: [], archived: false }
  const blank = new Array<string>(own.cells.length).fill('')
  return {
    item,
    columns: columnsWith(own.columns, lines),
    rows: lines.rows.map((cells, index) => (index === 0 ? own.cells : blank).concat(cells)),
    lineKeys: lines.keys,
    archived: false,
  }
}

/** By the columns of the record: they are as few as the layouts, and so are these. */
const columnsWithLines = new WeakMap<
  readonly string[],
  { readonly field: string; readonly ofLines: readonly string[]; readonly columns: readonly string[] }[]
>()

/** The columns of a record and those of its lines. */
function columnsWith(own: readonly string[], { field, columns: ofLines }: LineSet): readonly string[] {
  const known = columnsWithLines.get(own) ?? []
  const found = known.find((made) => made.ofLines === ofLines && made.field === field)
  if (found !== undefined) return found.columns
  const columns = own.concat(ofLines.map((column) => `${field}/${column}`))
  columnsWithLines.set(own, [...known, { field, ofLines, columns }])
  return columns
}

const texts = new WeakMap<readonly string[], string>()

function textOf(columns: readonly string[]): string {
  const known = texts.get(columns)
  if (known !== undefined) return known
  const text = columns.join('\n')
  texts.set(columns, text)
  return text
}

/** Records that may share a load: equal columns, no key twice, at most `size`; sorted by key, so that two writers never wait for one another in a ring. */
export function batchesOf(records: readonly LoadRecord[], size: number): readonly (readonly LoadRecord[])[] {
  const groups = Map.groupBy(records, (record) =>
    record.archived ? `archived\n${textOf(record.columns)}` : textOf(record.columns),
  )
  const batches: LoadRecord[][] = []
  for (const group of groups.values()) {
    const sorted = [...group].sort((a, b) => compare(keyOf(a), keyOf(b)))
    let batch: LoadRecord[] = []
    for (const record of sorted) {
      // The last of two rows with one key would win and the first be answered for.
      const repeated = batch.length > 0 && keyOf(batch.at(-1)!) === keyOf(record)
      if (batch.length === size || repeated) {
        batches.push(batch)
        batch = []
      }
      batch.push(record)
    }
    batches.push(batch)
  }
  return batches
}

function keyOf(record: LoadRecord): string {
  return record.rows[0]![0]!
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
