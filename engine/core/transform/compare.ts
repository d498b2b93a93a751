import type { FieldValue, FieldValues, RemovedLine, UpsertLine } from '../model/connector.ts'
import type { JsonValue } from '../model/json.ts'
import type { Plan } from '../model/plan.ts'
import { lineKey, type RecordKey, recordKey } from '../model/record-key.ts'
import { fingerprintOf, fingerprintOfText } from './fingerprint.ts'
import type { MappedLine, MappedOwnRecord, MappedRecord } from './mapped.ts'

/** What the ledger keeps of the last delivery: a hash a field, so that only what changed is sent. */
export interface DeliveredHashes {
  readonly fields: FieldHashes
  /** By `<field>/<as>/<line key>`. */
  readonly lines: { readonly [line: string]: FieldHashes }
  /** Records of the record's own, by field. */
  readonly records: { readonly [field: string]: FieldHashes }
  /** What stands on the adjusting line of each `agree` rule, as decimal text. */
  readonly adjusted: { readonly [rule: string]: string }
  /** Ids at the target of lines that were taken over; the others are known by their external key. */
  readonly adoptedLines?: { readonly [line: string]: string }
}
export type FieldHashes = { readonly [field: string]: string }

/**
 * The hashes of a mapped record as the ledger keeps them: {@link DeliveredHashes} as JSON, equal records giving equal texts. Put
 * together by hand: names that no two records share make objects dear, and of most records nobody asks for more than the text.
 */
export function hashesText(mapped: MappedRecord): string {
  return partsText(mapped, fieldHashesText)
}

/**
 * The same without hashes: all that `certainAfter` needs of a write onto nothing, half as long. Intents of new records are the most
 * that a first pass writes to disk.
 */
export function namesText(mapped: MappedRecord): string {
  return partsText(mapped, () => '{}')
}

function partsText(mapped: MappedRecord, textOf: (fields: FieldValues) => string): string {
  const lines = mapped.lines.map((line) => `${JSON.stringify(lineId(line))}:${textOf(line.fields)}`)
  const records = mapped.records.map(({ field, fields }) => `${quoted(field)}:${textOf(fields)}`)
  return `{"fields":${textOf(mapped.fields)},"lines":{${lines.join()}},"records":{${records.join()}}${NOT_ADJUSTED}`
}

const NOT_ADJUSTED = ',"adjusted":{}}'

/** The same with what is known only when the record stands at the target. */
export function deliveredText(
  hashes: string,
  adjusted: DeliveredHashes['adjusted'],
  adoptedLines: DeliveredHashes['adoptedLines'] = {},
): string {
  const areAdopted = Object.keys(adoptedLines).length > 0
  if (Object.keys(adjusted).length === 0 && !areAdopted) return hashes
  const known = JSON.stringify({ adjusted, ...(areAdopted ? { adoptedLines } : {}) })
  return `${hashes.slice(0, -NOT_ADJUSTED.length)},${known.slice(1)}`
}

/** One hash over all that a delivery would bring about: payload, lines, steps wanted and totals to agree with. */
export function deliveryFingerprint(mapped: MappedRecord, hashes: string = hashesText(mapped)): string {
  return fingerprintOfText(`${hashes}${JSON.stringify([mapped.steps, mapped.agree])}`)
}

/** What differs from the last delivery. */
export interface Changes {
  readonly fields: FieldValues
  readonly lines: readonly UpsertLine[]
  readonly removedLines: readonly RemovedLine[]
  readonly records: readonly MappedOwnRecord[]
  /** Whether anything has to be sent for the record itself. */
  readonly any: boolean
}

/**
 * `previous` null: nothing is known to be there, all is sent. `lastKnown` is what stood there before a write whose outcome got lost:
 * its lines may still be there, so those that left the source since are gone lines too.
 */
