import { didYouMean } from '../expression/nearest.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../model/json.ts'
import type { Plan } from '../model/plan.ts'
import type { RecordedSchema } from '../model/recorded.ts'
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
  if (filled.some((written) => (spelledOf(written)?.name ?? written) === spelled)) return [spelled]
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
