import type { Ending, Lasting } from '../../core/alert/watch.ts'
import { dateText } from '../../core/expression/time.ts'
import { type KnownEnd, knownEnds, knownRefusals } from '../../store/credential-history.ts'
import type { Queryable } from '../../store/open.ts'
import type { WatchRequest } from './watch-of.ts'

const DAY_MS = 86_400_000

/** At so many days before an end people are told, whatever rules there are. */
export const COUNTDOWN_DAYS = [14, 7, 2] as const

/** Credentials of the mapping's connections that end in less than so many days, each from then on, or from when on it was known. */
export async function endingCredentials(
  store: Queryable,
  { plan, project, from }: WatchRequest,
  days: number,
): Promise<readonly Lasting[]> {
  if (plan === null) return []
  const own = [plan.source.connection.name, plan.target.connection.name]
  return (await knownEnds(store, project, own, from)).map((end) => ({
    from: Math.max(end.since, end.endsAt - days * DAY_MS),
    until: end.until,
    subject: subjectOf(end),
  }))
}

/**
 * Ends of a connection's credentials that people have to see to. Those that we see to ourselves are among them when that is overdue by
 * a day, or by half of the time there was for it.
 */
export async function endingsToSeeTo(
  store: Queryable,
  { project, from }: WatchRequest,
  connection: string,
): Promise<readonly Ending[]> {
  return (await knownEnds(store, project, [connection], from)).flatMap((end) => {
    const { since, until, endsAt, changesAt } = end
    const overdueAt =
      changesAt === null ? since : changesAt + Math.min(DAY_MS, Math.max(0, endsAt - changesAt) / 2)
    const begins = Math.max(since, overdueAt, endsAt - COUNTDOWN_DAYS[0] * DAY_MS)
    if (until !== null && begins >= until) return []
    return [{ from: begins, until, endsAt, since, subject: subjectOf(end) }]
  })
}

/** Times in which the credentials of a connection were refused. */
export async function refusedCredentials(
  store: Queryable,
  { project, from }: WatchRequest,
  connection: string,
): Promise<readonly Lasting[]> {
  return (await knownRefusals(store, project, connection, from)).map(({ since, until, kind, message }) => ({
    from: since,
    until,
    subject: { label: connection, class: kind, message, place: null },
  }))
}

function subjectOf({ connection, of, endsAt, steps }: KnownEnd) {
  const message = `${of}: until ${dateText(Math.floor(endsAt / DAY_MS))}. ${steps}`.trim()
  return { label: connection, class: null, message, place: null }
}
