import type { Plan } from '../../../core/model/plan.ts'
import { maskLetter } from '../../../core/personal/mask.ts'
import type { DeadLetterRow } from '../../../store/dead-letters.ts'
import { leavesOf, textOfLeaf } from './cells.ts'
import { COLUMNS, type Column } from './columns.ts'

/** A dead letter with the plan it was judged by. */
export interface JudgedLetter {
  readonly letter: DeadLetterRow
  readonly plan: Plan
}

/** Dead letters as a table that a person decides in. `open`: personal values are in it. */
export function sheetOf(
  letters: readonly JudgedLetter[],
  options: { readonly exportedAt: number; readonly open: boolean },
): readonly (readonly string[])[] {
  const rows = letters.map(({ letter, plan }) => {
    const shown = options.open ? letter : maskLetter(plan, letter)
    return { letter: shown, values: valuesOf({ letter: shown, plan }) }
  })
  const fields = [...new Set(rows.flatMap(({ values }) => [...values.keys()]))]
  const exported = new Date(options.exportedAt).toISOString()
  return [
    [...COLUMNS, ...fields],
    ...rows.map(({ letter, values }) => {
      const cells: Readonly<Record<Column, string>> = {
        id: letter.id,
        mapping: letter.mapping,
        key: letter.key,
        label: letter.label ?? '',
        class: letter.class,
        message: letter.message,
        place: placeText(letter),
        owner: letter.owner ?? '',
        'first seen': new Date(letter.firstSeenAt).toISOString(),
        decision: '',
        reason: '',
        version: versionOf(letter),
        exported,
      }
      return [...COLUMNS.map((name) => cells[name]), ...fields.map((name) => values.get(name) ?? '')]
    }),
  ]
}

/** The values of a record by the names of their columns: `order.lineItems.0.sku`. */
export function valuesOf({ letter, plan }: JudgedLetter): ReadonlyMap<string, string> {
  const { selection, as } = plan.source
  const leaves = letter.payload === null ? [] : leavesOf(selection, letter.payload.data)
  return new Map(leaves.map(({ path, value }) => [`${as}.${path}`, textOfLeaf(value)]))
}

/** Tells whether a sheet speaks of the version that is parked. */
export function versionOf(letter: DeadLetterRow): string {
  return (letter.sourceHash ?? '').slice(0, 12)
}

/** `mappings/shopify-orders.yaml:40:9`, empty where nobody knows. */
export function placeText({ file, line, column }: DeadLetterRow): string {
  return file === null ? '' : `${file}:${line ?? 1}:${column ?? 1}`
}
