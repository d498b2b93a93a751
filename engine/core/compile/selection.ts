import { isJsonObject, type JsonObject, type JsonValue } from '../model/json.ts'
import type { FieldType, RecordedSchema } from '../model/recorded.ts'
import type { SelectedField, Selection } from '../model/selection.ts'

interface Draft {
  [field: string]: { -readonly [K in keyof SelectedField]: SelectedField[K] } & { fields?: Draft }
}

/**
 * The part of a recorded schema that the paths read: what the connector is asked for. Unknown paths are left out (they are reported
 * elsewhere). `personal`: paths that say something of a person beside those the schema calls so.
 */
export function selectionOf(
  schema: RecordedSchema,
  paths: Iterable<string>,
  personal: ReadonlySet<string> = new Set(),
): Selection {
  const root: Draft = {}
  for (const path of [...paths].sort()) {
    let properties: JsonObject = schema.properties
    let draft = root
    const parts = path.split('.')
    for (const [depth, part] of parts.entries()) {
      const node = properties[part]
      if (!isJsonObject(node ?? null)) break
      const field = node as JsonObject
      const items = field['items']
      const inner = isJsonObject(items ?? null) ? (items as JsonObject) : field
      const selected = (draft[part] ??= fieldOf(field, inner))
      if (personal.has(parts.slice(0, depth + 1).join('.'))) selected.personal = true
      if (!isJsonObject((inner['properties'] ?? null) as JsonValue)) break
      properties = inner['properties'] as JsonObject
      selected.fields ??= {}
      draft = selected.fields
    }
  }
  return root
}

function fieldOf(field: JsonObject, inner: JsonObject): Draft[string] {
  const isList = field['x-type'] === 'list' || field['type'] === 'array' || inner !== field
  const list =
    field['x-connection'] === true
      ? 'connection'
      : isJsonObject((field['x-arguments'] ?? null) as JsonValue)
        ? 'first'
        : 'plain'
  const type = (isList ? (inner['x-type'] ?? 'object') : field['x-type']) as FieldType
  return {
    type,
    ...(isList ? { list } : {}),
    ...valuesOf(type, inner),
    ...(typeof field['x-computed'] === 'string' ? { computed: true as const } : {}),
    ...(field['x-personal'] === true || inner['x-personal'] === true ? { personal: true as const } : {}),
  }
}

/** What a recorded selection may be. */
function valuesOf(type: FieldType, field: JsonObject): { readonly values?: readonly string[] } {
  const written = field['enum']
  if (type !== 'selection' || !Array.isArray(written)) return {}
  return { values: written.filter((value) => typeof value === 'string') }
}
