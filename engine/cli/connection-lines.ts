import { durationText } from '../core/alert/duration-text.ts'
import type { ConnectionWatch } from '../store/connection-watch.ts'
import { instantText, type Output } from './output.ts'

const DAY_MS = 86_400_000
/** Cursors overlap by minutes, and tokens are renewed well before their end: less than this does no harm. */
const MOST_SKEW_MS = 60_000

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
    unneeded: watch.scopesUnneeded,
    clockSkewMs: watch.clockSkewMs,
    checkedAt,
  }
}

/** What is wrong with connections, or has to be done soon: one line each, nothing where all is well. */
export function connectionLines(
  watches: readonly ConnectionWatch[],
  output: Pick<Output, 'style'>,
): readonly string[] {
  return watches.flatMap(({ connection, refusal, todo, trouble, scopesMissing, ...watch }) => [
    ...(refusal === null
      ? []
      : [
          `${connection}: ${output.style('red', 'refused')} since ${instantText(refusal.since)}: ${refusal.message}`,
        ]),
    ...(refusal === null && trouble !== null
      ? [`${connection}: ${trouble} (looked at ${instantText(watch.checkedAt)})`]
      : []),
    ...(todo === null ? [] : [`${connection}: ${output.style('yellow', todo)}`]),
    ...scopesMissing.map((missing) => `${connection}: ${missing}`),
    ...unneededLines(connection, watch.scopesUnneeded),
    ...clockLines(connection, watch.clockSkewMs, output),
  ])
}

function unneededLines(connection: string, scopes: readonly string[]): readonly string[] {
  if (scopes.length === 0) return []
  return [
    `${connection}: its credentials may do more than any applied mapping needs (${scopes.join(', ')}). Take that away at the vendor, unless something else uses it.`,
  ]
}

function clockLines(
  connection: string,
  skewMs: number | null,
  output: Pick<Output, 'style'>,
): readonly string[] {
  if (skewMs === null || Math.abs(skewMs) <= MOST_SKEW_MS) return []
  const said = `its clock is ${durationText(Math.abs(skewMs))} ${skewMs > 0 ? 'ahead of' : 'behind'} ours`
  return [
    `${connection}: ${output.style('yellow', said)}: what comes by time and when tokens end is judged wrongly. Let this machine set its clock by the network (timedatectl set-ntp true), and look again; where it is the other one's clock that is wrong, tell whoever runs it.`,
  ]
}

export function stateOf({ refusal, trouble, scopesMissing, todo }: ConnectionWatch): string {
  if (refusal !== null) return 'refused'
  if (trouble !== null) return 'unknown'
  if (scopesMissing.length > 0) return 'rights missing'
  return todo === null ? 'good' : 'ends soon'
}
