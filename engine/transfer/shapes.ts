import { answerTo, DRIFT_CLASSES, SHAPE_KINDS } from '../core/drift/classes.ts'
import {
  readPaths,
  type Shape,
  type ShapeChange,
  shapeOf,
  unusedChanges,
  writtenChanges,
} from '../core/drift/shape.ts'
import type { TargetShape } from '../core/model/connector.ts'
import { SyncError } from '../core/model/failure.ts'
import type { Plan, SourceMap } from '../core/model/plan.ts'
import { driftOf, noteDrift, resolveDrift } from '../store/drift.ts'
import {
  type KnownShape,
  keepKnownShape,
  keepLiveShape,
  knownShape,
  liveShape,
  lookedAt,
  type ResourceKey,
} from '../store/shapes.ts'
import { runWaits } from '../store/waiting-runs.ts'
import { withConnection } from './connections.ts'
import { writtenAt } from './drift.ts'
import type { LegDependencies } from './leg.ts'
import { waitFor } from './run-waits.ts'

/** What a resource looks like is asked this often at most, whatever runs. */
const LOOK_MS = 3_600_000
/** A plan that was just applied begins with how things are now. */
const NEW_PLAN_LOOK_MS = 60_000
/** Stands for the time of a comparison that halted the mapping: whoever begins looks again. */
const HALTED = 0
const MOST_NAMED = 5
/** A target is known only by what it says; how a source's used fields look is seen in its pages. */
const TARGET_KINDS = [...SHAPE_KINDS, 'missing-field', 'changed-type'] as const

interface Looked extends ResourceKey {
  readonly end: Plan['source'] | Plan['target']
  /** Null: it is read. */
  readonly writes: TargetShape | null
}

/**
 * Looks at what both sides say of themselves before a run, and compares it with the first look under its plan: new fields, fields that
 * the mapping does not use and that went or changed, and whether the target still has what the mapping writes. Throws `schema-drift`
 * where the mapping says that this halts it. What cannot be asked now is asked another time.
 */
export async function lookAtShapes(
  dependencies: LegDependencies,
  run: {
    readonly project: string
    readonly plan: Plan
    readonly planHash: string
    readonly sourceMap: SourceMap
    readonly runId: string
    readonly signal: AbortSignal
  },
): Promise<void> {
  const { project, plan } = run
  const { store } = dependencies
  const missing = (await driftOf(store, project, { mapping: plan.mapping, open: true })).filter(
    ({ kind, connection }) => kind === 'missing-field' && connection === plan.target.connection.name,
  )
  const isAsked = DRIFT_CLASSES.some((part) => (plan.drift[part] ?? 'ignore') !== 'ignore')
  if (!isAsked && missing.length === 0) return
  const resources = resourcesOf(plan)
  for (const [end, ofEnd] of Map.groupBy(resources, (looked) => looked.end)) {
    const known = new Map<Looked, KnownShape | null>()
    const due: Looked[] = []
    for (const looked of ofEnd) {
      const before = await knownShape(store, project, plan.mapping, looked)
      known.set(looked, before)
      const isMissing = looked.writes !== null && missing.some(({ resource }) => resource === looked.resource)
      const isOpen = isMissing || before?.comparedAt === HALTED
      const maxAge = isOpen ? 0 : before?.planHash === run.planHash ? LOOK_MS : NEW_PLAN_LOOK_MS
      const at = await lookedAt(store, project, looked)
      if (at === null || store.now() - at >= maxAge) due.push(looked)
    }
    const fresh = due.length === 0 ? new Map<Looked, Shape>() : await look(dependencies, run, end, due)
    for (const looked of ofEnd)
      await compare(dependencies, run, looked, known.get(looked)!, fresh.get(looked))
  }
  // Where it only looks something up: whether that is there again is told by the next look-up.
  for (const { connection, resource } of missing) {
    if (resources.some(({ writes, resource: written }) => writes !== null && written === resource)) continue
    const place = { mapping: plan.mapping, connection, resource, kinds: ['missing-field'] }
    await store.transaction((trx) => resolveDrift(trx, project, place))
  }
}

/** The source, the target, and what the target's lines and own records are made of. */
function resourcesOf({ source, target, fields }: Plan): readonly Looked[] {
  const connection = target.connection.name
  const shapes = [
    target.shape,
    ...Object.values(target.shape.fields).flatMap(({ lines }) => lines ?? []),
    ...Object.values(fields).flatMap((field) => (field.kind === 'record' ? [field.shape] : [])),
  ]
  const written = [...Map.groupBy(shapes, ({ resource }) => resource)].map(([resource, same]) => ({
    ...{ end: target, connection, resource },
    writes: { resource, fields: Object.assign({}, ...same.map((shape) => shape.fields)) },
  }))
  return [
    { end: source, connection: source.connection.name, resource: source.resource, writes: null },
    ...written,
  ]
}

