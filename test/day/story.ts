import { createRandom } from '../kill/random.ts'
import type { Day, Wave } from './day.ts'
import { FALLEN_FORWARD, SCOPES_TAKEN } from './events/answers.ts'
import { NOON } from './events/budget.ts'
import { MAIL_AWAY, MAIL_STRANGE, SLACK_AWAY, SLACK_GONE } from './events/channels.ts'
import { ANSWER_LOST, GRANT_REVOKED, KEY_CHANGED, KEY_EXPIRED } from './events/credentials.ts'
import { CORRECTED } from './events/deciding.ts'
import type { Event } from './events/event.ts'
import { MISHAPS, outage, THROTTLES } from './events/faults.ts'
import { PRODUCTS_ADDED, TAX_LISTED, TWINS_DELETED } from './events/mending.ts'
import { FIELD_GONE, FIELD_RENAMED } from './events/waiting.ts'
import { WAYS, type WayName } from './ways.ts'

const BAD = 0.05

/** Everything that happens on a whole day. */
export function wholeDay(outageMs: number): readonly Event[] {
  return [
    ...[THROTTLES, ...MISHAPS, outage(outageMs)],
    ...[PRODUCTS_ADDED, TAX_LISTED, TWINS_DELETED, CORRECTED],
    ...[FIELD_RENAMED, FIELD_GONE, FALLEN_FORWARD, SCOPES_TAKEN, NOON],
    ...[KEY_CHANGED, KEY_EXPIRED, GRANT_REVOKED, ANSWER_LOST],
    ...[SLACK_AWAY, MAIL_AWAY, MAIL_STRANGE, SLACK_GONE],
  ]
}

/** What happens on a day that a test has time for. */
export function shortDay(): readonly Event[] {
  return [
    THROTTLES,
    ...MISHAPS,
    TAX_LISTED,
    FIELD_GONE,
    FALLEN_FORWARD,
    SCOPES_TAKEN,
    KEY_EXPIRED,
    MAIL_STRANGE,
  ]
}

/** Events in the order of a seed. */
export function inOrder(events: readonly Event[], seed: number): readonly Event[] {
  const random = createRandom(seed)
  const left = [...events]
  return Array.from({ length: left.length }, () => left.splice(random.between(0, left.length - 1), 1)[0]!)
}

/** What is sold at one of the events: a part of the orders, one in twenty bad, in all ways by turns; and who is killed meanwhile. */
export function waveOf(
  { random, mended }: Day,
  event: { readonly index: number; readonly of: number; readonly orders: number; readonly kills: number },
): Wave {
  const { index, of } = event
  const part = (whole: number) => Math.floor(((index + 1) * whole) / of) - Math.floor((index * whole) / of)
  const count = part(event.orders)
  const bad = Math.ceil(count * BAD)
  const names = (Object.keys(WAYS) as WayName[]).filter((name) => !mended.has(name))
  return {
    good: count - bad,
    bad: Array.from({ length: bad }, (_, n) =>
      n < names.length ? names[(n + index) % names.length]! : random.pick(names),
    ),
    kills: part(event.kills),
  }
}
