import { sql } from 'kysely'
import { SyncError } from '../../core/model/failure.ts'
import { everyRow } from '../every-row.ts'
import { openCell } from '../sealed.ts'
import { sealedColumns, TABLE_NAMES, TABLES } from '../shape.ts'
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

/** Whatever is sealed opens, and whatever is kept as JSON can be read again. */
export const jsonParses: Check = async ({ store }) => {
  const findings: Finding[] = []
  for (const table of TABLE_NAMES) {
    const { key, json } = TABLES[table]
    const sealed = sealedColumns(table)
    const columns = [...new Set<string>([...json, ...sealed])]
    if (columns.length === 0) continue
    for await (const rows of everyRow(store, table)) {
      for (const row of rows) {
        for (const column of columns) {
          const cell = row[column] ?? null
          if (cell === null || findings.length >= MOST_FINDINGS) continue
          const place = `${table} ${key.map((name) => row[name]).join(' ')}: ${column}`
          const opened = sealed.includes(column)
            ? opens(() => openCell(store, table, column, String(cell)))
            : { text: String(cell) }
          if ('fault' in opened)
            findings.push({
              code: 'sealed-away',
              message: `${place} does not open. ${opened.fault}`,
              hint: 'Find the keys that the store had (.tidelock/keys, or the secret that `keys:` names) and give them behind the newest one.',
            })
          else if ((json as readonly string[]).includes(column) && !isJson(opened.text))
            findings.push({ code: 'broken-json', message: `${place} is not JSON.`, hint: RESTORE })
        }
      }
    }
  }
  return findings
}

function opens(open: () => string): { readonly text: string } | { readonly fault: string } {
  try {
    return { text: open() }
  } catch (error) {
    if (error instanceof SyncError) return { fault: error.message }
    throw error
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
