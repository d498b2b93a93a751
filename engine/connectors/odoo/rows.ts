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

interface Cells {
  readonly columns: readonly string[]
  readonly cells: readonly string[]
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
  const identity = identityOf(item.key, item.adopted ? item.targetId : null)
  const own = join(identity, cellsOf(shape, fields))
  const sets = lineSets(shape, item)
  const [first, ...others] = sets
  const records = [
    recordOf(index, own, first ?? null),
    ...others.map((set) => recordOf(index, identity, set)),
  ]
  return archived && item.adopted ? records.map((record) => ({ ...record, archived })) : records
}

/** Never both: Odoo would create a second record for an `id` it does not know (observed on 18.0). */
function identityOf(key: string, databaseId: string | null): Cells {
  return databaseId === null ? { columns: ['id'], cells: [key] } : { columns: ['.id'], cells: [databaseId] }
}

/** A load record without lines, by its external key or by its database id. */
export function plainRecord(
  shape: TargetShape,
  key: string,
  fields: FieldValues,
  index: number,
  databaseId?: string,
): LoadRecord {
  return recordOf(index, join(identityOf(key, databaseId ?? null), cellsOf(shape, fields)), null)
}

interface LineSet {
  readonly columns: readonly string[]
  readonly rows: (readonly string[])[]
  readonly keys: string[]
}

/** Lines with the same field and columns, the most columns first: new lines come before amended ones. */
function lineSets(shape: TargetShape, item: UpsertItem): readonly LineSet[] {
  const sets = new Map<string, LineSet>()
  for (const line of item.lines) {
    const lineShape = shape.fields[line.field]?.lines
    if (lineShape === undefined) throw new SyncError('bug', `${shape.resource}.${line.field} holds no lines.`)
    const identity = identityOf(line.key, line.adoptedId ?? null)
    const { columns, cells } = join(identity, cellsOf(lineShape, line.fields))
    const named = columns.map((column) => `${line.field}/${column}`)
    const id = named.join('\n')
    const set = sets.get(id) ?? { columns: named, rows: [], keys: [] }
    sets.set(id, set)
    set.rows.push(cells)
    set.keys.push(line.key)
  }
  return [...sets.values()].sort((a, b) => b.columns.length - a.columns.length)
}

function recordOf(item: number, own: Cells, lines: LineSet | null): LoadRecord {
  if (lines === null) return { item, columns: own.columns, rows: [own.cells], lineKeys: [], archived: false }
  const blank = own.cells.map(() => '')
  return {
    item,
    columns: [...own.columns, ...lines.columns],
    rows: lines.rows.map((cells, index) => [...(index === 0 ? own.cells : blank), ...cells]),
    lineKeys: lines.keys,
    archived: false,
  }
}

/** In the order of the names, so that equal sets of fields give equal columns. */
function cellsOf(shape: TargetShape, fields: FieldValues): Cells {
  const columns: string[] = []
  const cells: string[] = []
  for (const name of Object.keys(fields).sort()) {
    const type = shape.fields[name]?.type
    if (type === undefined)
      throw new SyncError('bug', `The shape of ${shape.resource} has no field "${name}".`)
    columns.push(columnOf(name, type))
    cells.push(toCell(fields[name]!, type))
  }
  return { columns, cells }
}

function join(a: Cells, b: Cells): Cells {
  return { columns: [...a.columns, ...b.columns], cells: [...a.cells, ...b.cells] }
}

/** Records that may share a load: equal columns, no key twice, at most `size`; sorted by key, so that two writers never wait for one another in a ring. */
export function batchesOf(records: readonly LoadRecord[], size: number): readonly (readonly LoadRecord[])[] {
  const groups = Map.groupBy(records, (record) => `${record.archived}\n${record.columns.join('\n')}`)
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
