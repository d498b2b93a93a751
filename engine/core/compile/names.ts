import type { Diagnostic } from '../model/diagnostic.ts'
import type { ParsedMapping } from '../parse/repository.ts'

/** The first part of every key: `keys`, else the name the mapping had before it was renamed, else its name. */
export function namespaceOf({ keys, moved, mapping }: ParsedMapping['value']): string {
  return keys ?? moved?.from ?? mapping
}

/** Faults of names between mappings: keys that two of them would share, and a move from a mapping that is still there. */
export function nameFaults(
  mappings: readonly ParsedMapping[],
  mappingNames: ReadonlySet<string>,
): readonly Diagnostic[] {
  const faults: Diagnostic[] = []
  const owners = new Map<string, string>()
  for (const { document, value } of mappings) {
    const from = value.moved?.from
    if (from !== undefined && mappingNames.has(from)) {
      faults.push({
        ...document.placeOf(['moved', 'from']),
        code: 'moved-from-itself',
        severity: 'error',
        message:
          from === value.mapping
            ? 'The mapping says that it was called as it is called.'
            : `"${from}" is still a mapping of its own, so this cannot be it under another name.`,
        hint: 'Name what it was called before, or remove the line.',
      })
      continue
    }
    const namespace = namespaceOf(value)
    const owner = owners.get(namespace)
    if (owner !== undefined)
      faults.push({
        ...(value.keys === undefined ? document.placeOf(['mapping']) : document.placeOf(['keys'])),
        code: 'shared-keys',
        severity: 'error',
        message: `Its keys begin with "${namespace}", as those of ${owner} do: each would take the other's records for its own.`,
        hint: 'Give each mapping keys of its own.',
      })
    else owners.set(namespace, value.mapping)
  }
  return faults
}
