import { type Overlay, overlaid } from '../core/dead-letter/overlay.ts'
import type { SourceRecord } from '../core/model/connector.ts'
import type { JsonObject, JsonValue } from '../core/model/json.ts'
import type { Plan, SourceMap } from '../core/model/plan.ts'
import { fingerprintOf } from '../core/transform/fingerprint.ts'
import type { KeptRecord } from '../store/dead-letters.ts'
import { type DryRecord, dryOf, targetNow, withDryContext } from './dry.ts'
import { judge } from './judge.ts'
import type { LegDependencies } from './leg.ts'

/** A parked record that a person thinks of trying again. */
export interface ParkedRecord {
  readonly id: string
  /** What it is read by at the source. */
  readonly sourceKey: string
  /** As it was read last: taken when the source no longer has it. */
  readonly kept: KeptRecord | null
  readonly sourceHash: string | null
  /** What would be corrected in it. */
  readonly overlay: Overlay | null
}

/** What would become of it now. */
export interface Reconsidered {
  readonly id: string
  readonly source: 'as it was' | 'changed' | 'gone'
  /** What was judged: the record as it is at the source, with the correction. */
  readonly data: JsonObject
  readonly outcome: DryRecord
}

/**
 * Reads parked records again at the source and judges them under a plan, as trying them again would; writes nothing. Records that
 * neither the source nor the dead letter has are left out.
 */
export async function reconsider(
  dependencies: LegDependencies,
  request: {
    readonly scope: string
    readonly plan: Plan
    readonly planHash: string
    readonly sourceMap: SourceMap
    readonly records: readonly ParkedRecord[]
    readonly signal: AbortSignal
  },
): Promise<readonly Reconsidered[]> {
  const { plan, records, signal } = request
  const { resource, selection } = plan.source
  return withDryContext(dependencies, request, async (context) => {
    const keys = records.map(({ sourceKey }) => sourceKey)
    const read = await context.source.readKeys({ resource, selection, keys, signal })
    const found = new Map(read.map((record) => [record.key, record]))
    const tried = records.flatMap((parked) => {
      const atSource = found.get(parked.sourceKey) ?? null
      const record: SourceRecord | null = atSource ?? parked.kept
      if (record === null) return []
      const same = fingerprintOf(record.data as JsonValue) === parked.sourceHash
      const source = atSource === null ? 'gone' : same ? 'as it was' : 'changed'
      const data = parked.overlay === null ? record.data : overlaid(record.data, parked.overlay, selection)
      return [{ id: parked.id, source, record: { ...record, data } } as const]
    })
    const { works } = await judge(
      context,
      tried.map(({ record }) => record),
      true,
    )
    const now = await targetNow(context, works)
    const byKey = new Map(works.map((work) => [work.record.key, work]))
    return tried.flatMap(({ id, source, record }) => {
      const work = byKey.get(record.key)
      return work === undefined ? [] : [{ id, source, data: record.data, outcome: dryOf(context, work, now) }]
    })
  })
}
