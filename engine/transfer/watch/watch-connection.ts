import { type AuthSpec, secretsOf } from '../../core/model/auth.ts'
import type { Connection, Connector, Identity, Needs } from '../../core/model/connector.ts'
import { SyncError } from '../../core/model/failure.ts'
import type { JsonObject } from '../../core/model/json.ts'
import {
  type ConnectionWatch,
  clearRefusal,
  connectionWatches,
  type EndFound,
  noteTrouble,
  noteWatch,
} from '../../store/connection-watch.ts'
import { knownEnds } from '../../store/credential-history.ts'
import { credentialOf } from '../../store/credentials.ts'
import { appliedPlans } from '../../store/plans.ts'
import { openRuns } from '../../store/waiting-runs.ts'
import { CHECKS, noteUsage, openHost, usageEntry } from '../connections.ts'
import { noteRefusal } from '../credentials/refusal.ts'
import type { LegDependencies } from '../leg.ts'
import { type RotationResult, rotateKey } from './rotate-key.ts'

export interface WatchRequest {
  readonly project: string
  readonly connection: string
  /** Whether keys are changed whose end is near. Default: yes. */
  readonly rotates?: boolean
  readonly signal: AbortSignal
}

export interface Watched {
  /** Null: no applied mapping uses it. */
  readonly watch: ConnectionWatch | null
  readonly rotated: boolean
  /** Workflow ids of runs that wait for credentials that are taken again. */
  readonly wake: readonly string[]
}

/** How long before its end a person is asked for a new key or consent. */
const SOON_MS = 14 * 86_400_000
const DAY_MS = 86_400_000
/** An end that is later by less has not moved: vendors say it in seconds from now. */
const MOVED_MS = 5 * 60_000

/**
 * Looks how a connection stands: one small call, the end of every key and consent, rights granted against needed. Changes a key before
 * its end where the connection wants that. Whatever is found stands in the store; a system in trouble is no failure of the look.
 */
export async function watchConnection(
  dependencies: LegDependencies,
  request: WatchRequest,
): Promise<Watched> {
  const { store } = dependencies
  const { project, connection: name } = request
  const uses = await usesOf(dependencies, project, name)
  const [first] = uses
  if (first === undefined) return { watch: null, rotated: false, wake: [] }
  const connector = dependencies.connectors[first.definition.connector]
  if (connector === undefined)
    throw new SyncError('invalid-plan', `This worker has no connector "${first.definition.connector}".`)
  const spec = connector.auth?.(first.definition) ?? null
  // A person may have given another one since this process read it.
  for (const secret of spec === null ? [] : secretsOf(spec))
    await dependencies.secrets.again?.(secret).catch(() => {})
  const opening: Opening = { dependencies, project, connector, ...first, spec, clock: { skewMs: null } }
  try {
    const found = await look(opening, uses, request)
    const wasRefused = await store.transaction(async (trx) => {
      await noteWatch(trx, project, { connection: name, ...found.noted })
      return clearRefusal(trx, project, name)
    })
    const wake = wasRefused ? await openRuns(store, project, { connection: name }) : []
    return { ...(await asNoted(opening)), rotated: found.rotated, wake: wake.map((run) => run.workflowId) }
  } catch (error) {
    if (!(error instanceof SyncError) || request.signal.aborted) throw error
    await noteRefusal(dependencies, project, error)
    await store.transaction((trx) => noteTrouble(trx, project, name, error.message, opening.clock.skewMs))
    return { ...(await asNoted(opening)), rotated: false, wake: [] }
  }
}

interface Use {
  readonly definition: Parameters<Connector['open']>[0]
  readonly limits: JsonObject | null
  readonly needs: Needs
}

interface Opening extends Omit<Use, 'needs'> {
  readonly dependencies: LegDependencies
  readonly project: string
  readonly connector: Connector
  readonly spec: AuthSpec | null
  /** What its answers said of its clock. */
  readonly clock: { skewMs: number | null }
}

/** What every applied mapping does with the connection. */
async function usesOf({ store }: LegDependencies, project: string, name: string): Promise<readonly Use[]> {
  return (await appliedPlans(store, project)).flatMap(({ plan }) => {
    const ends = [
      { direction: 'source', end: plan.source, since: plan.source.since },
      { direction: 'target', end: plan.target, since: null },
    ] as const
    return ends
      .filter(({ end }) => end.connection.name === name)
      .map(({ direction, end, since }) => ({
        definition: end.connection,
        limits: end.limits,
        needs: { direction, resource: end.resource, scopes: plan.scopes[name] ?? [], since },
      }))
  })
}

async function look(
  opening: Opening,
  uses: readonly Use[],
  { rotates = true, signal }: WatchRequest,
): Promise<{
  readonly noted: Omit<ConnectionWatch, 'connection' | 'refusal' | 'checkedAt' | 'trouble'> & EndFound
  readonly rotated: boolean
}> {
  const { identity, missing, unneeded, changesMs } = await withConnection(opening, async (connection) => {
    const who = (await connection.identify?.(signal)) ?? null
    const problems = []
    for (const { needs } of uses) problems.push(...(await connection.preflight(needs, signal)))
    const errors = problems.filter(({ severity }) => severity === 'error').map(({ message }) => message)
    const needs = uses.map((use) => use.needs)
    return {
      identity: who,
      missing: [...new Set(errors)],
      unneeded: (await connection.unneededScopes?.(needs, signal)) ?? [],
      changesMs: connection.keys?.beforeMs ?? null,
    }
  })
  const end = await endOf(opening, identity)
  const rotation =
    rotates && opening.spec?.kind === 'key' ? await rotate(opening, end?.at ?? null, signal) : null
  const rotated = rotation?.status === 'rotated'
  const now = rotated ? { ...end!, at: rotation.endsAt } : end
  return {
    rotated,
    noted: {
      account: identity?.account ?? null,
      expiresAt: now?.at ?? null,
      expiresOf: now?.of ?? null,
      todo: todoOf(now, rotation, opening.dependencies.store.now()),
      steps: stepsOf(now, rotation),
      changesAt: now === null ? null : await changesAt(opening, now, rotation, changesMs),
      scopesMissing: missing,
      scopesUnneeded: unneeded,
      clockSkewMs: opening.clock.skewMs,
    },
  }
}

