import type { Json } from './json.ts'

/** One record as it is stored. Absent fields are empty; many2one is an id or false; x2many over a table is a list of ids. */
export interface Row {
  readonly id: number
  readonly [field: string]: Json
}

type Index = Map<Json, Set<number>>

/**
 * Tables in memory with one transaction at a time. Rows are replaced, never changed, so that undoing is putting the
 * former row back. Ids and numbers of sequences are not given again after a rollback, as in PostgreSQL.
 */
export interface Store {
  get(model: string, id: number): Row | undefined
  /** Rows in order of their ids. */
  all(model: string): Iterable<Row>
  size(model: string): number
  models(): readonly string[]
  /** Ids of the rows with this stored value, in no order; the index is made at the first use. */
  having(model: string, field: string, value: Json): ReadonlySet<number>
  nextId(model: string): number
  nextNumber(sequence: string): number
  put(model: string, row: Row): void
  remove(model: string, id: number): void
  /** Runs all of it or nothing. May be nested: the inner one is a savepoint. */
  atomically<T>(run: () => T): T
  /** The rows that the transaction under way has replaced or removed, as they were before. */
  replaced(): readonly Row[]
}

interface Change {
  readonly model: string
  readonly id: number
  readonly before: Row | undefined
}

const NONE: ReadonlySet<number> = new Set()

export function createStore(): Store {
  const tables = new Map<string, Map<number, Row>>()
  const indexes = new Map<string, Map<string, Index>>()
  const numbers = new Map<string, number>()
  const log: Change[] = []
  let depth = 0

  const table = (model: string): Map<number, Row> => {
    let rows = tables.get(model)
    if (rows === undefined) tables.set(model, (rows = new Map()))
    return rows
  }
  const set = (model: string, id: number, row: Row | undefined): void => {
    const rows = table(model)
    const before = rows.get(id)
    for (const [field, index] of indexes.get(model) ?? []) {
      const [was, is] = [before?.[field] ?? false, row?.[field] ?? false]
      if (before !== undefined && row !== undefined && was === is) continue
      if (before !== undefined) index.get(was)?.delete(id)
      if (row !== undefined) entry(index, is).add(id)
    }
    if (row === undefined) rows.delete(id)
    else rows.set(id, row)
  }
  const change = (model: string, id: number, row: Row | undefined): void => {
    if (depth > 0) log.push({ model, id, before: table(model).get(id) })
    set(model, id, row)
  }
  const next = (name: string): number => {
    const number = (numbers.get(name) ?? 0) + 1
    numbers.set(name, number)
    return number
  }

  return {
    get: (model, id) => tables.get(model)?.get(id),
    all: (model) => table(model).values(),
    size: (model) => tables.get(model)?.size ?? 0,
    models: () => [...tables.keys()].sort(),
    having(model, field, value) {
      let ofModel = indexes.get(model)
      if (ofModel === undefined) indexes.set(model, (ofModel = new Map()))
      let index = ofModel.get(field)
      if (index === undefined) {
        ofModel.set(field, (index = new Map()))
        for (const row of table(model).values()) entry(index, row[field] ?? false).add(row.id)
      }
      return index.get(value) ?? NONE
    },
    nextId: (model) => next(`id of ${model}`),
    nextNumber: next,
    put: (model, row) => change(model, row.id, row),
    remove: (model, id) => change(model, id, undefined),
    atomically(run) {
      const start = log.length
      depth += 1
      try {
        return run()
      } catch (error) {
        while (log.length > start) {
          const { model, id, before } = log.pop()!
          set(model, id, before)
        }
        throw error
      } finally {
        depth -= 1
        if (depth === 0) log.length = 0
      }
    },
    replaced: () => log.flatMap(({ before }) => before ?? []),
  }
}

function entry(index: Index, value: Json): Set<number> {
  let ids = index.get(value)
  if (ids === undefined) index.set(value, (ids = new Set()))
  return ids
}
