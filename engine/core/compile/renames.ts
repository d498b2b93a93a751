import type { RecordedField, RecordedSchema, RecordedSchemas } from '../model/recorded.ts'

/** A target field by the name an author wrote, in the spelling of the connection's version. */
export interface SpelledField {
  /** As the version of the connection spells it. */
  readonly name: string
  readonly field: RecordedField
  /** The current name, when an old one was written. */
  readonly current: string | null
}

/**
 * Finds a field under the name of the newest recorded version or of the connection's own (`x-formerly` says what a field was
 * called before), so that one mapping runs on both sides of a rename.
 */
export function spellField(
  schemas: RecordedSchemas,
  schema: RecordedSchema,
  written: string,
): SpelledField | null {
  const own = schema.properties[written]
  if (own !== undefined) {
    const current = currentName(schemas, schema, written)
    return { name: written, field: own, current: current === written ? null : current }
  }
  for (const [name, field] of Object.entries(schema.properties)) {
    if (field['x-formerly'] === written) return { name, field, current: name }
  }
  for (const newer of newerSchemas(schemas, schema)) {
    const former = newer.properties[written]?.['x-formerly']
    if (typeof former === 'string') {
      const field = schema.properties[former]
      if (field !== undefined) return { name: former, field, current: null }
    }
  }
  return null
}

/** All names under which fields of the schema may be written. */
export function fieldNames(schemas: RecordedSchemas, schema: RecordedSchema): readonly string[] {
  const names = new Set(Object.keys(schema.properties))
  for (const newer of newerSchemas(schemas, schema)) {
    for (const [name, field] of Object.entries(newer.properties)) {
      if (typeof field['x-formerly'] === 'string' && names.has(field['x-formerly'])) {
        names.add(name)
        names.delete(field['x-formerly'])
      }
    }
  }
  return [...names]
}

function currentName(schemas: RecordedSchemas, schema: RecordedSchema, name: string): string {
  for (const newer of newerSchemas(schemas, schema)) {
    for (const [current, field] of Object.entries(newer.properties)) {
      if (field['x-formerly'] === name && newer.properties[name] === undefined) return current
    }
  }
  return name
}

function newerSchemas(schemas: RecordedSchemas, schema: RecordedSchema): readonly RecordedSchema[] {
  const system = schema['x-system']
  const versions = schemas.versions(system)
  const newer = versions.slice(versions.indexOf(schema['x-version']) + 1)
  return newer.flatMap((version) => schemas.schema(system, version, schema.title) ?? [])
}
