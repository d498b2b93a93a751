import { isJsonObject, type JsonValue } from '../../model/json.ts'
import type { Path } from '../document.ts'
import type { MappingFile } from '../language.generated.ts'
import { nearOrAll, type Rule } from './rule.ts'

export const connectorsExist: Rule = ({ repository, known, add }) => {
  for (const { document, value } of Object.values(repository.connections)) {
    if (known.connectors[value.connector] !== undefined) continue
    add(document, ['connector'], {
      code: 'unknown-connector',
      message: `There is no connector "${value.connector}".`,
      hint: nearOrAll(value.connector, Object.keys(known.connectors)),
    })
  }
}

export const connectionsExist: Rule = ({ repository, connectionNames, add }) => {
  const names = [...new Set([...Object.keys(repository.connections), ...connectionNames])]
  for (const { document, value } of Object.values(repository.mappings)) {
    const uses: readonly (readonly [string, Path, 'key' | 'value'])[] = [
      [value.source.connection, ['source', 'connection'], 'value'],
      [value.target.connection, ['target', 'connection'], 'value'],
      ...Object.keys(value.scopes ?? {}).map((name) => [name, ['scopes', name], 'key'] as const),
    ]
    for (const [name, path, of] of uses) {
      if (names.includes(name)) continue
      const hint = nearOrAll(name, names) ?? 'Write mappings/connections/NAME.yaml.'
      add(document, path, {
        code: 'unknown-connection',
        message: `There is no connection "${name}".`,
        hint,
        of,
      })
    }
  }
}

/** Names that an expression, the plan or CEL itself uses for something else. */
const TAKEN_NAMES = new Set(
  (
    'target true false null in as break const continue else for function if import let loop package namespace ' +
    'return var void while has when coalesce match link ref table adjust'
  ).split(' '),
)

/** `as` of the source and of every block: lines are known by it, and expressions use it. */
export const namesAreFree: Rule = ({ repository, add }) => {
  for (const { document, value } of Object.values(repository.mappings)) {
    for (const { name, path, reserved } of takenNames(value)) {
      const fault = reserved
        ? { code: 'reserved-name' as const, message: `"${name}" means something else in expressions.` }
        : {
            code: 'duplicate-name' as const,
            message: `"${name}" names something else in this mapping; lines are known by it.`,
          }
      add(document, path, { ...fault, hint: 'Choose another name.' })
    }
  }
}

/** Names of records and blocks that mean something else already. */
export function takenNames({
  source,
  fields,
}: Pick<MappingFile, 'source' | 'fields'>): readonly { name: string; path: Path; reserved: boolean }[] {
  const taken = new Set<string>()
  return [[source.as, ['source', 'as']] as const, ...blockNames(fields)].flatMap(([name, path]) => {
    const reserved = TAKEN_NAMES.has(name)
    if (!reserved && !taken.has(name)) {
      taken.add(name)
      return []
    }
    return [{ name, path, reserved }]
  })
}

function* blockNames(fields: Readonly<Record<string, unknown>>): Iterable<readonly [string, Path]> {
  for (const [field, written] of Object.entries(fields)) {
    if (Array.isArray(written))
      for (const [index, block] of written.entries()) yield [String(block.as), ['fields', field, index, 'as']]
    else if (isJsonObject(written as JsonValue) && 'as' in (written as object))
      yield [String((written as { as: string }).as), ['fields', field, 'as']]
  }
}
