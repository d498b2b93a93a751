import { expect, test } from 'vitest'
import { runStorm } from './run.ts'

test('forty kills, stalls and cuts: nothing is lost, nothing is doubled', { timeout: 400_000 }, async () => {
  const said: string[] = []
  const { lost, doubled, met } = await runStorm({
    points: 40,
    seed: 20_261_124,
    workers: 2,
    mappings: 3,
    store: 'sqlite',
    flow: null,
    keep: false,
    say: (message) => said.push(message),
  })
  expect({ lost, doubled, said: lost.length + doubled.length === 0 ? [] : said }).toEqual({
    lost: [],
    doubled: [],
    said: [],
  })
  // Else it was no storm.
  expect(met).toBeGreaterThan(10)
})
