import { isJsonObject, type JsonObject, type JsonValue } from '../../core/model/json.ts'
import { type Client, readValue } from './client.ts'
import { recordedType } from './values.ts'

/** JSON type of each recorded type; a list of both where Odoo may give nothing. */
const JSON_TYPES: Readonly<Record<string, string>> = {
  boolean: 'boolean',
  integer: 'integer',
  many2many: 'array',
  one2many: 'array',
}

/** The live shape of a model, in the form of a recorded schema. */
export async function discover(client: Client, resource: string, signal: AbortSignal): Promise<JsonObject> {
  const { version } = await client.server(signal)
  const fields = await readValue(client, {
    model: resource,
    method: 'fields_get',
    args: { attributes: ['type', 'relation', 'selection', 'readonly', 'required', 'store'] },
    purpose: 'read',
    signal,
  })
  const properties: Record<string, JsonValue> = {}
  for (const name of Object.keys(fields as JsonObject).sort()) {
    const field = (fields as JsonObject)[name]
    if (isJsonObject(field)) properties[name] = propertyOf(field)
  }
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: resource,
    'x-system': 'odoo',
    'x-version': version,
    type: 'object',
    properties,
  }
}

function propertyOf(field: JsonObject): JsonObject {
  const type = recordedType(String(field.type))
  const jsonType = JSON_TYPES[type] ?? 'string'
  const choices = Array.isArray(field.selection)
    ? field.selection.map((choice: JsonValue) => (Array.isArray(choice) ? choice[0]! : choice))
    : []
  return {
    type: jsonType === 'string' || jsonType === 'integer' ? [jsonType, 'null'] : jsonType,
    'x-type': type,
    ...(typeof field.relation === 'string' ? { 'x-relation': field.relation } : {}),
    ...(choices.length > 0 ? { enum: [...choices, null] } : {}),
    ...(field.readonly === true ? { 'x-readonly': true } : {}),
    ...(field.required === true ? { 'x-required': true } : {}),
    ...(field.store === false ? { 'x-stored': false } : {}),
  }
}
