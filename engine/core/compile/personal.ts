import { didYouMean } from '../expression/nearest.ts'
import { fieldsOf } from '../expression/type.ts'
import { isJsonObject } from '../model/json.ts'
import type { RecordedSchema } from '../model/recorded.ts'
import type { Report } from './report.ts'

/** The source fields that a mapping itself calls personal, as paths below the record; names that are none are reported. */
export function personalPaths(
  report: Report,
  schema: RecordedSchema,
  as: string,
  written: readonly string[] | undefined,
): ReadonlySet<string> {
  const paths = new Set<string>()
  for (const [index, text] of (written ?? []).entries()) {
    const [root, ...names] = text.trim().split('.')
    const where = ['personal', index]
    if (root !== as || names.length === 0) {
      report.add(
        'error',
        'unknown-variable',
        where,
        `"${text}" is no field of the record, which is called "${as}" here.`,
        `Write ${as}. and the field's name.`,
      )
      continue
    }
    const unknown = firstUnknown(schema, names)
    if (unknown === null) paths.add(names.join('.'))
    else
      report.add(
        'error',
        'unknown-field',
        where,
        `${[as, ...unknown.above].join('.')} has no field "${unknown.name}".`,
        didYouMean(unknown.name, unknown.fields),
      )
  }
  return paths
}

function firstUnknown(schema: RecordedSchema, names: readonly string[]) {
  let fields = fieldsOf(schema)
  for (const [index, name] of names.entries()) {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined
    if (!isJsonObject(field)) return { above: names.slice(0, index), name, fields: Object.keys(fields) }
    const items = field['items']
    fields = fieldsOf(isJsonObject(items) ? items : field)
  }
  return null
}
