import {
  addHistory,
  compileDriftCheck,
  DRIFT_KINDS,
  type Drift,
  type FieldHistory,
} from '../core/drift/drift.ts'
import type { SourceRecord } from '../core/model/connector.ts'
import { SyncError } from '../core/model/failure.ts'
import type { JsonValue } from '../core/model/json.ts'
import { missingFieldsError, missingFieldsOf } from '../core/model/missing-fields.ts'
import type { Plan, SourceMap } from '../core/model/plan.ts'
import {
  type DriftPlace,
  driftOf,
  fieldHistory,
  keepFieldHistory,
  noteDrift,
  resolveDrift,
  type SeenDrift,
} from '../store/drift.ts'
import type { Store } from '../store/open.ts'
import { runWaits } from '../store/waiting-runs.ts'
import type { LegContext } from './context.ts'
import { placeOf } from './place.ts'
import { waitFor } from './run-waits.ts'

/** Fields that are named in the message. */
const MOST_NAMED = 5

/**
 * How records came to be read: a page as it comes, or some that were asked for by their keys. Those have something in common, an
 * empty field maybe: how full they are says nothing of the source, and that they are fine not that all is.
 */
export type Sample = 'page' | 'chosen'

/** Looks at what a leg reads, before anything of it is written. */
export interface DriftWatch {
  /** Throws `schema-drift` where the page is not as recorded and the mapping says that this halts it. */
  look(records: readonly SourceRecord[], as: Sample): Promise<void>
  /** Keeps how full the fields were. */
  keep(): Promise<void>
}

export async function watchDrift(context: LegContext): Promise<DriftWatch> {
  const { store, scope, plan } = context
  const answer = plan.drift['mapped'] ?? 'ignore'
  if (answer === 'ignore') return { look: async () => {}, keep: async () => {} }
  const check = compileDriftCheck(plan.source.selection)
  let history: FieldHistory = await fieldHistory(store, scope, plan.mapping)
  const source = placeOfSource(plan)
  let isOpen = (await driftOf(store, scope, { mapping: plan.mapping, open: true })).some(
    ({ connection }) => connection === source.connection,
  )
  let isNew = false
  return {
    async look(records, as) {
      if (records.length === 0) return
      const { drifts, counts } = check(
        records.map(({ data }) => data),
        as === 'page' ? history : {},
      )
      if (drifts.length > 0) {
        isOpen = true
        await note(context, drifts, answer === 'halt')
      }
      if (as === 'chosen') return
      if (drifts.length === 0 && isOpen) {
        await store.transaction((trx) => resolveDrift(trx, scope, source))
        isOpen = false
      }
      history = addHistory(history, counts)
      isNew = true
    },
    async keep() {
      if (isNew) await store.transaction((trx) => keepFieldHistory(trx, scope, plan.mapping, history))
    },
  }
}

/**
 * Fields that an API itself says it does not know any more, at the source or at the target: kept, and told with the line that maps
 * them. Any other failure is given back as it is.
 */
export async function noteMissingFields(
  store: Store,
  scope: string,
  plan: Plan,
  sourceMap: SourceMap,
  error: unknown,
): Promise<unknown> {
  const missing = missingFieldsOf(error)
  if (missing === null || !(error instanceof SyncError)) return error
  const { connection, resource, fields } = missing
  await store.transaction((trx) =>
    noteDrift(
      trx,
      scope,
      fields.map((field) => ({
        ...{ mapping: plan.mapping, connection, resource, field },
        ...{ kind: 'missing-field', breaking: true, expected: 'a field of the API', found: 'no such field' },
      })),
    ),
  )
  const places = fields.flatMap((field) => {
    const at =
      connection === plan.target.connection.name
        ? (writtenAt(plan, sourceMap, resource, field) ?? mappedAt(plan, sourceMap, field))
        : mappedAt(plan, sourceMap, field)
    return at === null ? [] : [`${field} is mapped at ${at}`]
  })
  if (places.length === 0) return error
  return missingFieldsError(missing, `${error.message.replace(/\.?$/, '.')} ${places.join(', ')}.`)
}

