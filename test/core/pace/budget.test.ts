import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../engine/core/model/json.ts'
import {
  type Budget,
  closeFor,
  type Open,
  type Settled,
  settle,
  UNKNOWN_BUDGET,
} from '../../../engine/core/pace/budget.ts'
import { type Limits, readLimits } from '../../../engine/core/pace/limits.ts'
import type { Priority } from '../../../engine/core/pace/queue.ts'
import { take } from '../../../engine/core/pace/take.ts'

const NOON = Date.UTC(2026, 10, 26, 12)

/** A budget that a test calls by, with a clock it turns. */
function counter(written: JsonObject | null, start = NOON) {
  const limits: Limits = readLimits(written)
  let [budget, now, ids] = [UNKNOWN_BUDGET as Budget, start, 0]
  return {
    limits,
    now: () => now,
    budget: () => budget,
    pass: (ms: number) => {
      now += ms
    },
    ask(mapping = 'orders', priority: Priority = 'normal', cost = 1): Open | number {
      const id = String(++ids)
      const [next, answer] = take(budget, limits, { id, mapping, priority, cost }, now)
      // What is kept is JSON.
      budget = JSON.parse(JSON.stringify(next)) as Budget
      return 'granted' in answer ? answer.granted : answer.waitMs
    },
    end(open: Open, particular: Partial<Settled> = {}) {
      const done = { id: open.id, answered: 1, unused: 0, points: open.points, ...particular }
      budget = settle(budget, limits, [done], [], now)
    },
    hear(rate: Parameters<typeof settle>[3][number]['rate']) {
      budget = settle(budget, limits, [], [{ rate, at: now }], now)
    },
    closeFor(ms: number | 'later') {
      budget = closeFor(budget, ms, now)
    },
  }
}

const isOpen = (answer: Open | number): answer is Open => typeof answer !== 'number'

describe('limits as they are written', () => {
  test.each([
    [{ perSecond: 1 }, 'second', { most: 1, ms: 1_000 }],
    [{ perSecond: 2.5 }, 'second', { most: 2, ms: 1_000 }],
    [{ perSecond: 0.5 }, 'second', { most: 1, ms: 2_000 }],
    [{ perSecond: 1, reserve: '50%' }, 'second', { most: 1, ms: 2_000 }],
    [{ perMinute: 60, reserve: '10%' }, 'minute', { most: 54, ms: 60_000 }],
    [{ perDay: 50_000, reserve: '10%' }, 'day', 45_000],
    [{ perMonth: 100, reserve: '1%' }, 'month', 99],
    [{ concurrency: 3, reserve: '50%' }, 'concurrency', 3],
    [null, 'minute', null],
  ] as const)('%o is for %s: %o', (written, key, expected) => {
    expect(readLimits(written)[key]).toEqual(expected)
  })
})

/** Random callers of one connection: each asks, sends a while after it was let out, and is answered a while after that. */
const CALLERS = fc.array(
  fc.record({
    mapping: fc.constantFrom('a', 'b', 'c'),
    priority: fc.constantFrom<Priority>('high', 'normal', 'low'),
    think: fc.nat(3_000),
    sendAfter: fc.nat(400),
    answerAfter: fc.nat(2_000),
  }),
  { minLength: 1, maxLength: 6 },
)

