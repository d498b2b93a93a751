import { type AuthSpec, type RefusedKind, refusedCredentials, secretsOf } from '../../core/model/auth.ts'
import type { ConnectionDefinition, Connector } from '../../core/model/connector.ts'
import { SyncError } from '../../core/model/failure.ts'
import { canonicalJson, type JsonValue } from '../../core/model/json.ts'
import type { Plan } from '../../core/model/plan.ts'
import { clearRefusal, markRefused, refusalsOf } from '../../store/connection-watch.ts'
import type { Store } from '../../store/open.ts'
import { appliedPlans } from '../../store/plans.ts'
import { openRuns } from '../../store/waiting-runs.ts'
import type { SecretSource } from '../host/guard.ts'

export interface RefusalDependencies {
  readonly store: Store
  readonly connectors: Readonly<Record<string, Connector>>
  readonly secrets: SecretSource
}

/**
 * Stops before any request where it is known that the credentials of one of these connections are refused, and a run waits for them
 * already: that one tries again when it is told to, and from time to time. One read where none is refused. Other secrets or settings
 * than those refused are tried. Gives whether there is a refusal that is tried in spite of it. Throws `auth-expired`.
 */
export async function stopWhereRefused(
  dependencies: RefusalDependencies,
  project: string,
  plan: Pick<Plan, 'source' | 'target'>,
): Promise<boolean> {
  const { store } = dependencies
  const asked = [plan.source.connection, plan.target.connection].map((definition) => {
    const spec = authSpecOf(dependencies.connectors, definition)
    return { connection: definition.name, app: appOf(spec), definition, spec }
  })
  const refusals = await refusalsOf(store, project, asked)
  for (const { kind, connection: refused, app: refusedApp, refusedWith, message } of refusals) {
    const { definition, spec } = asked.find(
      ({ connection, app }) => connection === refused || (kind === 'client' && app === refusedApp),
    )!
    const present = await presentedBy(dependencies, definition, spec, kind)
    if (present.refusedWith !== refusedWith) continue
    const waiting = await openRuns(store, project, { connection: refused, state: 'awaiting-credentials' })
    if (waiting.length > 0) throw refusedCredentials(definition.name, kind, message)
  }
  return refusals.length > 0
}

/** Notes what a failure says of a connection's credentials, if it says anything. Gives whether that was not known before. */
export async function noteRefusal(
  dependencies: RefusalDependencies,
  project: string,
  error: unknown,
): Promise<boolean> {
  if (!(error instanceof SyncError) || error.kind !== 'auth-expired') return false
  const { connection, refused } = error.fields
  if (typeof connection !== 'string' || typeof refused !== 'string') return false
  const definition = await definitionOf(dependencies.store, project, connection)
  if (definition === null) return false
  const kind = refused as RefusedKind
  const spec = authSpecOf(dependencies.connectors, definition)
  const present = await presentedBy(dependencies, definition, spec, kind)
  return dependencies.store.transaction((trx) =>
    markRefused(trx, project, connection, { kind, message: error.message, ...present }),
  )
}

/** The credentials of both connections were taken: what is known of a refusal is past. */
export async function noteTaken(
  { store }: RefusalDependencies,
  project: string,
  plan: Pick<Plan, 'source' | 'target'>,
): Promise<void> {
  await store.transaction(async (trx) => {
    for (const { connection } of [plan.source, plan.target]) await clearRefusal(trx, project, connection.name)
  })
}

/** A connection as the applied plans have it; null when none uses it. */
export async function definitionOf(
  store: Store,
  project: string,
  connection: string,
): Promise<ConnectionDefinition | null> {
  for (const { plan } of await appliedPlans(store, project))
    for (const end of [plan.source, plan.target])
      if (end.connection.name === connection) return end.connection
  return null
}

export function authSpecOf(
  connectors: Readonly<Record<string, Connector>>,
  definition: ConnectionDefinition,
): AuthSpec | null {
  return connectors[definition.connector]?.auth?.(definition) ?? null
}

/** What tells one app from another: the secrets it proves itself with. */
function appOf(spec: AuthSpec | null): string | null {
  return spec === null || !('client' in spec) ? null : secretsOf(spec).join(' ')
}

/** What a connection proves itself with now, as one text that is only ever compared; and the app that it belongs to. */
export async function presentedBy(
  { secrets }: Pick<RefusalDependencies, 'secrets'>,
  definition: ConnectionDefinition,
  spec: AuthSpec | null,
  kind: RefusedKind,
): Promise<{ readonly refusedWith: string; readonly app: string | null }> {
  const names = spec === null ? [] : secretsOf(spec)
  const values = await Promise.all(
    names.map((name) => (secrets.again ?? secrets.value)(name).catch(() => null)),
  )
  const of = kind === 'client' ? names : (definition as unknown as JsonValue)
  return { refusedWith: canonicalJson([of, values]), app: appOf(spec) }
}