export function changesSince(
  plan: Plan,
  key: string,
  mapped: MappedRecord,
  previous: DeliveredHashes | null,
  lastKnown: DeliveredHashes | null = previous,
  adoptedLines: Readonly<Record<string, string>> = lastKnown?.adoptedLines ?? {},
): Changes {
  const fields = changedFields(mapped.fields, previous?.fields)
  const own = recordKey(plan.project, plan.namespace, key)
  const lines: UpsertLine[] = []
  // Of a new record no line is asked for: looking a name up that was put together just now is dear.
  const isNew = previous === null && Object.keys(adoptedLines).length === 0
  for (const line of mapped.lines) {
    const id = isNew ? '' : lineId(line)
    const before = previous?.lines[id]
    const changed = changedFields(line.fields, before)
    if (before !== undefined && Object.keys(changed).length === 0) continue
    const adoptedId = adoptedLines[id]
    const upserted = { field: line.field, key: lineKey(own, line), fields: changed }
    lines.push(adoptedId === undefined ? upserted : { ...upserted, adoptedId })
  }
  const removedLines = lastKnown === null ? [] : goneLines(plan, own, mapped, lastKnown)
  const records = mapped.records.filter(
    (record) => Object.keys(changedFields(record.fields, previous?.records[record.field])).length > 0,
  )
  return {
    fields,
    lines,
    removedLines,
    records,
    any: previous === null || Object.keys(fields).length > 0 || lines.length > 0 || removedLines.length > 0,
  }
}

/** Lines that stood at the target and that the source has no more. */
export function goneLines(
  plan: Plan,
  own: RecordKey,
  mapped: MappedRecord,
  previous: Pick<DeliveredHashes, 'lines' | 'adoptedLines'>,
): RemovedLine[] {
  const present = new Set(mapped.lines.map(lineId))
  const gone: RemovedLine[] = []
  for (const id of Object.keys(previous.lines)) {
    if (present.has(id)) continue
    const [field = '', as = ''] = id.split('/', 2)
    const fieldPlan = plan.fields[field]
    const block =
      fieldPlan?.kind === 'lines' ? fieldPlan.blocks.find((candidate) => candidate.as === as) : undefined
    // A block that the mapping no longer has: what it wrote stays until someone decides otherwise.
    if (block === undefined || block.gone === 'ignore') continue
    const line = id.slice(field.length + as.length + 2)
    const values = block.gone === 'remove' ? null : (block.gone.set as Record<string, FieldValue>)
    const adoptedId = previous.adoptedLines?.[id]
    gone.push({
      field,
      key: lineKey(own, { as, key: line }),
      ...(adoptedId === undefined ? {} : { adoptedId }),
      values,
    })
  }
  return gone
}

/** What a line is called in the ledger. */
export function lineId(line: MappedLine): string {
  return `${line.field}/${line.as}/${line.key}`
}

function fieldHashesText(fields: FieldValues): string {
  let text = '{'
  for (const name of namesOf(fields)) {
    if (text.length > 1) text += ','
    text += `${quoted(name)}:"${fingerprintOf(fields[name] as JsonValue)}"`
  }
  return `${text}}`
}

/** In order; mapped fields mostly are. */
function namesOf(fields: FieldValues): readonly string[] {
  const names = Object.keys(fields)
  for (let index = 1; index < names.length; index++)
    if (names[index]! < names[index - 1]!) return names.sort()
  return names
}

/** Names of fields in quotes: there are as many as the mappings have. */
const quotedNames = new Map<string, string>()

function quoted(name: string): string {
  const known = quotedNames.get(name)
  if (known !== undefined) return known
  const text = JSON.stringify(name)
  quotedNames.set(name, text)
  return text
}

function changedFields(fields: FieldValues, previous: FieldHashes | undefined): FieldValues {
  if (previous === undefined) return fields
  return Object.fromEntries(
    Object.entries(fields).filter(([name, value]) => previous[name] !== fingerprintOf(value as JsonValue)),
  )
}
