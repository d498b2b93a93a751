import type { FieldValues } from '../model/connector.ts'
import type { JsonObject } from '../model/json.ts'
import type { Plan } from '../model/plan.ts'
import type { MappedRecord } from '../transform/mapped.ts'
import type { Transformer } from '../transform/transformer.ts'
import { namedReferences } from './references.ts'

/** What became of a sample. */
export type TestOutcome =
  | { readonly kind: 'mapped'; readonly values: MappedValues }
  | { readonly kind: 'parked'; readonly at: string; readonly class: string; readonly message: string }
  | { readonly kind: 'filtered'; readonly reason: string }

/** As an expectation is written: fields, own records as blocks, lines as lists, and the steps wanted. */
export interface MappedValues {
  readonly fields: FieldValues
  /** Records of the record's own, by field. */
  readonly records: Readonly<Record<string, FieldValues>>
  readonly lines: Readonly<Record<string, readonly FieldValues[]>>
  readonly steps: readonly string[]
}

/** Takes one record through the plan as a run does, without any system: look-ups are answered by their own text. */
export function judgeSample(
  plan: Plan,
  transformer: Transformer,
  record: JsonObject,
  given: { readonly missing: readonly string[]; readonly delivered: boolean },
): { readonly outcome: TestOutcome; readonly unusedMissing: readonly string[] } {
  const references = namedReferences(given.missing)
  const outcome = outcomeOf(plan, transformer, record, references, given.delivered)
  return { outcome, unusedMissing: [...references.unused] }
}

function outcomeOf(
  plan: Plan,
  transformer: Transformer,
  record: JsonObject,
  references: ReturnType<typeof namedReferences>,
  delivered: boolean,
): TestOutcome {
  const parked = (parking: { at: string | null; class: string; message: string }): TestOutcome => ({
    kind: 'parked',
    at: placeOf(parking.at),
    class: parking.class,
    message: parking.message,
  })
  const source = transformer.decode(record)
  const identified = transformer.identify(source)
  if (identified.status === 'parked') return parked(identified.parking)
  if (identified.status === 'filtered') return { kind: 'filtered', reason: identified.reason }
  const out = transformer.filter(source, delivered)
  if (out !== null) return 'parking' in out ? parked(out.parking) : { kind: 'filtered', reason: out.reason }
  const transformed = transformer.transform(source, references)
  if (transformed.status === 'parked') return parked(transformed.parking)
  if (transformed.status === 'pending')
    return parked({ at: null, class: 'value', message: 'A look-up was not answered.' })
  return { kind: 'mapped', values: valuesOf(plan, transformed.mapped, delivered) }
}

function valuesOf(plan: Plan, mapped: MappedRecord, delivered: boolean): MappedValues {
  const lines: Record<string, FieldValues[]> = {}
  for (const [field, fieldPlan] of Object.entries(plan.fields))
    if (fieldPlan.kind === 'lines') lines[field] = []
  for (const line of mapped.lines) lines[line.field]?.push(line.fields)
  return {
    fields: delivered ? mapped.fields : { ...mapped.fields, ...mapped.firstTimeFields },
    records: Object.fromEntries(mapped.records.map((own) => [own.field, own.fields])),
    lines,
    steps: mapped.steps.map((step) => plan.steps[step]!.call),
  }
}

/** `fields.order_line.0.fields.product_id` as people write it: `order_line.0.product_id`. */
function placeOf(at: string | null): string {
  return (at ?? '').replaceAll('fields.', '')
}
