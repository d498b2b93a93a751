import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createStore, type Store } from './store.ts'

type Step =
  | { readonly kind: 'put'; readonly id: number; readonly value: string }
  | { readonly kind: 'remove'; readonly id: number }
  | { readonly kind: 'attempt'; readonly steps: readonly Step[]; readonly fails: boolean }

const id = fc.integer({ min: 1, max: 5 })
const { step } = fc.letrec<{ step: Step }>((tie) => ({
  step: fc.oneof(
    { maxDepth: 4 },
    fc.record({ kind: fc.constant('put' as const), id, value: fc.constantFrom('a', 'b', 'c') }),
    fc.record({ kind: fc.constant('remove' as const), id }),
    fc.record({
      kind: fc.constant('attempt' as const),
      steps: fc.array(tie('step'), { maxLength: 5 }),
      fails: fc.boolean(),
    }),
  ),
}))

class Failed extends Error {}

function run(store: Store, steps: readonly Step[]): void {
  for (const one of steps) {
    if (one.kind === 'put') store.put('m', { id: one.id, value: one.value })
    else if (one.kind === 'remove') store.remove('m', one.id)
    else {
      try {
        store.atomically(() => {
          run(store, one.steps)
          if (one.fails) throw new Failed()
        })
      } catch (error) {
        if (!(error instanceof Failed)) throw error
      }
    }
  }
}

/** The same with copies of a plain map instead of an undo log. */
function modelOf(before: ReadonlyMap<number, string>, steps: readonly Step[]): ReadonlyMap<number, string> {
  let rows = new Map(before)
  for (const one of steps) {
    if (one.kind === 'put') rows.set(one.id, one.value)
    else if (one.kind === 'remove') rows.delete(one.id)
    else if (!one.fails) rows = new Map(modelOf(rows, one.steps))
  }
  return rows
}

test('what fails leaves no trace, in rows and in indexes, however deep', () => {
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const store = createStore()
      store.having('m', 'value', 'a')
      run(store, steps)
      const expected = [...modelOf(new Map(), steps)].sort(([a], [b]) => a - b)
      const rows = [...store.all('m')].sort((a, b) => a.id - b.id)
      expect(rows.map((row) => [row.id, row.value])).toEqual(expected)
      for (const value of ['a', 'b', 'c']) {
        const ids = expected.flatMap(([one, its]) => (its === value ? [one] : []))
        expect([...store.having('m', 'value', value)].sort((a, b) => a - b)).toEqual(ids)
      }
    }),
  )
})

test('numbers of a sequence are not given again', () => {
  const store = createStore()
  expect(() =>
    store.atomically(() => {
      store.nextNumber('orders')
      throw new Failed()
    }),
  ).toThrow(Failed)
  expect(store.nextNumber('orders')).toBe(2)
})