/** What a page of the source that is fine says something of. */
function placeOfSource({ mapping, source, target }: Plan): DriftPlace {
  const place = { mapping, connection: source.connection.name, kinds: DRIFT_KINDS }
  return place.connection === target.connection.name ? { ...place, resource: source.resource } : place
}

/** The first line of the mapping that fills a field of the target. */
export function writtenAt(
  plan: Plan,
  { file, places }: SourceMap,
  resource: string,
  field: string,
): string | null {
  const paths: string[] = []
  if (resource === plan.target.resource) paths.push(`fields.${field}`)
  for (const [name, of] of Object.entries(plan.fields)) {
    if (of.kind === 'lines' && plan.target.shape.fields[name]?.lines?.resource === resource)
      for (const [index, { fields }] of of.blocks.entries())
        if (fields[field] !== undefined) paths.push(`fields.${name}.${index}.fields.${field}`)
    if (of.kind === 'record' && of.shape.resource === resource && of.fields[field] !== undefined)
      paths.push(`fields.${name}.fields.${field}`)
  }
  const lines = paths.flatMap((path) => places[path]?.line ?? [])
  return lines.length === 0 ? null : `${file}:${Math.min(...lines)}`
}

async function note(context: LegContext, drifts: readonly Drift[], breaking: boolean): Promise<void> {
  const { store, scope, plan, sourceMap, runId, planHash } = context
  const seen = drifts.map(
    ({ field, kind, found, expected }): SeenDrift => ({
      ...{ field, kind, found, expected, breaking },
      mapping: plan.mapping,
      connection: plan.source.connection.name,
      resource: plan.source.resource,
    }),
  )
  const message = messageOf(plan, sourceMap, drifts)
  const halt = new SyncError('schema-drift', `${message} Nothing of this page was written.`, {
    fields: { fields: drifts.slice(0, MOST_NAMED).map(({ field }) => field) },
  })
  await store.transaction(async (trx) => {
    await noteDrift(trx, scope, seen)
    // Together, so that no other run of the mapping comes in between.
    if (breaking) await runWaits(trx, runId, waitFor(halt, planHash, context.now())!)
  })
  if (breaking) throw halt
  context.log('the source is not as recorded', { mapping: plan.mapping, why: message })
}

/** `orders.createdAt was a date-time like …, now 24/11/2026: 250 of 250 in this page; mapped at mappings/shopify-orders.yaml:31.` */
function messageOf(plan: Plan, sourceMap: SourceMap, drifts: readonly Drift[]): string {
  const named = drifts.slice(0, MOST_NAMED).map(({ field, expected, found, count, of }) => {
    const at = mappedAt(plan, sourceMap, field)
    return `${plan.source.resource}.${field} was ${expected}, now ${found}: ${count} of ${of} in this page${at === null ? '' : `; mapped at ${at}`}.`
  })
  const more = drifts.length - named.length
  return `${named.join(' ')}${more > 0 ? ` And ${more} fields more.` : ''}`
}

/** The first line of the mapping that reads a field of the source. */
function mappedAt(plan: Plan, { file, places }: SourceMap, field: string): string | null {
  const name = field.slice(field.lastIndexOf('.') + 1)
  const reads = new RegExp(`\\.${name}\\b`)
  const lines: number[] = []
  const walk = (part: JsonValue | undefined, path: string): void => {
    if (typeof part !== 'object' || part === null) return
    for (const [key, inner] of Object.entries(part)) {
      if (key === 'cel' && typeof inner === 'string' && reads.test(inner)) {
        const line = placeOf(places, path)?.line
        if (line !== undefined) lines.push(line)
      }
      // The source map knows parts of a plan without the keys that only hold them.
      else walk(inner as JsonValue, HOLDERS.has(key) ? path : path === '' ? key : `${path}.${key}`)
    }
  }
  const { fields, agree, target } = plan
  walk({ fields, agree, identity: target.identity } as unknown as JsonValue, '')
  return lines.length === 0 ? null : `${file}:${Math.min(...lines)}`
}

const HOLDERS: ReadonlySet<string> = new Set(['blocks', 'value'])
