import { sql } from 'kysely'
import { everyRow } from '../every-row.ts'
import { TABLE_NAMES, TABLES } from '../shape.ts'
import { type Check, type Finding, MOST_FINDINGS } from './finding.ts'

const RESTORE = 'Stop the workers, keep the file, and restore the last backup: tidelock store restore FILE.'

/** The file says of itself that it is whole. PostgreSQL looks after its own: that it answers has been seen. */
export const fileIsWhole: Check = async ({ store }) => {
  if (store.dialect !== 'sqlite') return []
  const { rows } = await sql<{ integrity_check: string }>`pragma integrity_check(10)`.execute(store.db)
  const { rows: orphans } = await sql<{ table: string; parent: string }>`pragma foreign_key_check`.execute(
    store.db,
  )
  return [
    ...rows
      .filter((row) => row.integrity_check !== 'ok')
      .map((row) => ({
        code: 'damaged-file',
        message: `SQLite finds the file damaged: ${row.integrity_check}`,
        hint: RESTORE,
      })),
    ...orphans.slice(0, MOST_FINDINGS).map(({ table, parent }) => ({
      code: 'damaged-file',
      message: `A row of ${table} points to a row of ${parent} that is not there.`,
      hint: RESTORE,
    })),
  ]
}

/** Whatever is kept as JSON can be read again. */
export const jsonParses: Check = async ({ store }) => {
  const findings: Finding[] = []
  for (const table of TABLE_NAMES) {
    const { key, json } = TABLES[table]
    if (json.length === 0) continue
    for await (const rows of everyRow(store, table)) {
      for (const row of rows) {
        for (const column of json) {
          if (isJson(row[column] ?? null) || findings.length >= MOST_FINDINGS) continue
          findings.push({
            code: 'broken-json',
            message: `${table} ${key.map((name) => row[name]).join(' ')}: ${column} is not JSON.`,
            hint: RESTORE,
          })
        }
      }
    }
  }
  return findings
}

function isJson(text: string | number | null): boolean {
  if (text === null) return true
  try {
    JSON.parse(String(text))
    return true
  } catch {
    return false
  }
}
