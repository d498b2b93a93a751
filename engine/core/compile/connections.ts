import { didYouMean } from '../expression/nearest.ts'
import type { Diagnostic } from '../model/diagnostic.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../model/json.ts'
import type { ParsedConnection, ParsedMapping } from '../parse/repository.ts'
import { constantOf, versionOf } from './context.ts'
import { misfit } from './fit.ts'
import type { Surroundings } from './mapping.ts'
import { fieldNames, spellField } from './renames.ts'
import { createReport, type Report } from './report.ts'

type Recorded = Pick<Surroundings, 'connections' | 'schemas'>

/** What is wrong with connections by what is recorded of their systems, told once however many mappings use them. */
export function connectionFaults(
  connections: Readonly<Record<string, ParsedConnection>>,
  mappings: readonly ParsedMapping[],
  { connections: applied, schemas }: Recorded,
): readonly Diagnostic[] {
  const used = new Set(
    mappings.flatMap(({ value: { source, target } }) => [source.connection, target.connection]),
  )
  return Object.entries(connections).flatMap(([name, { document }]) => {
    const definition = applied[name]?.definition
    if (definition === undefined || !used.has(name)) return []
    const report = createReport(document)
    const [system, version] = [definition.connector, versionOf(definition)]
    if (schemas.resources(system, version).length > 0)
      fixedFaults(report, system, version, definition.settings, schemas)
    else {
      const versions = schemas.versions(system)
      report.add(
        'error',
        'unrecorded-version',
        ['settings', 'version' in definition.settings ? 'version' : 'apiVersion'],
        `Nothing is recorded of ${system} ${version || '(no version)'}.`,
        versions.length === 0
          ? 'Nothing is recorded of any version of it, so nothing could be checked.'
          : `Recorded are: ${versions.join(', ')}. Use one of them.`,
      )
    }
    return report.diagnostics
  })
}

/** The records that the connection sees to itself, for `ref`. */
function fixedFaults(
  report: Report,
  system: string,
  version: string,
  settings: JsonObject,
  schemas: Surroundings['schemas'],
): void {
  const fixed = settings['fixed'] ?? null
  for (const [name, record] of Object.entries(isJsonObject(fixed) ? fixed : {})) {
    const { model, values } = record as { model: string; values: Record<string, JsonValue> }
    const where = ['settings', 'fixed', name]
    const schema = schemas.schema(system, version, model)
    if (schema === null) {
      report.add(
        'error',
        'unknown-resource',
        [...where, 'model'],
        `"${model}" is not a recorded resource of ${system} ${version}.`,
        didYouMean(model, schemas.resources(system, version)),
      )
      continue
    }
    for (const [field, value] of Object.entries(values)) {
      const at = [...where, 'values', field]
      const spelled = spellField(schemas, schema, field)
      const fault = spelled === null ? null : misfit(constantOf(value), spelled.field, field)
      if (spelled === null)
        report.add(
          'error',
          'unknown-target-field',
          at,
          `"${field}" is not a field of ${model}.`,
          didYouMean(field, fieldNames(schemas, schema)),
          'key',
        )
      else if (fault !== null) report.add('error', fault.code, at, fault.message, fault.hint)
    }
  }
}