/** When each call reached the remote, and how many were on their way then. */
function play(
  limits: JsonObject,
  callers: readonly {
    mapping: string
    priority: Priority
    think: number
    sendAfter: number
    answerAfter: number
  }[],
  forMs: number,
): { readonly arrivals: readonly number[]; readonly mostAtOnce: number } {
  const one = counter(limits)
  const arrivals: number[] = []
  const events = callers.map((caller, index) => ({ at: index, caller, open: null as Open | null }))
  let mostAtOnce = 0
  for (;;) {
    const event = events.sort((a, b) => a.at - b.at)[0]!
    if (event.at > forMs) return { arrivals: arrivals.sort((a, b) => a - b), mostAtOnce }
    one.pass(NOON + event.at - one.now())
    const { caller } = event
    if (event.open !== null) {
      one.end(event.open)
      event.open = null
      event.at += caller.think
      continue
    }
    const answer = one.ask(`${caller.mapping}`, caller.priority)
    if (isOpen(answer)) {
      event.open = answer
      arrivals.push(event.at + caller.sendAfter)
      mostAtOnce = Math.max(mostAtOnce, events.filter(({ open }) => open !== null).length)
      event.at += caller.sendAfter + caller.answerAfter
    } else event.at += Math.min(1_000, Math.ceil(answer))
  }
}

describe('the remote never sees more than a window allows', () => {
  const most = (arrivals: readonly number[], ms: number) =>
    Math.max(0, ...arrivals.map((from) => arrivals.filter((at) => at >= from && at < from + ms).length))

  test.each([
    [{ perMinute: 20 }, 20, 60_000],
    [{ perMinute: 30, reserve: '10%' }, 27, 60_000],
    [{ perSecond: 2 }, 2, 1_000],
    [{ perSecond: 0.4 }, 1, 2_500],
    [{ perSecond: 3, perMinute: 25 }, 25, 60_000],
  ] as const)('%o: %i in %i ms, however callers meet', (limits, allowed, ms) => {
    fc.assert(
      fc.property(CALLERS, (callers) => {
        const { arrivals } = play(limits, callers, 150_000)
        expect(most(arrivals, ms)).toBeLessThanOrEqual(allowed)
        // And nearly all that is allowed is used by those who have nothing else to do.
        if (
          ms === 60_000 &&
          callers.every(({ think, sendAfter, answerAfter }) => think + sendAfter + answerAfter < 200)
        )
          expect(arrivals.length).toBeGreaterThan(2 * allowed)
      }),
      { numRuns: 30 },
    )
  })

  test('nor more at the same time than it takes', () => {
    fc.assert(
      fc.property(CALLERS, (callers) => {
        expect(play({ concurrency: 2 }, callers, 20_000).mostAtOnce).toBeLessThanOrEqual(2)
      }),
      { numRuns: 50 },
    )
  })

  test('a window of very many calls is kept small and counts no fewer', () => {
    const one = counter({ perMinute: 6_000 })
    let sent = 0
    for (let ms = 0; ms < 59_000; ms += 5) {
      one.pass(5)
      const open = one.ask()
      if (!isOpen(open)) continue
      sent++
      one.end(open)
    }
    expect(sent).toBeGreaterThan(5_500)
    expect(sent).toBeLessThanOrEqual(6_000)
    expect(one.budget().minute.length).toBeLessThan(250)
  })
})

describe('a process that dies', () => {
  test('keeps no slot for ever', () => {
    const one = counter({ concurrency: 1 })
    expect(isOpen(one.ask())).toBe(true)
    one.pass(60_000)
    expect(one.ask()).toBeLessThan(1_000)
    one.pass(120_000)
    expect(isOpen(one.ask())).toBe(true)
  })

  test('and does not stand in the queue for ever', () => {
    const one = counter({ concurrency: 1 })
    const open = one.ask() as Open
    one.ask('dead', 'high')
    one.end(open)
    expect(one.ask('orders', 'low')).toBeGreaterThan(0)
    one.pass(5_001)
    expect(isOpen(one.ask('orders', 'low'))).toBe(true)
  })
})

