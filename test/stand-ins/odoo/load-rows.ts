import { type Env, fieldsOf } from './env.ts'
import { valueError } from './errors.ts'
import type { Json, JsonObject } from './json.ts'

/** A record as its rows say it: texts, references as objects by the way they refer, sub-records as lists. */
export interface LoadRecord {
  readonly values: Readonly<Record<string, Json | readonly LoadRecord[]>>
  readonly rows: JsonObject
}

/** Only in what the cell holds counts: '' and false are nothing. */
const filled = (value: Json | undefined): boolean =>
  value !== undefined && value !== '' && value !== false && value !== null

/**
 * A row that has cells of lists only continues the record above it; every other row begins one, also one without any value.
 * Rows that are too short are read as if their end were empty.
 */
export function extractRecords(
  env: Env,
  model: string,
  paths: readonly (readonly string[])[],
  data: readonly (readonly Json[])[],
): readonly LoadRecord[] {
  const fields = fieldsOf(env, model)
  const isList = paths.map(([name, sub]) => fields.get(name!)?.type === 'one2many' && sub !== undefined)
  const continues = (row: readonly Json[]): boolean =>
    paths.some((_, column) => isList[column] && filled(row[column])) &&
    !paths.some((_, column) => !isList[column] && filled(row[column]))
  const records: LoadRecord[] = []
  for (let from = 0; from < data.length; ) {
    let to = from
    while (to + 1 < data.length && continues(data[to + 1]!)) to += 1
    const values: Record<string, Json | readonly LoadRecord[]> = {}
    for (const [column, [name, sub]] of paths.entries()) {
      if (isList[column]) values[name!] ??= subRecords(env, model, paths, data.slice(from, to + 1), name!)
      else if (sub === undefined) values[name!] = data[from]![column] ?? ''
      else values[name!] = { [sub]: data[from]![column] ?? '' }
    }
    records.push({ values, rows: { from, to } })
    from = to + 1
  }
  return records
}

function subRecords(
  env: Env,
  model: string,
  paths: readonly (readonly string[])[],
  rows: readonly (readonly Json[])[],
  field: string,
): readonly LoadRecord[] {
  const relation = fieldsOf(env, model).get(field)!.relation!
  const columns = [...paths.keys()].filter((column) => paths[column]![0] === field)
  const subPaths = columns.map((column) => paths[column]!.slice(1))
  for (const [name] of subPaths) {
    if (name !== 'id' && name !== '.id' && !fieldsOf(env, relation).has(name!)) {
      throw valueError(`Invalid field name '${field}/${name}'`)
    }
  }
  const subRows = rows
    .map((row) => columns.map((column) => row[column] ?? ''))
    .filter((row) => row.some(filled))
  return extractRecords(env, relation, subPaths, subRows)
}
