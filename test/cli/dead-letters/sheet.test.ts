import { describe, expect, test } from 'vitest'
import { csvRows, csvText } from '../../../engine/cli/dead-letters/sheet/csv.ts'
import { sheetOf } from '../../../engine/cli/dead-letters/sheet/export.ts'
import {
  idsOfSheet,
  readSheet,
  type SheetDecision,
  type SheetLetter,
} from '../../../engine/cli/dead-letters/sheet/import.ts'
import type { Plan } from '../../../engine/core/model/plan.ts'
import type { DeadLetterRow } from '../../../engine/store/dead-letters.ts'

/** What a person gets into a spreadsheet, and what of it is taken back. */
const PLAN = {
  source: {
    as: 'order',
    selection: {
      name: { type: 'text' },
      note: { type: 'text' },
      email: { type: 'text', personal: true },
      total: { type: 'decimal' },
      lines: { type: 'object', list: 'plain', fields: { sku: { type: 'text' }, count: { type: 'integer' } } },
    },
  },
  target: { identity: [], label: null, shape: { resource: 'sale.order', fields: {} } },
  fields: {},
} as unknown as Plan

const EXPORTED = Date.UTC(2026, 10, 26, 9)

function letterOf(id: string, lines: number, particular: Partial<DeadLetterRow> = {}): SheetLetter {
  const letter = {
    ...{ id, project: 'acme', mapping: 'orders', namespace: 'orders', key: `k${id}`, label: `#${id}` },
    ...{ class: 'value', message: `ida@brandt.example is none`, at: 'fields.note', state: 'parked' },
    ...{ file: 'mappings/orders.yaml', line: 4, column: 9, sourceHash: `hash-of-${id}-rest`, owner: null },
    firstSeenAt: EXPORTED - 60_000,
    payload: {
      key: `k${id}`,
      stamp: 's',
      data: {
        name: `#${id}`,
        note: '=1+1, "two"\nlines',
        email: 'ida@brandt.example',
        total: '28.00',
        lines: Array.from({ length: lines }, (_, index) => ({ sku: `A-${index}`, count: index + 1 })),
      },
    },
    mapped: null,
    ...particular,
  } as unknown as DeadLetterRow
  return { letter, plan: PLAN, decidedBefore: () => false }
}

const LETTERS = [letterOf('1', 2), letterOf('2', 1), letterOf('3', 0)]

function known(letters: readonly SheetLetter[]): ReadonlyMap<string, SheetLetter> {
  return new Map(letters.map((letter) => [letter.letter.id, letter]))
}

type Change = (rows: string[][], column: (name: string) => number) => void

/** Exported, changed as a person would, imported. */
function imported(
  change: Change,
  { open = false, now = LETTERS }: { readonly open?: boolean; readonly now?: readonly SheetLetter[] } = {},
) {
  const rows = csvRows(csvText(sheetOf(LETTERS, { exportedAt: EXPORTED, open })))
  if ('fault' in rows) throw new Error(rows.fault)
  const cells = rows.map((row) => [...row.cells])
  change(cells, (name) => cells[0]!.indexOf(name))
  const again = csvRows(csvText(cells))
  if ('fault' in again) throw new Error(again.fault)
  return readSheet(again, known(now))
}

/** Sets cells of the line of a dead letter. */
const set =
  (id: string, values: Readonly<Record<string, string>>): Change =>
  (rows, column) => {
    const row = rows.find((cells) => cells[0] === id)!
    for (const [name, value] of Object.entries(values)) row[column(name)] = value
  }

const all =
  (...changes: readonly Change[]): Change =>
  (rows, column) => {
    for (const change of changes) change(rows, column)
  }

