import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Delivery } from '../../../engine/core/alert/channel.ts'
import {
  CHANNEL_LIMITS,
  type ChannelHealth,
  FRESH_HEALTH,
  healthAfter,
} from '../../../engine/core/alert/channel-health.ts'

const T = 1_000_000
const up: ChannelHealth = { ...FRESH_HEALTH, since: 5 }
const sent: Delivery = { status: 'sent', message: 'ok' }
const down = (retryAfterMs: number | null = null): Delivery => ({
  status: 'later',
  why: 'unavailable',
  message: '503.',
  hint: 'Look.',
  retryAfterMs,
})
const throttled = (retryAfterMs: number | null): Delivery =>
  ({
    ...down(),
    why: 'throttled',
    retryAfterMs,
  }) as Delivery
const refused = (of: 'message' | 'channel'): Delivery => ({ status: 'refused', of, message: 'no.', hint: '' })
const failing = (failures: number, forMs: number): ChannelHealth => ({
  ...up,
  failures,
  failingSince: T - forMs,
})
const dead: ChannelHealth = { ...failing(5, 600_000), state: 'dead', since: T - 400_000, lastError: 'why' }

test.each<readonly [string, ChannelHealth, Delivery, Partial<ChannelHealth>]>([
  [
    'a message that arrives: works, and the next one keeps its distance',
    failing(3, 1),
    sent,
    { state: 'up', since: 5, failures: 0, failingSince: null, nextAt: T + 1_000, lastError: null },
  ],
  [
    'the first failure: tried again in 5 s',
    up,
    down(),
    { state: 'up', failures: 1, failingSince: T, nextAt: T + 5_000, lastError: '503. Look.' },
  ],
  [
    'the third failure: in 45 s',
    failing(2, 20_000),
    down(),
    { state: 'up', failures: 3, nextAt: T + 45_000 },
  ],
  ['it says when: then', failing(2, 20_000), down(7_000), { nextAt: T + 7_000 }],
  ['it says next week: in an hour', up, down(604_800_000), { nextAt: T + 3_600_000 }],
  [
    'five failures within a short time: not dead yet',
    failing(4, 179_999),
    down(),
    { state: 'up', failures: 5 },
  ],
  ['four failures over a long time: not dead yet', failing(3, 999_999), down(), { state: 'up', failures: 4 }],
  [
    'five failures over three minutes: dead',
    failing(4, 180_000),
    down(),
    { state: 'dead', since: T, nextAt: T + 600_000 },
  ],
  [
    'throttled: waits as told, and does not count',
    failing(0, 0),
    throttled(30_000),
    { state: 'up', failures: 0, nextAt: T + 30_000 },
  ],
  ['throttled without a time: half a minute', up, throttled(null), { nextAt: T + 30_000 }],
  [
    'throttled and nothing else for half an hour: dead',
    failing(0, 1_800_000),
    throttled(1),
    { state: 'dead' },
  ],
  [
    'refused for good: dead at once',
    up,
    refused('channel'),
    { state: 'dead', since: T, nextAt: T + 3_600_000 },
  ],
  ['one message refused: works', failing(3, 1), refused('message'), { state: 'up', failures: 0 }],
  [
    'dead and still down: since when stays',
    dead,
    down(),
    { state: 'dead', since: dead.since, nextAt: T + 600_000 },
  ],
  ['dead and a message arrives: up since now', dead, sent, { state: 'up', since: T, lastError: null }],
])('%s', (_, before, delivery, expected) => {
  expect(healthAfter(before, delivery, T, 1_000)).toMatchObject(expected)
})

const delivery = fc.oneof(
  fc.constant(sent),
  fc.constant(down()),
  fc.constant(refused('channel')),
  fc.constant(refused('message')),
  fc.integer({ min: 0, max: 100_000 }).map(throttled),
)

test('whatever comes: it is never due in the past, dies only after failures, and one success heals it', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(delivery, fc.integer({ min: 0, max: 300_000 }))), (attempts) => {
      let health = up
      let now = T
      for (const [attempt, passes] of attempts) {
        now += passes
        const next = healthAfter(health, attempt, now, 0)
        expect(next.nextAt).toBeGreaterThanOrEqual(now)
        if (next.state === 'dead') expect(next.lastError).not.toBeNull()
        if (health.state === 'up' && next.state === 'dead' && attempt.status === 'later')
          expect(now - next.failingSince!).toBeGreaterThanOrEqual(CHANNEL_LIMITS.forMs)
        if (next.state === health.state) expect(next.since).toBe(health.since)
        health = next
      }
      expect(healthAfter(health, sent, now, 0)).toMatchObject({
        state: 'up',
        failures: 0,
        failingSince: null,
      })
    }),
  )
})
