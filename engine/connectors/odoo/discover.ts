import { isJsonObject, type JsonObject, type JsonValue } from '../../core/model/json.ts'
import { type Client, readValue } from './client.ts'
import { recordedType } from './values.ts'

/** How each recorded type is described; those not listed are text that may be missing. */
const SHAPES: Readonly<Record<string, JsonObject>> = {
  boolean: { type: 'boolean' },
  integer: { type: 'integer' },
  float: { type: 'number' },
  decimal: { type: 'string' },
  many2many: { type: 'array', items: { type: 'integer' } },
  one2many: { type: 'array', items: { type: 'integer' } },
  json: {},
}
const NULLABLE: Readonly<Record<string, JsonObject>> = {
  many2one: { type: 'integer' },
  date: { type: 'string', format: 'date' },
  datetime: { type: 'string', format: 'date-time' },
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
  const required = field.required === true
  const choices = Array.isArray(field.selection)
    ? field.selection.map((choice: JsonValue) => (Array.isArray(choice) ? choice[0]! : choice))
    : []
  return {
    ...(SHAPES[type] ?? nullable(NULLABLE[type] ?? { type: 'string' }, required)),
    'x-type': type,
    ...(typeof field.relation === 'string' ? { 'x-relation': field.relation } : {}),
    ...(choices.length > 0 ? { enum: required ? choices : [...choices, null] } : {}),
    ...(field.readonly === true ? { 'x-readonly': true } : {}),
    ...(required ? { 'x-required': true } : {}),
    ...(field.store === false ? { 'x-stored': false } : {}),
  }
}

function nullable(shape: JsonObject, required: boolean): JsonObject {
  return required ? shape : { ...shape, type: [shape.type ?? 'string', 'null'] }
}
