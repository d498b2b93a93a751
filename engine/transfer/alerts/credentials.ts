import type { Lasting } from '../../core/alert/watch.ts'
import { dateText } from '../../core/expression/time.ts'
import { connectionWatches } from '../../store/connection-watch.ts'
import type { Queryable } from '../../store/open.ts'
import type { WatchRequest } from './watch-of.ts'

const DAY_MS = 86_400_000

/** Credentials of the mapping's connections that end in less than so many days, each from then on. */
export async function endingCredentials(
  store: Queryable,
  { plan, project }: WatchRequest,
  days: number,
): Promise<readonly Lasting[]> {
  if (plan === null) return []
  const own = [plan.source.connection.name, plan.target.connection.name]
  return (await connectionWatches(store, project)).flatMap(({ connection, expiresAt, expiresOf, todo }) => {
    if (expiresAt === null || !own.includes(connection)) return []
    const ends = `${expiresOf ?? 'The credentials'}: until ${dateText(Math.floor(expiresAt / DAY_MS))}.`
    const message = todo === null ? ends : `${ends} ${todo}`
    return [
      {
        from: expiresAt - days * DAY_MS,
        until: null,
        subject: { label: connection, class: null, message, place: null },
      },
    ]
  })
}

/** Since when the credentials of a connection are refused. */
export async function refusedCredentials(
  store: Queryable,
  project: string,
  name: string,
): Promise<readonly Lasting[]> {
  return (await connectionWatches(store, project)).flatMap(({ connection, refusal }) =>
    refusal === null || connection !== name
      ? []
      : [
          {
            from: refusal.since,
            until: null,
            subject: { label: name, class: refusal.kind, message: refusal.message, place: null },
          },
        ],
  )
}
