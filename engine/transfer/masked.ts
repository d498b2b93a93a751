import type { ExplainedLine, ExplainedRecord } from '../core/explain/record.ts'
import type { JsonObject, JsonValue } from '../core/model/json.ts'
import type { Plan } from '../core/model/plan.ts'
import { maskAll, maskField, maskText, maskValue } from '../core/personal/mask.ts'
import { personalSent, personalTexts, personalValues } from '../core/personal/values.ts'
import type { DryRecord } from './dry.ts'
import type { Explained } from './explain.ts'
import type { Work } from './work.ts'

/** What would become of a record, as anybody may see it: personal values masked on both sides, and wherever they stand. */
export function maskDry(plan: Plan, work: Work, dry: DryRecord): DryRecord {
  const values = valuesOf(plan, work, dry.now)
  return {
    ...dry,
    ...maskNames(dry, values),
    fields: maskFields(plan, dry.fields, values),
    now: dry.now === null ? null : maskFields(plan, dry.now, values),
  }
}

/** The same with each line of the mapping, and what it read and gave. */
export function maskExplained(plan: Plan, work: Work, explained: Explained): Explained {
  const { record, target, sourceKey } = explained
  const values = [...valuesOf(plan, work, target?.fields ?? null), ...personalResults(record)]
  const line = <Line extends ExplainedLine>(one: Line): Line => ({
    ...one,
    reads: one.reads.map((read) => ({ ...read, value: maskValue(read.value, values) })),
    result: maskResult(one, values),
  })
  return {
    ...explained,
    ...maskNames(explained, values),
    sourceKey: maskField(sourceKey, values),
    record: {
      ...record,
      identity: record.identity.map(line),
      keep: record.keep.map(line),
      fields: record.fields.map(line),
      agree: record.agree.map(line),
      steps: record.steps.map(line),
    },
    target: target === null ? null : { ...target, fields: maskFields(plan, target.fields, values) },
  }
}

/** All that is known to be personal of a record: at its source, as mapped, and at the target now. */
function valuesOf(plan: Plan, { record, mapped }: Work, now: JsonObject | null): readonly string[] {
  const fields = (mapped?.fields ?? null) as JsonValue as JsonObject | null
  return [
    ...personalValues(plan, { data: record.data, mapped: fields }),
    ...personalValues(plan, { data: null, mapped: now }),
    ...(mapped === null ? [] : personalSent(plan, mapped)),
  ]
}

/** A line is explained by itself, also where the record is parked and nothing is mapped. */
function personalResults({ fields }: ExplainedRecord): readonly string[] {
  return fields.flatMap(({ personal, result }) =>
    personal === true && result.status === 'value' ? personalTexts(result.value) : [],
  )
}

function maskResult({ personal, result }: ExplainedLine, values: readonly string[]): ExplainedLine['result'] {
  switch (result.status) {
    case 'value':
      return {
        ...result,
        value: personal === true ? maskAll(result.value) : maskValue(result.value, values),
      }
    case 'parked':
      return { ...result, message: maskText(result.message, values) }
    default:
      return result
  }
}

function maskNames(
  { key, label, why }: Pick<DryRecord, 'key' | 'label' | 'why'>,
  values: readonly string[],
): Pick<DryRecord, 'key' | 'label' | 'why'> {
  return {
    key: maskField(key, values),
    label: label === null ? null : maskText(label, values),
    why: maskText(why, values),
  }
}

/** Fields beside those of the mapping are totals that are compared. */
function maskFields(plan: Plan, fields: JsonObject, values: readonly string[]): JsonObject {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      plan.target.shape.fields[name]?.personal === true ? maskAll(value) : maskValue(value, values),
    ]),
  )
}
