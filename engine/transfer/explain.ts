import { type ExplainedRecord, explainRecord } from '../core/explain/record.ts'
import type { SourceRecord } from '../core/model/connector.ts'
import type { JsonObject, JsonValue } from '../core/model/json.ts'
import type { Plan, SourceMap } from '../core/model/plan.ts'
import { joinKey } from '../core/model/record-key.ts'
import { openDeadLetterOf } from '../store/dead-letters.ts'
import type { LegContext } from './context.ts'
import { type DryRecord, dryOf, targetNow, withDryContext } from './dry.ts'
import { judge } from './judge.ts'
import type { LegDependencies } from './leg.ts'
import { maskExplained } from './masked.ts'
import type { Work } from './work.ts'

/** All that is known of one record: what it is, what a mapping makes of it, and what stands where. */
export interface Explained {
  readonly mapping: string
  readonly key: string
  readonly label: string | null
  readonly sourceKey: string
  /** The source's own stamp of the last change. */
  readonly stamp: string
  /** Whether the source still has it; else the kept copy of its dead letter was taken. */
  readonly atSource: boolean
  readonly would: DryRecord['would']
  readonly why: string
  readonly at: string | null
  /** Target fields, and number of lines, that the next delivery would send. */
  readonly sends: { readonly fields: readonly string[]; readonly lines: number }
  readonly record: ExplainedRecord
  readonly ledger: {
    readonly state: string
    readonly targetId: string | null
    readonly adopted: boolean
    readonly deliveredAt: number | null
    readonly planHash: string | null
    readonly sourceStamp: string | null
    readonly stepsDue: readonly string[]
  } | null
  readonly deadLetter: {
    readonly id: string
    readonly class: string
    readonly message: string
    readonly attempts: number
    readonly firstSeenAt: number
    readonly dueAt: number | null
  } | null
  /** Null when nothing is at the target. */
  readonly target: { readonly id: string; readonly fields: JsonObject } | null
  /** Values the target computes, beside those of the source. */
  readonly totals: readonly {
    readonly target: string
    readonly source: JsonValue
    readonly found: JsonValue
  }[]
}

/** How often look-ups may lead to further look-ups. */
const MOST_PASSES = 5

/** Reads one record and explains it; writes nothing. Null when neither the source nor a dead letter has it. */
export async function explain(
  dependencies: LegDependencies,
  request: {
    readonly scope: string
    readonly plan: Plan
    readonly planHash: string
    readonly sourceMap: SourceMap
    readonly key: string
    /** Personal values as they are. */
    readonly open: boolean
    readonly signal: AbortSignal
  },
): Promise<Explained | null> {
  return withDryContext(dependencies, request, async (context) => {
    const read = await context.source.readKeys({
      resource: request.plan.source.resource,
      selection: request.plan.source.selection,
      keys: [request.key],
      signal: request.signal,
    })
    const letterOf = (key: string) =>
      openDeadLetterOf(dependencies.store, request.scope, request.plan.mapping, key)
    const kept = read.length > 0 ? null : await letterOf(joinKey([request.key]))
    const record: SourceRecord | null = read[0] ?? kept?.payload ?? null
    if (record === null) return null
    const { works } = await judge(context, [record], true)
    const work = works[0]!
    const letter = await letterOf(work.key)
    const now = await targetNow(
      context,
      [work],
      request.plan.agree.map((rule) => rule.target),
    )
    const dry = dryOf(context, work, now)
    const explained = await explainedRecord(context, work)
    const { row } = work
    const found = work.targetId === null ? undefined : now.get(work.targetId)
    const all: Explained = {
      mapping: request.plan.mapping,
      key: work.key,
      label: work.label,
      sourceKey: record.key,
      stamp: record.stamp,
      atSource: read.length > 0,
      would: dry.would,
      why: dry.why,
      at: dry.at,
      sends: { fields: Object.keys(dry.fields), lines: dry.lines },
      record: explained,
      ledger:
        row === null
          ? null
          : {
              state: row.state,
              targetId: row.targetId,
              adopted: row.adopted,
              deliveredAt: row.deliveredAt,
              planHash: row.planHash,
              sourceStamp: row.sourceStamp,
              stepsDue: row.stepsDue.map((step) => request.plan.steps[step]?.call ?? String(step)),
            },
      deadLetter:
        letter === null
          ? null
          : {
              id: letter.id,
              class: letter.class,
              message: letter.message,
              attempts: letter.attempts,
              firstSeenAt: letter.firstSeenAt,
              dueAt: letter.dueAt,
            },
      target: found === undefined ? null : { id: work.targetId!, fields: found },
      totals: explained.agree.map(({ target, result }) => ({
        target,
        source: result.status === 'value' ? (result.value as JsonValue) : null,
        found: found?.[target] ?? null,
      })),
    }
    return request.open ? all : maskExplained(request.plan, work, all)
  })
}

async function explainedRecord(context: LegContext, work: Work): Promise<ExplainedRecord> {
  let explained = explainRecord(context.plan, work.source, context.references)
  for (let pass = 1; explained.pending && pass < MOST_PASSES; pass++) {
    await context.references.resolve()
    explained = explainRecord(context.plan, work.source, context.references)
  }
  return explained
}