describe('days and months', () => {
  test('a day ends at its own midnight', () => {
    const one = counter({ perDay: 2 }, Date.UTC(2026, 10, 26, 23, 0))
    one.end(one.ask() as Open)
    one.end(one.ask() as Open)
    expect(one.ask()).toBe(3_600_000)
    one.pass(3_600_000)
    expect(isOpen(one.ask())).toBe(true)
  })

  test.each([
    ['Europe/Brussels', Date.UTC(2026, 10, 26, 22, 30), 30],
    ['America/New_York', Date.UTC(2026, 10, 27, 4, 30), 30],
    // The night in which clocks are put back has an hour more.
    ['Europe/Brussels', Date.UTC(2026, 9, 24, 22, 0), 25 * 60],
  ])('in %s too', (timezone, start, minutes) => {
    const one = counter({ perDay: 1, timezone }, start)
    expect(isOpen(one.ask())).toBe(true)
    expect(one.ask()).toBe(minutes * 60_000)
  })

  test('a month ends with its last day', () => {
    const one = counter({ perMonth: 1 }, Date.UTC(2026, 11, 31, 23, 59))
    one.ask()
    expect(one.ask()).toBe(60_000)
  })

  test('of what is reserved in advance the rest comes back, and so does what was not sent', () => {
    const one = counter({ perDay: 1_000 })
    const open = one.ask() as Open
    expect(open.calls).toBe(20)
    expect(one.budget().day?.calls).toBe(20)
    one.end(open, { answered: 3, unused: 17 })
    expect(one.budget().day?.calls).toBe(3)
  })

  test('what was reserved yesterday does not come back today', () => {
    const one = counter({ perDay: 1_000 }, Date.UTC(2026, 10, 26, 23, 59, 58))
    const open = one.ask() as Open
    one.pass(5_000)
    one.ask()
    one.end(open, { answered: 0, unused: 20 })
    expect(one.budget().day?.calls).toBe(20)
  })

  test('the fewer are left, the fewer are reserved: never one more than there are', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 }), fc.array(fc.nat(19)), (perDay, used) => {
        const one = counter({ perDay })
        let sent = 0
        for (const some of [...used, ...Array(perDay).fill(19)]) {
          const open = one.ask()
          if (!isOpen(open)) break
          const answered = Math.min(open.calls, some + 1)
          sent += answered
          one.end(open, { answered, unused: open.calls - answered })
        }
        expect(sent).toBe(perDay)
      }),
    )
  })

  test('when a day runs short, low leaves its last fifth to higher ones, normal its last tenth; alone each has all', () => {
    const day = (priorities: readonly Priority[]) => {
      const one = counter({ perDay: 40 })
      const sent = { high: 0, normal: 0, low: 0 }
      // All ask once; then one after the other takes all it gets, lowest first.
      for (const priority of priorities) {
        const open = one.ask(priority, priority)
        if (isOpen(open)) sent[priority]++
      }
      for (const priority of [...priorities].reverse())
        for (;;) {
          const open = one.ask(priority, priority)
          if (!isOpen(open)) break
          sent[priority] += open.calls
          one.end(open, { answered: open.calls })
        }
      return sent
    }
    expect(day(['high', 'normal', 'low'])).toEqual({ high: 5, normal: 5, low: 30 })
    expect(day(['low'])).toEqual({ high: 0, normal: 0, low: 40 })
    expect(day(['normal'])).toEqual({ high: 0, normal: 40, low: 0 })
  })
})

