import { expect, test } from 'vitest'
import { assertConserved } from '../../engine/transfer/conservation.ts'

const records = (keys: string) => [...keys].map((key) => ({ key, stamp: '', data: {} }))

test.each([
  ['', ''],
  ['abc', 'cab'],
  ['aab', 'aba'],
])('%j read and %j judged add up', (handed, judged) => {
  expect(() => assertConserved('orders', records(handed), records(judged))).not.toThrow()
})

test.each([
  ['abc', 'ab', '1 have no outcome and 0 have one too many'],
  ['ab', 'abb', '0 have no outcome and 1 have one too many'],
  // A sum alone would not see these.
  ['abc', 'abd', '1 have no outcome and 1 have one too many'],
  ['aab', 'abb', '1 have no outcome and 1 have one too many'],
])('%j read and %j judged do not', (handed, judged, told) => {
  expect(() => assertConserved('orders', records(handed), records(judged))).toThrow(told)
})
