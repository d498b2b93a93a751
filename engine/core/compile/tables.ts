import { didYouMean } from '../expression/nearest.ts'
import { agree, constantType } from '../expression/type.ts'
import { nameOf } from '../expression/walk.ts'
import type { Context } from './context.ts'

/** What is wrong with the tables of a mapping, once all its expressions are read: mixed values, and what nothing asks for. */
export function checkTables(context: Context): void {
  for (const [name, rows] of Object.entries(context.tables)) {
    mixedValues(context, name)
    // While something else is wrong, what is asked for is not known.
    if (context.report.diagnostics.some(({ severity }) => severity === 'error')) continue
    const asked = context.uses.rows.get(name)
    if (asked === undefined) {
      context.report.add(
        'warning',
        'unused-table',
        ['tables', name],
        `No expression asks the table "${name}".`,
        'Remove it, or ask it: table(name, key).',
        'key',
      )
      continue
    }
    for (const key of Object.keys(rows)) {
      if (asked.has(key)) continue
      context.report.add(
        'warning',
        'unused-table-row',
        ['tables', name, key],
        `What the table "${name}" is asked for is never "${key}".`,
        didYouMean(
          key,
          [...asked].filter((other) => !Object.hasOwn(rows, other)),
        ) ?? 'Remove the line, or correct its key.',
        'key',
      )
    }
  }
}

function mixedValues(context: Context, name: string): void {
  const rows = Object.entries(context.tables[name]!).map(
    ([key, value]) => [key, constantType(value)] as const,
  )
  const [first] = rows
  const odd = rows.find(([, type]) => first !== undefined && !agree(first[1], type))
  if (first === undefined || odd === undefined) return
  context.report.add(
    'error',
    'mixed-table',
    ['tables', name, odd[0]],
    `All values of a table are of one kind: "${first[0]}" gives ${nameOf(first[1])}, and "${odd[0]}" ${nameOf(odd[1])}.`,
    nameOf(first[1]) === 'a text' ? 'Put it in quotation marks.' : null,
  )
}