describe('what the remote tells', () => {
  test('nobody calls before the time it asked for', () => {
    const one = counter(null)
    one.closeFor(30_000)
    expect(one.ask()).toBe(30_000)
    one.pass(29_999)
    expect(one.ask()).toBe(1)
    one.pass(1)
    expect(isOpen(one.ask())).toBe(true)
  })

  test('a shorter time does not take back a longer one', () => {
    const one = counter(null)
    one.closeFor(30_000)
    one.closeFor(1_000)
    expect(one.ask()).toBe(30_000)
  })

  test('who asks to be called later, and does not say when, is left alone for longer each time', () => {
    const one = counter(null)
    const waits = [1, 2, 3, 4, 5, 6, 7, 8].map(() => {
      one.closeFor('later')
      const wait = one.ask() as number
      one.pass(wait)
      return wait
    })
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000])
    one.pass(60_000)
    one.closeFor('later')
    expect(one.ask()).toBe(1_000)
  })

  test('a counter that is used up is waited for; the reserve of it stays', () => {
    const one = counter({ reserve: '10%' })
    one.hear({ kind: 'window', of: 'day', limit: 1_000, remaining: 101, resetsInMs: 5_000 })
    const open = one.ask() as Open
    expect(open.calls).toBe(1)
    one.end(open)
    expect(one.ask()).toBe(5_000)
    one.pass(5_000)
    expect(isOpen(one.ask())).toBe(true)
  })

  test('a bucket is waited for until it has what the call wants, and its reserve', () => {
    const one = counter({ reserve: '10%' })
    one.hear({ kind: 'bucket', available: 300, capacity: 2_000, perSecond: 100 })
    expect(one.ask('orders', 'normal', 150)).toBe(500)
    one.pass(500)
    const open = one.ask('orders', 'normal', 150)
    expect(isOpen(open) && open.points).toBe(150)
    // What is promised and not yet charged is not there for the next one.
    expect(one.ask('orders', 'normal', 50)).toBe(500)
  })

  test('a call that wants more than there can be has all but the reserve', () => {
    const one = counter({ reserve: '10%' })
    one.hear({ kind: 'bucket', available: 1_000, capacity: 1_000, perSecond: 100 })
    expect(isOpen(one.ask('orders', 'normal', 5_000))).toBe(true)
  })

  test('the sum of what is promised is never more than a bucket has', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 900 }), fc.nat(3_000)), { maxLength: 60 }),
        (asks) => {
          const one = counter({ reserve: '20%' })
          one.hear({ kind: 'bucket', available: 1_500, capacity: 2_000, perSecond: 50 })
          let promised = 0
          for (const [cost, ms] of asks) {
            one.pass(ms)
            const open = one.ask('orders', 'normal', cost)
            if (!isOpen(open)) continue
            promised += open.points
            one.end(open)
            expect(promised).toBeLessThanOrEqual(1_500 - 400 + ((one.now() - NOON) / 1_000) * 50)
          }
        },
      ),
    )
  })
})

describe('turns', () => {
  test.each<[string, readonly Priority[], readonly Priority[]]>([
    ['a high one goes before a low one that waited longer', ['low', 'high'], ['high', 'low']],
    ['of the same priority whoever waits longer', ['normal', 'low', 'high'], ['high', 'normal', 'low']],
  ])('%s', (_, asking, expected) => {
    const one = counter({ concurrency: 1 })
    let open = one.ask('first') as Open
    for (const priority of asking) {
      one.ask(priority, priority)
      one.pass(10)
    }
    const served: Priority[] = []
    while (served.length < expected.length) {
      one.end(open)
      const waiting = asking.filter((priority) => !served.includes(priority))
      // Lowest first, so that it is the budget that decides.
      for (const priority of [...waiting].sort()) {
        const answer = one.ask(priority, priority)
        if (!isOpen(answer)) continue
        served.push(priority)
        open = answer
        break
      }
    }
    expect(served).toEqual(expected)
  })

  test('a low one gets its turn in a queue of high ones that never ends', () => {
    const one = counter({ concurrency: 1 })
    const turns: string[] = []
    let under: Open | null = null
    for (let step = 0; step < 2_000; step++) {
      one.pass(50)
      if (under !== null) one.end(under)
      under = null
      for (const [mapping, priority] of [
        ['orders', 'high'],
        ['refunds', 'high'],
        ['catalogue', 'low'],
      ] as const) {
        const open = one.ask(mapping, priority)
        if (!isOpen(open)) continue
        turns.push(mapping)
        under = open
      }
    }
    const low = turns.filter((mapping) => mapping === 'catalogue').length
    expect(low).toBeGreaterThan(0)
    expect(low).toBeLessThan(turns.length / 10)
  })
})
