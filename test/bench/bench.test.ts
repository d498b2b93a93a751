import { expect, test } from 'vitest'
import { runProgram } from './processes.ts'
import { fewestCalls } from './report.ts'

test('a small bench says all of its figures', { timeout: 300_000 }, async () => {
  const options = ['--orders', '500', '--pairs', '1', '--memory', '1000', '--json']
  const figures = await runProgram<Record<string, number>>('main.ts', options)
  expect(Object.keys(figures)).toEqual([
    'loop',
    'engine',
    'again',
    'ratio',
    'callsPer1000',
    'eventsPer10000',
    'memoryRatio',
  ])
  for (const figure of Object.values(figures)) expect(figure).toBeGreaterThan(0)
  expect(figures['ratio']).toBeCloseTo(figures['engine']! / figures['loop']!, 1)
  // One leg: its workflow has as few events whatever the number of records.
  expect(figures['eventsPer10000']! / 20).toBeLessThanOrEqual(12)
})

test('a small bench of the checker says its figures', { timeout: 120_000 }, async () => {
  const figures = await runProgram<Record<string, number>>('check/main.ts', [
    '--mappings',
    '3',
    '--pairs',
    '1',
    '--json',
  ])
  expect(Object.keys(figures)).toEqual(['yamlAjv', 'validate', 'ratio'])
  for (const figure of Object.values(figures)) expect(figure).toBeGreaterThan(0)
})

test.each([
  // pages + batches + pages + pages that meet products + pages that meet customers
  [250, 1 + 5 + 1 + 1 + 1],
  [20_000, 80 + 400 + 80 + 1 + 8],
])('the fewest calls of %i orders', (orders, calls) => {
  expect(fewestCalls(orders)).toBe(calls)
})
