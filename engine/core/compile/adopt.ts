import { didYouMean } from '../expression/nearest.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../model/json.ts'
import type { Plan } from '../model/plan.ts'
import type { FieldType, RecordedSchema } from '../model/recorded.ts'
import type { Context } from './context.ts'
import { fieldNames, spellField } from './renames.ts'
import type { Path } from './report.ts'
import { requiredNames } from './target-field.ts'

/** `adopt` as it is written. */
interface Written {
  readonly by: string | readonly string[]
}

/** By which fields records that stand at the target already are recognised: values that the mapping has for each record. */
export function adoptOf(
  context: Context,
  where: Path,
  written: Written | undefined,
  fields: Readonly<Record<string, unknown>>,
): Plan['target']['adopt'] {
  if (written === undefined) return null
  const schema = context.targetSchema
  const by = namesAt(written, where).flatMap(([name, at]) => {
    const spelled = spellField(context.schemas, schema, name)
    if (spelled === null) {
      context.report.add(
        'error',
        'unknown-target-field',
        at,
        `"${name}" is not a field of ${schema.title}.`,
        didYouMean(name, fieldNames(context.schemas, schema)),
      )
      return []
    }
    return spelledIfFilled(context, at, name, schema, fields, 'this mapping')
  })
  return by.length === 0 ? null : { by }
}

/** By which fields lines that stand at the target already are recognised. */
export function lineAdoptOf(
  context: Context,
  where: Path,
  written: Written | undefined,
  schema: RecordedSchema,
  fields: Readonly<Record<string, unknown>>,
): readonly string[] | null {
  if (written === undefined) return null
  return namesAt(written, where).flatMap(([name, at]) =>
    spelledIfFilled(context, at, name, schema, fields, 'this block'),
  )
}

/** Each name with the place where it stands. */
function namesAt({ by }: Written, where: Path): readonly (readonly [name: string, at: Path])[] {
  return typeof by === 'string' ? [[by, where]] : by.map((name, index) => [name, [...where, index]])
}

/** The name in the target's spelling. Where the mapping has no value to look for, nothing would ever be taken over. */
function spelledIfFilled(
  context: Context,
  where: Path,
  name: string,
  schema: RecordedSchema,
  fields: Readonly<Record<string, unknown>>,
  who: string,
): readonly string[] {
  const spelledOf = (written: string) => spellField(context.schemas, schema, written)
  const filled = Object.entries(fields).flatMap(([written, value]) => {
    const list = spelledOf(written)?.field['x-type'].endsWith('2many') === true
    const ownRecord = isJsonObject(value as JsonValue) && 'fields' in (value as JsonObject)
    return list || ownRecord ? [] : [written]
  })
  const spelled = spelledOf(name)?.name ?? name
  if (filled.some((written) => (spelledOf(written)?.name ?? written) === spelled)) {
    const because = unsearchable(context, schema, spelled)
    if (because === null) return [spelled]
    const hint = 'Choose a field that people fill, such as a name, a number or a code.'
    context.report.add(
      'error',
      'adopt-not-searchable',
      where,
      `Records cannot be found by "${name}": ${because}.`,
      hint,
    )
    return []
  }
  // It may be required and missing, or the one that is misspelt there, which is told already.
  if (requiredNames(schema).includes(spelled)) return []
  if (filled.some((written) => spelledOf(written) === null)) return []
  context.report.add(
    'error',
    'adopt-not-filled',
    where,
    `Records are recognised by "${name}", which ${who} does not fill with one value: none would ever be taken over.`,
    didYouMean(name, filled) ?? `Fill it, or choose one of: ${filled.join(', ')}.`,
  )
  return []
}

/** Why a target cannot be asked for the records that have a value in a field; null when it can. */
function unsearchable(context: Context, schema: RecordedSchema, name: string): string | null {
  const field = schema.properties[name]
  if (field === undefined) return null
  const kind = UNSEARCHABLE[field['x-type']]
  if (kind !== undefined) return kind
  return field['x-stored'] === false && !isInherited(context, schema, name)
    ? 'it is computed and not stored'
    : null
}

const UNSEARCHABLE: Partial<Record<FieldType, string>> = {
  html: 'it holds formatted text',
  binary: 'it holds a file',
  json: 'it holds a structure',
  boolean: 'half of all records have the same',
  many2many: 'it holds several records',
}

/** Whether a field is one of the record that this one extends (a product's template), where it is stored. */
function isInherited(context: Context, schema: RecordedSchema, name: string): boolean {
  return Object.values(schema.properties).some((field) => {
    if (field['x-type'] !== 'many2one' || field['x-required'] !== true) return false
    const extended = context.schemas.schema(
      schema['x-system'],
      schema['x-version'],
      String(field['x-relation']),
    )
    const own = extended?.properties[name]
    return own !== undefined && own['x-stored'] !== false
  })
}
