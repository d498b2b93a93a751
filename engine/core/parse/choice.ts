import { isJsonObject, type JsonObject, type JsonValue } from '../model/json.ts'

/** Whether something is wrong with the value at a JSON pointer or below it. */
export type Faulty = (pointer: string) => boolean

/**
 * A schema with every `anyOf` and `oneOf` decided for one value, so that each fault has one message: the branch is taken that has most
 * keys in common with the value and lacks fewest. A choice stays where no branch is of the value's kind. Parts of the value that are not
 * faulty may be anything: what is left is small, and quick to compile.
 */
export function decideFor(
  schema: JsonValue,
  value: JsonValue,
  root: JsonObject,
  faulty: Faulty,
  pointer = '',
): JsonValue {
  if (!faulty(pointer)) return true
  if (!isJsonObject(schema)) return schema
  const { $ref, ...own } = schema
  if (typeof $ref === 'string') {
    const target = referred($ref, root)
    // What the definition says of its form stays, beside what is said of it here.
    const whole = { ...target, ...own, 'x-form': target['description'] ?? null }
    return decideFor(whole, value, root, faulty, pointer)
  }
  const { anyOf, oneOf, ...rest } = own
  const branches = (anyOf ?? oneOf) as readonly JsonValue[] | undefined
  if (branches === undefined) return decideParts(own, value, root, faulty, pointer)
  const chosen = choose(
    branches.map((branch) => decideFor(branch, value, root, faulty, pointer)),
    value,
  )
  return chosen === null ? own : { allOf: [decideParts(rest, value, root, faulty, pointer), chosen] }
}

function referred($ref: string, root: JsonObject): JsonObject {
  const parts = $ref.split('/').slice(1)
  const found = parts.reduce<JsonValue>((at, part) => (isJsonObject(at) ? (at[part] ?? null) : null), root)
  return isJsonObject(found) ? found : {}
}

function decideParts(
  schema: JsonObject,
  value: JsonValue,
  root: JsonObject,
  faulty: Faulty,
  pointer: string,
): JsonObject {
  const decided: Record<string, JsonValue> = { ...schema }
  const decide = (part: JsonValue, item: JsonValue, name: string) =>
    decideFor(part, item, root, faulty, `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`)
  if (Array.isArray(schema['allOf']))
    decided['allOf'] = (schema['allOf'] as readonly JsonValue[]).map((part) =>
      decideFor(part, value, root, faulty, pointer),
    )
  if (Array.isArray(value) && isJsonObject(schema['items'] ?? null)) {
    decided['prefixItems'] = value.map((item: JsonValue, index: number) =>
      decide(schema['items']!, item, String(index)),
    )
    delete decided['items']
  }
  if (isJsonObject(value)) {
    const known = Object.keys((schema['properties'] ?? {}) as JsonObject)
    const properties: Record<string, JsonValue> = Object.fromEntries(known.map((name) => [name, true]))
    const others = schema['additionalProperties'] ?? true
    for (const [name, item] of Object.entries(value)) {
      if (known.includes(name))
        properties[name] = decide((schema['properties'] as JsonObject)[name]!, item, name)
      else if (isJsonObject(others)) properties[name] = decide(others, item, name)
    }
    if (Object.keys(properties).length > 0) decided['properties'] = properties
  }
  return decided
}

/** The branch that fits best; several of equal fit become one that knows the keys of all. Null: none is of the value's kind. */
function choose(branches: readonly JsonValue[], value: JsonValue): JsonValue | null {
  const fitting = branches.filter((branch) => isJsonObject(branch) && kindFits(branch, value)) as JsonObject[]
  if (fitting.length < 2 || !isJsonObject(value)) return fitting[0] ?? null
  const scored = fitting.map((branch) => {
    const block = blockOf(branch)
    return { branch, block, score: keyScore(block, value) }
  })
  const best = Math.max(...scored.map(({ score }) => score))
  const tied = scored.filter(({ score }) => score === best)
  if (tied.length === 1) return tied[0]!.branch
  const blocks = tied.map(({ block }) => block)
  return {
    type: 'object',
    properties: Object.assign({}, ...blocks.map(({ properties }) => properties)) as JsonObject,
    required: blocks[0]!.required.filter((name) => blocks.every(({ required }) => required.includes(name))),
    additionalProperties: blocks.every(({ isClosed }) => isClosed) ? false : {},
  }
}

/** What a branch says of the keys of a block, through every `allOf` in it. */
interface Block {
  readonly properties: JsonObject
  readonly required: readonly string[]
  readonly isClosed: boolean
}

function blockOf(branch: JsonObject): Block {
  const parts = ((branch['allOf'] ?? []) as readonly JsonObject[]).map(blockOf)
  return {
    properties: Object.assign(
      {},
      branch['properties'],
      ...parts.map(({ properties }) => properties),
    ) as JsonObject,
    required: [
      ...((branch['required'] ?? []) as readonly string[]),
      ...parts.flatMap(({ required }) => required),
    ],
    isClosed: branch['additionalProperties'] === false || parts.some(({ isClosed }) => isClosed),
  }
}

function keyScore({ properties, required }: Block, value: JsonObject): number {
  const names = Object.keys(value)
  const shared = names.filter((name) => Object.hasOwn(properties, name) || required.includes(name)).length
  const lacking = required.filter((name) => !names.includes(name)).length
  return shared * 2 - lacking
}

function kindFits(branch: JsonObject, value: JsonValue): boolean {
  if (Array.isArray(branch['allOf']))
    return (branch['allOf'] as readonly JsonObject[]).every((part) => kindFits(part, value))
  // A choice that could not be decided fits nothing.
  if ('anyOf' in branch || 'oneOf' in branch) return false
  const values = (branch['enum'] ?? ('const' in branch ? [branch['const']!] : null)) as
    | readonly JsonValue[]
    | null
  if (values?.every((item) => kindOf(item) !== kindOf(value))) return false
  const types = [branch['type'] ?? []].flat() as readonly string[]
  return (
    types.length === 0 ||
    types.some((type) => type === kindOf(value) || (type === 'integer' && kindOf(value) === 'number'))
  )
}

function kindOf(value: JsonValue): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : typeof value
}