interface End {
  readonly of: string
  readonly at: number
  readonly steps: string
}

/** The first of what ends and does not renew itself. */
async function endOf(
  { dependencies, project, definition, spec }: Opening,
  identity: Identity | null,
): Promise<End | null> {
  const { name } = definition
  const kept = await credentialOf(dependencies.store, { project, connection: name })
  if (spec?.kind === 'authorization-code') {
    if (kept?.refreshExpiresAt == null) return null
    return { of: 'consent', at: kept.refreshExpiresAt, steps: `Give it again: tidelock connect ${name}.` }
  }
  const ends = identity?.ends ?? null
  const isOurs =
    spec?.kind === 'key' && kept?.secret != null && (await isInUse(dependencies, spec, kept.secret))
  if (!isOurs || kept.expiresAt === null) return ends
  return { of: 'API key', steps: ends?.steps ?? '', at: kept.expiresAt }
}

async function isInUse(
  { secrets }: LegDependencies,
  spec: Extract<AuthSpec, { kind: 'key' }>,
  kept: { readonly [name: string]: unknown },
): Promise<boolean> {
  return kept['inPlaceOf'] === (await secrets.value(spec.secret).catch(() => kept['inPlaceOf']))
}

async function rotate(
  opening: Opening,
  endsAt: number | null,
  signal: AbortSignal,
): Promise<RotationResult | null> {
  const { dependencies, project, definition, spec } = opening
  const canRotate = await withConnection(opening, async (connection) => connection.keys?.beforeMs != null)
  if (!canRotate || spec?.kind !== 'key') return null
  return rotateKey(
    {
      store: dependencies.store,
      place: { project, connection: definition.name },
      secret: await dependencies.secrets.value(spec.secret),
      withKeys: (work) =>
        withConnection(opening, async (connection, inUse) => work(connection.keys!, await inUse())),
      signal,
    },
    endsAt,
  )
}

/** The connection, opened anew: with the credentials that count now. */
async function withConnection<T>(
  { dependencies, project, connector, definition, limits, spec, clock }: Opening,
  work: (connection: Connection, inUse: () => Promise<string>) => Promise<T>,
): Promise<T> {
  const end = { connection: definition, limits }
  const host = openHost(dependencies, project, end, { mapping: CHECKS, priority: 'high' })
  try {
    const connection = await connector.open(definition, host)
    const inUse = async () =>
      spec === null ? '' : (await host.credential(spec).current(new AbortController().signal)).value
    const result = await work(connection, inUse)
    await connection.close()
    return result
  } finally {
    clock.skewMs = host.clockSkewMs() ?? clock.skewMs
    await noteUsage(dependencies.store, [usageEntry(dependencies, project, end, CHECKS, host.usage)])
    await host.close()
  }
}

/**
 * When what ends is changed without a person; null: it is not. A key: as the connection wants it, unless the last try found that we
 * cannot. A consent: by its use, where its end has moved with that before; half of its life is long enough for that.
 */
async function changesAt(
  { dependencies: { store }, project, definition, spec }: Opening,
  end: End,
  rotation: RotationResult | null,
  beforeMs: number | null,
): Promise<number | null> {
  const [known] = await knownEnds(store, project, [definition.name], null)
  if (spec?.kind === 'authorization-code') {
    if (known === undefined || end.at <= known.endsAt + MOVED_MS) return known?.changesAt ?? null
    return store.now() + (end.at - store.now()) / 2
  }
  if (beforeMs === null || rotation?.status === 'cannot') return null
  // Where nothing was tried now, what the last try found of this very end counts.
  const isKnown = known !== undefined && Math.abs(known.endsAt - end.at) < MOVED_MS
  const isDue = end.at - beforeMs <= store.now()
  return isKnown && isDue ? known.changesAt : end.at - beforeMs
}

/** What a person has to do to get a new one. */
function stepsOf(end: End | null, rotation: RotationResult | null): string {
  const why = rotation?.status === 'cannot' ? `It was to be changed by itself, and ${rotation.why} ` : ''
  return `${why}${end?.steps ?? ''}`.trim()
}

/** What a person has to do, with the steps, when it has to be soon. */
function todoOf(end: End | null, rotation: RotationResult | null, now: number): string | null {
  if (end === null) return null
  const cannot = rotation?.status === 'cannot'
  const left = end.at - now
  if (left > SOON_MS && !cannot) return null
  const days = Math.max(0, Math.floor(left / DAY_MS))
  const date = new Date(end.at).toISOString().slice(0, 10)
  return `The ${end.of} ends on ${date} (${days} ${days === 1 ? 'day' : 'days'} left). ${stepsOf(end, rotation)}`
}

async function asNoted({ dependencies, project, definition }: Opening): Promise<Pick<Watched, 'watch'>> {
  const watches = await connectionWatches(dependencies.store, project)
  return { watch: watches.find(({ connection }) => connection === definition.name) ?? null }
}
