import { expect, test } from 'vitest'
import { wrongs } from './mutations.ts'

test('the second 2,500 mutations neither crash the checker nor pass it ill', { timeout: 300_000 }, () => {
  expect(wrongs(2500, 5000)).toEqual([])
})
