import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { judgeBreaker, mendJudgements, PASSED, REFUSED } from '../../../engine/core/breaker/breaker.ts'

const LIMITS = { rejected: 0.2, window: 10 }

describe('the breaker', () => {
  test.each([
    ['nothing judged', '', '', null, ''],
    ['fewer than the window, all refused', '', 'xxxxxxxxx', null, 'xxxxxxxxx'],
    ['a share at the limit', '', 'xx........', null, 'xx........'],
    ['a share above the limit', '', 'xxx.......', 3, 'xxx.......'],
    ['refusals of earlier runs', 'xx........', '.x', null, '........' + '.x'],
    ['refusals of earlier runs that are near enough', '.......xx.', '.x', 3, '.....xx..x'],
    ['a cluster that good ones follow', '', 'xxxxxxxxxx....................', 10, '..........'],
    ['a cluster between good ones', '..........', '...xxx....................', 3, '..........'],
    ['a longer past than the window', 'xxxxxxxxxxxx..........', 'x', null, '.........x'],
    ['nothing added to a full window of refusals', 'xxxxxxxxxx', '', null, 'xxxxxxxxxx'],
    ['good ones after a full window of refusals', 'xxxxxxxxxx', '..', null, 'xxxxxxxx..'],
    ['one more refusal after it', 'xxxxxxxxxx', '.x', 9, 'xxxxxxxx.x'],
  ])('%s', (_, before, added, tripped, window) => {
    expect(judgeBreaker(before, added, LIMITS)).toMatchObject({ tripped, window })
  })

  test.each([
    [0, 'x.........', 1],
    [0, '..........', null],
    [1, 'xxxxxxxxxx', null],
  ])('with a limit of %s', (rejected, added, tripped) => {
    expect(judgeBreaker('', added, { rejected, window: 10 }).tripped).toBe(tripped)
  })

  test.each([
    ['the oldest refusals', '.xx..x', 2, '.....x'],
    ['no more than there are', '.x.', 5, '...'],
    ['none', 'xx', 0, 'xx'],
  ])('what went through after all takes out %s', (_, before, count, after) => {
    expect(mendJudgements(before, count)).toBe(after)
  })

  const judgements = (maxLength: number) =>
    fc
      .array(fc.constantFrom(PASSED, PASSED, PASSED, REFUSED), { maxLength })
      .map((letters) => letters.join(''))

  test('however records come in pages, the same one trips it, and the same window is kept', () => {
    fc.assert(
      fc.property(
        judgements(80),
        fc.array(fc.nat(80), { maxLength: 6 }),
        fc.record({
          rejected: fc.double({ min: 0, max: 1, noNaN: true }),
          window: fc.integer({ min: 1, max: 30 }),
        }),
        (all, cuts, limits) => {
          const whole = judgeBreaker('', all, limits)
          const places = [0, ...cuts.filter((cut) => cut < all.length).sort((a, b) => a - b), all.length]
          let before = ''
          let tripped: number | null = null
          let at: string | null = null
          for (let page = 1; page < places.length; page++) {
            const one = judgeBreaker(before, all.slice(places[page - 1], places[page]), limits)
            before = one.window
            tripped ??= one.tripped
            at ??= one.at
          }
          expect(whole).toEqual({ window: before, tripped, at })
        },
      ),
    )
  })

  test('it trips exactly where some full window holds more refusals than allowed', () => {
    fc.assert(
      fc.property(judgements(60), fc.integer({ min: 1, max: 20 }), (all, window) => {
        const windows = Array.from(
          { length: Math.max(0, all.length - window + 1) },
          (_, start) => [...all.slice(start, start + window)].filter((letter) => letter === REFUSED).length,
        )
        const first = windows.find((refused) => refused > 0.2 * window) ?? null
        expect(judgeBreaker('', all, { rejected: 0.2, window }).tripped).toBe(first)
      }),
    )
  })
})