describe('an exported sheet', () => {
  const rows = sheetOf(LETTERS, { exportedAt: EXPORTED, open: false })
  const valueAt = (row: number, name: string) => rows[row]![rows[0]!.indexOf(name)]

  test('has a column for every value of every record, and its place in the mapping', () => {
    expect(rows[0]!.slice(-8)).toEqual([
      'order.name',
      'order.note',
      'order.email',
      'order.total',
      'order.lines.0.sku',
      'order.lines.0.count',
      'order.lines.1.sku',
      'order.lines.1.count',
    ])
    expect(valueAt(1, 'order.lines.1.sku')).toBe('A-1')
    expect(valueAt(2, 'order.lines.1.sku')).toBe('')
    expect(valueAt(1, 'place')).toBe('mappings/orders.yaml:4:9')
  })

  test('holds nothing personal unless it was opened', () => {
    expect(csvText(rows)).not.toContain('brandt')
    expect(valueAt(1, 'order.email')).toBe('•••')
    expect(valueAt(1, 'message')).toBe('••• is none')
    expect(csvText(sheetOf(LETTERS, { exportedAt: EXPORTED, open: true }))).toContain('ida@brandt.example')
  })

  test('runs nothing in a spreadsheet', () => {
    for (const row of csvText(rows).split('\r\n')) expect(row).not.toMatch(/(^|,)"?[=+@\t]/)
  })
})

test.each([false, true])('a sheet that nobody touched decides nothing (opened: %s)', (open) => {
  expect(imported(() => {}, { open })).toEqual({ decisions: [], before: 0, faults: [] })
})

test('lines decide to retry, correct, discard and assign', () => {
  const read = imported(
    all(
      set('1', {
        decision: 'correct',
        reason: 'typo',
        'order.lines.1.sku': 'B-1',
        'order.email': 'ida@new.example',
        'order.note': '',
      }),
      set('2', { decision: ' Discard ', reason: 'a test order' }),
      set('3', { decision: 'assign', owner: 'mara' }),
    ),
  )
  expect(read.faults).toEqual([])
  expect(read.decisions).toMatchObject([
    {
      id: '1',
      kind: 'correct',
      reason: 'typo',
      overlay: { 'lines.1.sku': 'B-1', email: 'ida@new.example', note: null },
      since: EXPORTED,
    },
    { id: '2', kind: 'discard', reason: 'a test order', overlay: null },
    { id: '3', kind: 'assign', to: 'mara' },
  ])
})

test('a spreadsheet may write by semicolons, with other ends of lines, numbers anew, and leave columns out', () => {
  const rows = sheetOf([LETTERS[1]!], { exportedAt: EXPORTED, open: false })
  const head = rows[0]!
  const left = new Set(['key', 'message', 'order.note'])
  const text = rows
    .map((row, index) =>
      row
        .map((cell, at) =>
          index === 1 && head[at] === 'decision' ? 'retry' : cell === '28.00' ? '28' : cell,
        )
        .filter((_, at) => !left.has(head[at]!))
        .map((cell) => (/["\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell))
        .join(';'),
    )
    .join('\n')
  const read = csvRows(`\uFEFF${text}\n\n`)
  expect('fault' in read ? read : readSheet(read, known(LETTERS))).toMatchObject({
    faults: [],
    decisions: [{ id: '2', kind: 'retry', reason: '' }],
  })
})

// biome-ignore format: one line a mistake
const MISTAKES: readonly (readonly [string, Change, { line: number; column: string | null }, RegExp])[] = [
  ['a decision misspelt', set('1', { decision: 'retri' }), { line: 2, column: 'J (decision)' }, /Did you mean "retry"/],
  ['a discard without a reason', set('2', { decision: 'discard' }), { line: 4, column: 'K (reason)' }, /needs a reason/],
  ['a value changed and nothing decided', set('2', { 'order.total': '29' }), { line: 4, column: 'Q (order.total)' }, /write correct/],
  ['a value changed and a retry', set('2', { decision: 'retry', 'order.total': '29' }), { line: 4, column: 'Q (order.total)' }, /write correct/],
  ['a correction of nothing', set('2', { decision: 'correct', reason: 'x' }), { line: 4, column: 'J (decision)' }, /no value was changed/],
  ['an owner changed and a retry', set('2', { decision: 'retry', owner: 'mara' }), { line: 4, column: 'H (owner)' }, /write assign/],
  ['a text for a number', set('2', { decision: 'correct', reason: 'x', 'order.lines.0.count': 'two' }), { line: 4, column: 'S (order.lines.0.count)' }, /whole number/],
  ['a text for money', set('2', { decision: 'correct', reason: 'x', 'order.total': '28,50' }), { line: 4, column: 'Q (order.total)' }, /number/],
  ['a value of a line that is not there', set('2', { decision: 'correct', reason: 'x', 'order.lines.1.sku': 'B' }), { line: 4, column: 'T (order.lines.1.sku)' }, /no such value/],
  ['an id that is none', set('2', { id: 'x' }), { line: 4, column: 'A (id)' }, /no dead letter "x"/],
  ['a line twice', (rows) => { rows.push([...rows[1]!]) }, { line: 8, column: 'A (id)' }, /line 2 too/],
  ['the export in other words', set('2', { decision: 'retry', exported: 'yesterday' }), { line: 4, column: 'M (exported)' }, /no instant/],
  ['a column misspelt', (rows, column) => { rows[0]![column('order.note')] = 'order.not' }, { line: 1, column: 'O (order.not)' }, /Did you mean "order.note"/],
  ['a column that is needed gone', (rows, column) => { rows[0]![column('version')] = 'key' }, { line: 1, column: null }, /no column "version"/],
  ['more cells than columns', (rows) => { rows[1]!.push('x') }, { line: 2, column: null }, /22 cells/],
]
test.each(MISTAKES)('%s is a fault at its place, and nothing is done', (_, change, place, message) => {
  const read = imported(all(set('3', { decision: 'retry' }), change))
  expect(read.decisions).toEqual([])
  expect(read.faults).toContainEqual({ ...place, message: expect.stringMatching(message) })
})

test('every fault is told at once', () => {
  const read = imported(
    all(set('1', { decision: 'no' }), set('2', { decision: 'discard' }), set('3', { decision: '?' })),
  )
  expect(read.faults.map(({ line }) => line)).toEqual([2, 4, 6])
})

test('a text that is no table is told by its line', () => {
  expect(csvRows('id,decision\n"1,retry\n')).toMatchObject({ fault: expect.stringContaining('Quote') })
})

describe('what changed since the export', () => {
  const changedSource = [letterOf('1', 2, { sourceHash: 'another-hash' }), LETTERS[1]!, LETTERS[2]!]

  test.each(['correct', 'discard'])('of the record forbids to %s it as it was', (decision) => {
    const change = set('1', { decision, reason: 'x', 'order.note': 'n' })
    expect(imported(change, { now: changedSource }).faults).toEqual([
      { line: 2, column: 'L (version)', message: expect.stringContaining('export again') },
    ])
  })

  test('of the record does not hold up a retry', () => {
    const read = imported(set('1', { decision: 'retry' }), { now: changedSource })
    expect(read).toMatchObject({ faults: [], decisions: [{ id: '1' }] })
  })

  test('of its state leaves nothing to decide, but a discarded one may be retried', () => {
    const settled = (state: DeadLetterRow['state']) => ({
      now: [letterOf('1', 2, { state }), ...LETTERS.slice(1)],
    })
    expect(imported(set('1', { decision: 'retry' }), settled('resolved')).faults).toMatchObject([
      { line: 2, column: 'J (decision)' },
    ])
    expect(imported(set('1', { decision: 'retry' }), settled('discarded')).faults).toEqual([])
    expect(imported(() => {}, settled('resolved')).faults).toEqual([])
  })
})

test('a line that was decided before is counted and left alone, whatever became of it', () => {
  const decided = (decision: SheetDecision) => decision.kind === 'discard' && decision.reason === 'a test'
  const before: SheetLetter = {
    ...letterOf('1', 2, { state: 'discarded', payload: null, sourceHash: 'later' }),
    decidedBefore: decided,
  }
  const read = imported(
    all(set('1', { decision: 'discard', reason: 'a test' }), set('2', { decision: 'retry' })),
    {
      now: [before, ...LETTERS.slice(1)],
    },
  )
  expect(read).toMatchObject({ before: 1, faults: [], decisions: [{ id: '2' }] })
})

test('the ids of a sheet are those of its lines', () => {
  const rows = csvRows(csvText(sheetOf(LETTERS, { exportedAt: EXPORTED, open: false })))
  expect('fault' in rows ? [] : idsOfSheet(rows)).toEqual(['1', '2', '3'])
})
