import type { FieldValue, FieldValues, TargetShape } from '../model/connector.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../model/json.ts'
import type { Plan } from '../model/plan.ts'
import type { Selection } from '../model/selection.ts'

/** What of a plan says which values are personal. */
export interface PersonalPlan {
  readonly source: Pick<Plan['source'], 'selection'>
  readonly target: Pick<Plan['target'], 'shape' | 'label'>
}

/** Shorter ones say nothing of anybody, and stand in too many words. */
const SHORTEST = 2

/** The personal values of one record, as read and as mapped: by them it is recognised wherever somebody quotes it. */
export function personalValues(
  plan: PersonalPlan,
  record: { readonly data: JsonObject | null; readonly mapped: JsonObject | null },
): readonly string[] {
  const found = new Set<string>()
  if (record.data !== null) collect(plan.source.selection, record.data, found)
  for (const [field, value] of Object.entries(record.mapped ?? {}))
    if (plan.target.shape.fields[field]?.personal === true) addAll(value, found)
  return [...found]
}

/** What is sent for one record. */
interface Sent {
  readonly fields: FieldValues
  readonly firstTimeFields: FieldValues
  readonly lines: readonly { readonly field: string; readonly fields: FieldValues }[]
  readonly records: readonly { readonly shape: TargetShape; readonly fields: FieldValues }[]
}

/** The personal values of what is sent for one record: in its own fields, those of its lines, and records of its own. */
export function personalSent(plan: PersonalPlan, mapped: Sent): readonly string[] {
  const found = new Set<string>()
  const { shape } = plan.target
  const collectOf = (fields: FieldValues, of: TargetShape | undefined) => {
    for (const [name, value] of Object.entries(fields))
      if (of?.fields[name]?.personal === true) addAll(value, found)
  }
  for (const fields of [mapped.fields, mapped.firstTimeFields]) collectOf(fields, shape)
  for (const { field, fields } of mapped.lines) collectOf(fields, shape.fields[field]?.lines)
  for (const own of mapped.records) collectOf(own.fields, own.shape)
  return [...found]
}

/** Whether what people call a record is made of personal values, so that it says something of a person without the record too. */
export function isLabelPersonal({ source, target }: PersonalPlan): boolean {
  const { label } = target
  return label !== null && 'cel' in label && readsPersonal(source.selection, label.cel)
}

function readsPersonal(selection: Selection, expression: string): boolean {
  return Object.entries(selection).some(
    ([name, field]) =>
      expression.includes(`.${name}`) &&
      (field.personal === true || (field.fields !== undefined && readsPersonal(field.fields, expression))),
  )
}

function collect(selection: Selection, value: JsonValue, found: Set<string>): void {
  if (Array.isArray(value)) for (const item of value) collect(selection, item, found)
  if (!isJsonObject(value)) return
  for (const [name, field] of Object.entries(selection)) {
    const member = value[name]
    if (member === undefined || member === null) continue
    if (field.personal === true) addAll(member, found)
    else if (field.fields !== undefined) collect(field.fields, member, found)
  }
}

/** The texts and numbers in a value, all of them personal. */
export function personalTexts(value: JsonValue): readonly string[] {
  const found = new Set<string>()
  addAll(value, found)
  return [...found]
}

function addAll(value: JsonValue | FieldValue, found: Set<string>): void {
  if (Array.isArray(value)) for (const item of value) addAll(item, found)
  else if (isJsonObject(value)) for (const member of Object.values(value)) addAll(member, found)
  else if (typeof value === 'string' || typeof value === 'number') {
    const text = String(value).trim()
    if (text.length >= SHORTEST) found.add(text)
  }
}
