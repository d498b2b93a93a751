import type { JsonObject, JsonValue } from '../../core/model/json.ts'
import type { SelectedField, Selection } from '../../core/model/selection.ts'
import { type Client, searchRead } from './client.ts'
import { fromOdoo } from './values.ts'

/** Ids in one domain. */
const CHUNK = 1000

/** The selected fields of rows that `search_read` gave; related records are read in one call a field and page. */
export async function selectData(
  client: Client,
  model: string,
  selection: Selection,
  rows: readonly JsonObject[],
  signal: AbortSignal,
): Promise<readonly JsonObject[]> {
  const data: Record<string, JsonValue>[] = rows.map(() => ({}))
  for (const [name, selected] of Object.entries(selection)) {
    const convert =
      selected.fields === undefined || rows.length === 0
        ? (value: JsonValue | undefined) => fromOdoo(value, selected.type)
        : await related(client, model, name, selected, selected.fields, rows, signal)
    for (const [index, row] of rows.entries()) data[index]![name] = convert(row[name])
  }
  return data
}

async function related(
  client: Client,
  model: string,
  name: string,
  selected: SelectedField,
  selection: Selection,
  rows: readonly JsonObject[],
  signal: AbortSignal,
): Promise<(value: JsonValue | undefined) => JsonValue> {
  const definition = (await client.fieldsOf(model, signal)).get(name)
  const relation = definition?.relation
  if (relation === undefined || relation === null) return (value) => fromOdoo(value, selected.type)
  const single = definition?.type === 'many2one'
  const idsIn = (value: JsonValue | undefined): readonly number[] => {
    if (single) return [Array.isArray(value) ? value[0] : value].filter((id) => typeof id === 'number')
    return Array.isArray(value) ? value.filter((id) => typeof id === 'number') : []
  }
  const ids = [...new Set(rows.flatMap((row) => idsIn(row[name])))]
  const children: JsonObject[] = []
  const fields = [...new Set(['id', ...Object.keys(selection)])]
  for (let start = 0; start < ids.length; start += CHUNK) {
    const args = { domain: [['id', 'in', ids.slice(start, start + CHUNK)]], fields, order: 'id' }
    children.push(...(await searchRead(client, relation, args, signal, { active_test: false })))
  }
  const data = await selectData(client, relation, selection, children, signal)
  const byId = new Map(children.map((child, index) => [child.id, data[index]!]))
  return (value) => {
    const found = idsIn(value).flatMap((id) => byId.get(id) ?? [])
    return single ? (found[0] ?? null) : found
  }
}