/** What could not be asked, or says nothing, is left out. */
async function look(
  dependencies: LegDependencies,
  { project, plan, signal }: { project: string; plan: Plan; signal: AbortSignal },
  end: Plan['source'] | Plan['target'],
  resources: readonly Looked[],
): Promise<ReadonlyMap<Looked, Shape>> {
  const fresh = new Map<Looked, Shape>()
  try {
    await withConnection(dependencies, project, plan, end, async (connection) => {
      for (const looked of resources) {
        const shape = shapeOf(await connection.discover(looked.resource, signal))
        if (Object.keys(shape).length > 0) fresh.set(looked, shape)
      }
    })
  } catch (error) {
    // What is wrong with a connection is told by what the run itself asks.
    if (!(error instanceof SyncError) || error.kind === 'bug') throw error
    const { name } = end.connection
    dependencies.log('what a system looks like could not be asked', { connection: name, why: error.message })
  }
  return fresh
}

async function compare(
  { store, log }: LegDependencies,
  run: { project: string; plan: Plan; planHash: string; sourceMap: SourceMap; runId: string },
  { connection, resource, writes }: Looked,
  before: KnownShape | null,
  fresh: Shape | undefined,
): Promise<void> {
  const { project, plan, planHash, sourceMap, runId } = run
  const key = { connection, resource }
  const at = fresh === undefined ? await lookedAt(store, project, key) : store.now()
  if (at === null) return
  const isKnown = before !== null && before.planHash === planHash
  if (isKnown && before.comparedAt >= at && fresh === undefined) return
  const now = fresh ?? (await liveShape(store, project, key))
  const known = isKnown ? before.shape : now
  const used = writes === null ? readPaths(plan.source.selection) : new Set(Object.keys(writes.fields))
  const changes = [
    ...(writes === null ? [] : writtenChanges(known, now, writes)),
    ...unusedChanges(known, now, used),
  ].filter(({ kind }) => answerTo(plan.drift, kind) !== 'ignore')
  const halting = changes.filter(({ kind }) => answerTo(plan.drift, kind) === 'halt')
  const told = changes.filter(({ kind }) => answerTo(plan.drift, kind) !== 'info')
  const textOf = (some: readonly ShapeChange[]) =>
    messageOf(some, key, (field) => (writes === null ? null : writtenAt(plan, sourceMap, resource, field)))
  const halt =
    halting.length === 0
      ? null
      : new SyncError('schema-drift', `${textOf(halting)} Nothing was written.`, {
          fields: { fields: halting.slice(0, MOST_NAMED).map(({ field }) => field) },
        })
  await store.transaction(async (trx) => {
    if (fresh !== undefined) await keepLiveShape(trx, project, key, fresh, at)
    const place = { mapping: plan.mapping, ...key }
    await noteDrift(
      trx,
      project,
      changes.map((change) => ({
        ...place,
        ...change,
        breaking: answerTo(plan.drift, change.kind) === 'halt',
      })),
    )
    const kinds = writes === null ? SHAPE_KINDS : TARGET_KINDS
    await resolveDrift(trx, project, { ...place, kinds }, changes)
    const comparedAt = halt === null ? at : HALTED
    await keepKnownShape(trx, project, plan.mapping, key, { planHash, shape: known, comparedAt })
    if (halt !== null) await runWaits(trx, runId, waitFor(halt, planHash, trx.now())!)
  })
  if (told.length > 0) log('a system is not what it was', { mapping: plan.mapping, why: textOf(told) })
  if (halt !== null) throw halt
}

/** `odoo: sale.order.client_order_ref was text, now no such field; mapped at mappings/shopify-orders.yaml:31.` */
function messageOf(
  changes: readonly ShapeChange[],
  { connection, resource }: ResourceKey,
  placeOf: (field: string) => string | null,
): string {
  const named = changes.slice(0, MOST_NAMED).map(({ field, expected, found }) => {
    const at = placeOf(field)
    return `${connection}: ${resource}.${field} was ${expected}, now ${found}${at === null ? '' : `; mapped at ${at}`}.`
  })
  const more = changes.length - named.length
  return `${named.join(' ')}${more > 0 ? ` And ${more} fields more.` : ''}`
}
