import { canonicalDecimal, parseDecimal } from '../expression/decimal.ts'
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
    if (asked.size === 0) {
      unaskable(context, name, Object.keys(rows))
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

/** Every record would be parked: the table is asked for a number, or for true or false, and no key is one. */
function unaskable(context: Context, name: string, keys: readonly string[]): void {
  const [first = ''] = keys
  const percent = /^(-?\d+(?:[.,]\d+)?) ?%$/.exec(first)?.[1]
  const number = percent === undefined ? null : parseDecimal(percent.replace(',', '.'))
  const written = number === null ? '0.0825' : canonicalDecimal(number.div(100))
  context.report.add(
    'error',
    'unknown-table-key',
    ['tables', name, first],
    `The table "${name}" is asked for a number, or for true or false, and none of its keys is one: ${keys.map((key) => `"${key}"`).join(', ')}.`,
    `Write keys as what is asked for, such as "${written}".`,
    'key',
  )
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
