import { expect, test } from 'vitest'
import { wrongs } from './mutations.ts'

test('the first 2,500 mutations neither crash the checker nor pass it ill', { timeout: 300_000 }, () => {
  expect(wrongs(0, 2500)).toEqual([])
})
