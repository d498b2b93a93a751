import type { Connector, Cursor, Page, SourceRecord } from '../core/model/connector.ts'
import type { JsonObject } from '../core/model/json.ts'
import type { Plan, SourceMap } from '../core/model/plan.ts'
import { addTallies, EMPTY_TALLY, type Tally } from '../core/model/tally.ts'
import type { Priority } from '../core/pace/queue.ts'
import { createTransformer } from '../core/transform/transformer.ts'
import { cursorOf } from '../store/cursor.ts'
import { dueRecords, keptRecords } from '../store/dead-letters.ts'
import { acquireLease, offerLease, releaseLease } from '../store/lease.ts'
import { ledgerTargets } from '../store/ledger.ts'
import type { Store } from '../store/open.ts'
import { agree } from './agree.ts'
import { type AlertHost, FAILURE_RULES, judgeMapping } from './alerts/judge-mapping.ts'
import { refuseSecondClaims } from './claims.ts'
import { type Committed, type CursorStep, commitPage } from './commit.ts'
import { type Meters, noteUsage, openConnections } from './connections.ts'
import type { Lane, LegContext } from './context.ts'
import { deliver } from './deliver.ts'
import { type DriftWatch, watchDrift } from './drift.ts'
import { fenceOf } from './fence.ts'
import { ensureFixed } from './fixed.ts'
import { removeForgottenLines } from './forgotten-lines.ts'
import type { SecretSource } from './host/guard.ts'
import type { Pause } from './host/host.ts'
import { keepFresh } from './intents.ts'
import { judge } from './judge.ts'
import { assertLeaseOf } from './lease.ts'
import { deliverLinked } from './linked.ts'
import { createReferenceBook } from './references.ts'
import { settleOpenIntents, settlePage } from './settle.ts'
import { takeSteps } from './steps.ts'

/** What a leg is handed. Nothing else is reached. */
export interface LegDependencies {
  readonly store: Store
  readonly connectors: Readonly<Record<string, Connector>>
  readonly secrets: SecretSource
  /** This process's own clock, for pauses and deadlines. What is kept and compared goes by the store's. */
  readonly now: () => number
  /** How long a lease lasts beyond the last transaction under it. Default: three minutes. */
  readonly leaseMs?: number
  /** Who is told of alerts, where the worker can tell. Default: nobody; rules are judged all the same. */
  readonly alerts?: AlertHost
  /** How requests wait for their budget. Default: by this process's clock. */
  readonly pause?: Pause
  log(message: string, fields?: JsonObject): void
}

export interface LegRequest {
  /** Project and environment: what the store keeps everything under. */
  readonly scope: string
  readonly plan: Plan
  readonly planHash: string
  readonly sourceMap: SourceMap
  readonly runId: string
  readonly lane: Lane
  /** Who holds the lease: the run's id, so that a repeated leg takes over its own. */
  readonly holder: string
  /** Milliseconds after which no further page is begun. */
  readonly budgetMs: number
  /** Only these source keys, in place of what has changed. */
  readonly only: readonly string[] | null
  /** Whose turn it is when the budget of a connection runs short. Default: the plan's. */
  readonly priority?: Priority
  /** False for work that is not worth waiting for: where another one has the lease, its turn is not asked for. Default true. */
  readonly waits?: boolean
  /** Called after every page. */
  progress(tally: Tally): void
  readonly signal: AbortSignal
}

export interface LegResult {
  /** `more`: pages are left; `done`: caught up; `busy`: another run or lane has the lease until then (epoch ms). */
  readonly state: 'more' | 'done' | 'busy'
  readonly until: number | null
  readonly tally: Tally
}

/** A lease outlives the longest answer of a remote and is renewed by every transaction. */
const LEASE_MS = 180_000
/**
 * A transaction costs the same for few records as for many. Where a page is moved quickly, the next one takes twice as many
 * pages of the source, up to these; where the target takes its time, a page is one of the source, so that others get their turn.
 */
const MOST_PAGES = 4
const QUICK_MS = 500
/** The most that one leg tries again; further ones wait for the next. */
const MOST_DUE = 5_000
/** How soon a lane asks again whose turn it is not. */
const TURN_MS = 5_000

