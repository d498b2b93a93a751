import type { SourceRecord } from '../core/model/connector.ts'
import type { JsonObject } from '../core/model/json.ts'
import type { Plan, SourceMap } from '../core/model/plan.ts'
import { changesSince } from '../core/transform/compare.ts'
import { createTransformer } from '../core/transform/transformer.ts'
import { ledgerTargets } from '../store/ledger.ts'
import { noteUsage, openConnections } from './connections.ts'
import type { LegContext } from './context.ts'
import { judge } from './judge.ts'
import type { LegDependencies } from './leg.ts'
import { maskDry } from './masked.ts'
import { createReferenceBook } from './references.ts'
import type { Work } from './work.ts'

/** What a plan would do with one record. */
export interface DryRecord {
  readonly key: string
  readonly label: string | null
  readonly would: 'create' | 'adopt' | 'update' | 'leave' | 'filter' | 'park'
  /** The reason it is filtered or parked; empty otherwise. */
  readonly why: string
  /** Where in the plan it would be parked. */
  readonly at: string | null
  /** What would be sent. */
  readonly fields: JsonObject
  readonly lines: number
  /** With `compare`: what the target has in those fields now; null when there is no such record. */
  readonly now: JsonObject | null
}

/** Reads real records and judges them; writes nothing, neither at the target nor in the store. */
export async function dryRecords(
  dependencies: LegDependencies,
  request: {
    readonly scope: string
    readonly plan: Plan
    readonly planHash: string
    readonly sourceMap: SourceMap
    readonly limit: number
    readonly only: readonly string[] | null
    readonly compare: boolean
    /** Personal values as they are. */
    readonly open: boolean
    readonly signal: AbortSignal
  },
): Promise<readonly DryRecord[]> {
  return withDryContext(dependencies, request, async (context) => {
    const records = await readSome(context, request.limit, request.only)
    const { works } = await judge(context, records)
    const now = request.compare ? await targetNow(context, works) : new Map<string, JsonObject>()
    return works.map((work) => {
      const dry = dryOf(context, work, now)
      return request.open ? dry : maskDry(request.plan, work, dry)
    })
  })
}

/** Opens both sides for reading and judging, with nothing that could write. */
export async function withDryContext<Result>(
  dependencies: LegDependencies,
  request: {
    readonly scope: string
    readonly plan: Plan
    readonly planHash: string
    readonly sourceMap: SourceMap
    readonly signal: AbortSignal
  },
  work: (context: LegContext) => Promise<Result>,
): Promise<Result> {
  const { plan, signal } = request
  const open = await openConnections(dependencies, request.scope, plan)
  try {
    return await work({
      store: dependencies.store,
      scope: request.scope,
      plan,
      planHash: request.planHash,
      sourceMap: request.sourceMap,
      transformer: createTransformer(plan),
      source: open.source,
      target: open.target,
      references: createReferenceBook({
        plan,
        target: open.target,
        linkTargets: (namespace, keys) => ledgerTargets(dependencies.store, request.scope, namespace, keys),
        async deliverLinked() {},
        signal,
      }),
      runId: 'dry',
      lane: 'retry',
      epoch: 0,
      holder: 'dry',
      leaseMs: 0,
      fence: {
        sendWithinMs: 0,
        settleAfterMs: 0,
        keys: [],
        stampedAt: 0,
        now: dependencies.now,
        allowWritesUntil() {},
      },
      signal,
      now: () => dependencies.store.now(),
      log: dependencies.log,
    })
  } finally {
    await noteUsage(dependencies.store, open.meters.used(request.scope).usage)
    await open.close()
  }
}

async function readSome(
  context: LegContext,
  limit: number,
  only: readonly string[] | null,
): Promise<readonly SourceRecord[]> {
  const { source, plan, signal } = context
  const { resource, selection, since } = plan.source
  if (only !== null) return source.readKeys({ resource, selection, keys: only, signal })
  const records: SourceRecord[] = []
  let cursor: JsonObject | null = null
  for (;;) {
    const page = await source.readPage({
      resource,
      selection,
      cursor,
      since,
      limit: Math.min(limit, source.facts.pageSize),
      lookbackMs: source.facts.lookbackMs,
      signal,
    })
    records.push(...page.records)
    if (page.caughtUp || records.length >= limit) return records.slice(0, limit)
    cursor = page.next
  }
}

/** What the target holds now in the fields of the mapping's records, by id. */
export async function targetNow(
  context: LegContext,
  works: readonly Work[],
  more: readonly string[] = [],
): Promise<Map<string, JsonObject>> {
  const known = works.filter((work) => work.targetId !== null)
  if (known.length === 0) return new Map()
  const fields = Object.entries(context.plan.fields).flatMap(([name, plan]) =>
    plan.kind === 'lines' ? [] : [name],
  )
  const found = await context.target.lookUp({
    resource: context.plan.target.resource,
    by: { kind: 'id' },
    values: known.map((work) => work.targetId!),
    where: {},
    fields: [...new Set([...fields, ...more])],
    archived: true,
    signal: context.signal,
  })
  return new Map(found.map((record) => [record.id, record.fields]))
}

function wouldWrite(work: Work): DryRecord['would'] {
  if (work.targetId === null) return 'create'
  return work.adopted && work.row?.targetId !== work.targetId ? 'adopt' : 'update'
}

/** What judging a record has come to. */
export function dryOf(context: LegContext, work: Work, now: ReadonlyMap<string, JsonObject>): DryRecord {
  const base = {
    key: work.key,
    label: work.label,
    now: work.targetId === null ? null : (now.get(work.targetId) ?? null),
  }
  const { verdict, mapped } = work
  if (verdict?.kind === 'filtered')
    return { ...base, would: 'filter', why: verdict.reason, at: null, fields: {}, lines: 0 }
  if (verdict?.kind === 'parked')
    return {
      ...base,
      would: 'park',
      why: `${verdict.parking.class}: ${verdict.parking.message}`,
      at: verdict.parking.at,
      fields: {},
      lines: 0,
    }
  if (mapped === null) return { ...base, would: 'leave', why: '', at: null, fields: {}, lines: 0 }
  const changes = changesSince(context.plan, work.key, mapped, work.previous)
  return {
    ...base,
    would: verdict?.kind === 'unchanged' ? 'leave' : wouldWrite(work),
    why: '',
    at: null,
    fields: changes.fields as unknown as JsonObject,
    lines: changes.lines.length,
  }
}
