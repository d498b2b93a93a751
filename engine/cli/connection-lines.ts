import type { ConnectionWatch } from '../store/connection-watch.ts'
import { instantText, type Output } from './output.ts'

const DAY_MS = 86_400_000

/** How a connection stands, for machines. */
export function connectionData(watch: ConnectionWatch, now: number) {
  const { connection, refusal, account, expiresAt, expiresOf, todo, trouble, scopesMissing, checkedAt } =
    watch
  return {
    connection,
    state: stateOf(watch),
    refusedSince: refusal?.since ?? null,
    refused: refusal?.message ?? null,
    account,
    endsAt: expiresAt,
    ends: expiresOf,
    daysLeft: expiresAt === null ? null : Math.floor((expiresAt - now) / DAY_MS),
    todo,
    trouble,
    missing: scopesMissing,
    checkedAt,
  }
}

/** What is wrong with connections, or has to be done soon: one line each, nothing where all is well. */
export function connectionLines(
  watches: readonly ConnectionWatch[],
  output: Pick<Output, 'style'>,
): readonly string[] {
  return watches.flatMap(({ connection, refusal, todo, trouble, scopesMissing }) => [
    ...(refusal === null
      ? []
      : [
          `${connection}: ${output.style('red', 'refused')} since ${instantText(refusal.since)}: ${refusal.message}`,
        ]),
    ...(refusal === null && trouble !== null ? [`${connection}: ${trouble}`] : []),
    ...(todo === null ? [] : [`${connection}: ${output.style('yellow', todo)}`]),
    ...scopesMissing.map((missing) => `${connection}: ${missing}`),
  ])
}

export function stateOf({ refusal, trouble, scopesMissing, todo }: ConnectionWatch): string {
  if (refusal !== null) return 'refused'
  if (trouble !== null) return 'unknown'
  if (scopesMissing.length > 0) return 'rights missing'
  return todo === null ? 'good' : 'ends soon'
}