/** Moves pages until the budget is spent or the source has no more: read → transform → deliver → commit, page by page. */
export async function runLeg(dependencies: LegDependencies, request: LegRequest): Promise<LegResult> {
  const { store } = dependencies
  const { plan } = request
  const leaseMs = dependencies.leaseMs ?? LEASE_MS
  const lease = {
    project: request.scope,
    mapping: plan.mapping,
    holder: request.holder,
    lane: request.lane,
    ttlMs: leaseMs,
    ...(request.waits === undefined ? {} : { waits: request.waits }),
  }
  const taken = await acquireLease(store, lease)
  if (!('epoch' in taken)) {
    // Another lane gives its turn away at the end of a page; another run of the same lane at its own end.
    const soon = dependencies.now() + TURN_MS
    return { state: 'busy', until: taken.lane === request.lane ? taken.until : soon, tally: EMPTY_TALLY }
  }
  let keeps = false
  const held = { ...lease, epoch: taken.epoch }
  const open = await openConnections(dependencies, request.scope, plan, request.priority).catch(
    async (error: unknown) => {
      await releaseLease(store, held)
      throw error
    },
  )
  try {
    const references = createReferenceBook({
      plan,
      target: open.target,
      linkTargets: (namespace, keys) => ledgerTargets(store, request.scope, namespace, keys),
      deliverLinked: (mapping, keys) => deliverLinked(dependencies, request, mapping, keys, runLeg),
      signal: request.signal,
    })
    const context: LegContext = {
      store,
      scope: request.scope,
      plan,
      planHash: request.planHash,
      sourceMap: request.sourceMap,
      transformer: createTransformer(plan),
      source: open.source,
      target: open.target,
      references,
      runId: request.runId,
      lane: request.lane,
      epoch: taken.epoch,
      holder: request.holder,
      leaseMs,
      fence: fenceOf(plan, open.target, open.targetHost),
      signal: request.signal,
      now: () => store.now(),
      log: dependencies.log,
    }
    // Waiting for the budget ages neither the lease nor the intents of what is about to be written.
    open.afterWaiting(async (writes) => {
      await store.transaction((trx) => assertLeaseOf(context, trx))
      if (writes) await keepFresh(context)
    })
    const judgeFailures = () => judgeMapping(dependencies, request.scope, plan, FAILURE_RULES)
    const watch = await watchDrift(context)
    const result = await movePages(context, request, watch, open.meters, judgeFailures)
    await watch.keep()
    keeps = result.state === 'more'
    return result
  } finally {
    await noteUsage(store, open.meters.used(request.scope).usage)
    await open.close()
    // Between the legs of a run nobody else need come in; after it, or when it has to wait, others need not wait for it.
    if (!keeps) await releaseLease(store, held).catch(() => {})
  }
}

async function movePages(
  context: LegContext,
  request: LegRequest,
  watch: DriftWatch,
  meters: Meters,
  judgeFailures: () => Promise<void>,
): Promise<LegResult> {
  const deadline = context.now() + request.budgetMs
  let tally = EMPTY_TALLY
  let wantedBy: string | null = null
  const add = async (committed: Committed): Promise<void> => {
    tally = addTallies(tally, committed.tally)
    wantedBy = committed.wantedBy
    request.progress(tally)
    // The one that makes an alert rule hold is told when it happens, not when the leg ends.
    if (committed.failed > 0) await judgeFailures()
  }
  await ensureFixed(context)
  for (const records of await settledBatches(context)) {
    await watch.look(records, 'chosen')
    await add(await movePage(context, records, null, 'due', meters))
  }
  if (request.only !== null) {
    const records = await context.source.readKeys({
      resource: context.plan.source.resource,
      selection: context.plan.source.selection,
      keys: request.only,
      signal: context.signal,
    })
    await watch.look(records, 'chosen')
    await add(await movePage(context, records, null, 'read', meters))
    return { state: 'done', until: null, tally }
  }
  if (request.lane !== 'backfill') {
    for await (const records of dueBatches(context, watch)) {
      context.signal.throwIfAborted()
      await add(await movePage(context, records, null, 'due', meters))
      if (wantedBy !== null) return giveTurn(context, tally)
      if (request.lane === 'retry' && context.now() > deadline) return { state: 'more', until: null, tally }
    }
    if (request.lane === 'retry') return { state: 'done', until: null, tally }
  }
  const start = await cursorOf(context.store, context.scope, context.plan.mapping, request.lane)
  let sequence = start?.sequence ?? 0
  let page = await readPage(context, start?.cursor ?? null)
  let pages = 1
  for (;;) {
    context.signal.throwIfAborted()
    // The next page is read while this one is delivered.
    const ahead = page.caughtUp || context.now() > deadline ? null : readPages(context, page.next, pages)
    ahead?.catch(() => {})
    sequence++
    const step: CursorStep = { sequence, next: page.next, caughtUp: page.caughtUp }
    const began = context.now()
    await watch.look(page.records, 'page')
    await add(await movePage(context, page.records, step, 'read', meters))
    pages = context.now() - began < QUICK_MS ? Math.min(MOST_PAGES, 2 * pages) : 1
    if (page.caughtUp) return { state: 'done', until: null, tally }
    if (ahead === null) return { state: 'more', until: null, tally }
    if (wantedBy !== null) return giveTurn(context, tally)
    page = await ahead
  }
}

