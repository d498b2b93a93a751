import type { SyncError } from '../../core/model/failure.ts'
import { type MissingFields, missingFieldsError } from '../../core/model/missing-fields.ts'
import { type Client, fieldDefinitions } from './client.ts'
import type { Fault } from './fault.ts'

/**
 * Where a load was refused because columns of it name fields that Odoo does not have (any more): the failure that tells all of them.
 * What Odoo says tells one at most, so its fields are asked for anew; null where it has them all, and the refusal is of the values.
 */
export async function missingColumns(
  client: Client,
  fault: Fault,
  load: { readonly model: string; readonly columns: readonly string[] },
  signal: AbortSignal,
): Promise<SyncError | null> {
  if (!/^Invalid field\b/.test(fault.message) && fault.name !== 'builtins.KeyError') return null
  const own = await fieldDefinitions(client, load.model, signal)
  const missing: MissingFields[] = []
  const note = (resource: string, names: Iterable<string>, known: ReadonlyMap<string, unknown>) => {
    const fields = [...new Set(names)].filter((name) => !isKey(name) && !known.has(name))
    if (fields.length > 0) missing.push({ connection: client.config.connection, resource, fields })
  }
  const paths = load.columns.map((column) => column.split('/'))
  note(
    load.model,
    paths.map(([name]) => name!),
    own,
  )
  for (const [name, ofLines] of Map.groupBy(
    paths.filter(([, inner]) => inner !== undefined && !isKey(inner)),
    ([field]) => field!,
  )) {
    const relation = own.get(name)?.relation
    if (relation == null) continue
    const inner = await fieldDefinitions(client, relation, signal)
    note(
      relation,
      ofLines.map(([, field]) => field!),
      inner,
    )
  }
  // One model at a time: what is missing in the other one is told once this is mended.
  const [first] = missing
  return first === undefined ? null : missingFieldsError(first, messageOf(first))
}

function messageOf({ resource, fields }: MissingFields): string {
  return `Odoo has no field ${fields.join(', ')} of ${resource} (any more).`
}

function isKey(name: string): boolean {
  return name === 'id' || name === '.id'
}
