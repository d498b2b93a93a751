import { type CsvError, type Info, parse } from 'csv-parse/sync'
import { stringify } from 'csv-stringify/sync'
import { fromWithoutFormula, withoutFormula } from './cells.ts'

export interface CsvRow {
  /** Where it begins, from 1 on. */
  readonly line: number
  readonly cells: readonly string[]
}

/** A table as text that spreadsheets open as what it is: UTF-8 with a mark, and nothing they would run. */
export function csvText(rows: readonly (readonly string[])[]): string {
  return stringify(
    rows.map((row) => row.map(withoutFormula)),
    { bom: true, record_delimiter: 'windows' },
  )
}

/** What {@link csvText} wrote, also as spreadsheets write it: by semicolons or tabs, with lines of either kind. */
export function csvRows(text: string): readonly CsvRow[] | { readonly line: number; readonly fault: string } {
  try {
    const records = parse(text, {
      bom: true,
      delimiter: delimiterOf(text),
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
    }) as unknown as readonly { readonly info: Info; readonly record: readonly string[] }[]
    let line = 1
    return records.map(({ info, record }) => {
      const row = { line, cells: record.map(fromWithoutFormula) }
      line = info.lines + 1
      return row
    })
  } catch (error) {
    const { lines, message } = error as CsvError & { readonly lines?: number }
    return { line: lines ?? 1, fault: message }
  }
}

/** Spreadsheets write what their country separates lists with. The first line has names of columns only, and none of these in them. */
function delimiterOf(text: string): string {
  const [head = ''] = text.split(/[\r\n]/, 1)
  const count = (sign: string) => head.split(sign).length
  return [',', ';', '\t'].reduce((best, sign) => (count(sign) > count(best) ? sign : best))
}