/** Another lane waits for its turn: it gets it at the end of a page. */
async function giveTurn(context: LegContext, tally: Tally): Promise<LegResult> {
  await offerLease(context.store, {
    project: context.scope,
    mapping: context.plan.mapping,
    holder: context.holder,
    epoch: context.epoch,
  })
  return { state: 'busy', until: context.now() + TURN_MS, tally }
}

/** Several pages of the source as one, to be moved and committed together. */
async function readPages(context: LegContext, cursor: Cursor, most: number): Promise<Page> {
  let page = await readPage(context, cursor)
  for (let count = 1; count < most && !page.caughtUp; count++) {
    const further = await readPage(context, page.next)
    page = { ...further, records: [...page.records, ...further.records] }
  }
  return page
}

async function readPage(context: LegContext, cursor: Cursor | null): Promise<Page> {
  return context.source.readPage({
    resource: context.plan.source.resource,
    selection: context.plan.source.selection,
    cursor,
    since: context.plan.source.since,
    limit: context.source.facts.pageSize,
    lookbackMs: context.source.facts.lookbackMs,
    signal: context.signal,
  })
}

async function movePage(
  context: LegContext,
  records: readonly SourceRecord[],
  step: CursorStep | null,
  as: 'read' | 'due',
  meters: Meters,
): Promise<Committed> {
  const judged = await judge(context, records, step === null)
  await settlePage(context, judged.works)
  await deliver(context, judged.works)
  await refuseSecondClaims(context, judged.works)
  await removeForgottenLines(context, judged.works)
  await agree(context, judged.works)
  await takeSteps(context, judged.works)
  const used = meters.used(context.scope)
  const committed = await commitPage(context, judged, step, {
    handed: records,
    areDue: as === 'due',
    ...used,
  })
  used.isNoted()
  if (committed.halt !== null) throw committed.halt
  return committed
}

/** Records by key, a page's worth at a time. */
async function readByKeys(
  context: LegContext,
  keys: readonly string[],
): Promise<(readonly SourceRecord[])[]> {
  const batches: (readonly SourceRecord[])[] = []
  for (let start = 0; start < keys.length; start += context.source.facts.pageSize) {
    batches.push(
      await context.source.readKeys({
        resource: context.plan.source.resource,
        selection: context.plan.source.selection,
        keys: keys.slice(start, start + context.source.facts.pageSize),
        signal: context.signal,
      }),
    )
  }
  return batches
}

/** Records whose write got no answer in an earlier leg, settled and read again at the source. */
async function settledBatches(context: LegContext): Promise<(readonly SourceRecord[])[]> {
  const batches = await readByKeys(context, await settleOpenIntents(context))
  return batches.filter((records) => records.length > 0)
}

/**
 * Records whose time has come (released by the arrival of what they waited for, decided on, or due again), a page's worth at a time,
 * each read again at the source. The kept payload is the input only when the source no longer has the record.
 */
async function* dueBatches(context: LegContext, watch: DriftWatch): AsyncIterable<readonly SourceRecord[]> {
  const { plan, source, store } = context
  const due = await dueRecords(store, context.scope, plan.mapping, { now: context.now(), limit: MOST_DUE })
  for (let start = 0; start < due.length; start += source.facts.pageSize) {
    const letters = due.slice(start, start + source.facts.pageSize)
    const found = await source.readKeys({
      resource: plan.source.resource,
      selection: plan.source.selection,
      keys: letters.map((letter) => letter.sourceKey),
      signal: context.signal,
    })
    await watch.look(found, 'chosen')
    const read = new Set(found.map((record) => record.key))
    const gone = letters.filter((letter) => !read.has(letter.sourceKey))
    const kept = await keptRecords(
      store,
      gone.map((letter) => letter.id),
    )
    yield [...found, ...kept.values()]
  }
}
