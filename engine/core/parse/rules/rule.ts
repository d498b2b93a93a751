import { didYouMean } from '../../expression/nearest.ts'
import type { Advised, Diagnostic } from '../../model/diagnostic.ts'
import type { Code } from '../../model/diagnostics.ts'
import { isJsonObject, type JsonValue } from '../../model/json.ts'
import type { ParsedDocument, Path } from '../document.ts'
import type { Known, Repository } from '../repository.ts'

/** What a rule sees: the sound files of a repository, and where to tell what it finds. */
export interface RuleContext {
  readonly repository: Repository
  readonly known: Known
  /** Names of connections that files declare, broken ones too. */
  readonly connectionNames: ReadonlySet<string>
  /** Connections whose settings are not sound, or whose connector is not known. */
  readonly unusable: ReadonlySet<string>
  /** Whether temporal.yaml is sound; without it nobody knows secrets and environments. */
  readonly settingsAreSound: boolean
  /** Whether every file could be read: only then is what is not found not there. */
  readonly allAreSound: boolean
  readonly add: Add
  /** Hands on a fault that was put together elsewhere. */
  readonly tell: (diagnostic: Diagnostic) => void
}

/** One rule over the whole repository. Reports as many faults as it finds and never throws. */
export type Rule = (context: RuleContext) => void

export type Add = (
  document: ParsedDocument,
  path: Path,
  fault: {
    readonly code: Code
    readonly message: string
    readonly hint: Advised
    readonly severity?: Diagnostic['severity']
    /** Where the fault is shown: at the value (default) or at its key. */
    readonly of?: 'key' | 'value'
  },
) => void

/** "Did you mean …?", else what there is; null when there is nothing. */
export function nearOrAll(found: string, names: readonly string[]): Advised {
  const near = didYouMean(found, names)
  if (near !== null) return near
  return names.length === 0 ? null : `There ${names.length === 1 ? 'is' : 'are'}: ${names.join(', ')}.`
}

/** Every value below a value that is neither a list nor a block, with its path. */
export function* leavesOf(value: unknown, path: Path = []): Iterable<readonly [JsonValue, Path]> {
  if (Array.isArray(value))
    for (const [index, item] of value.entries()) yield* leavesOf(item, [...path, index])
  else if (isJsonObject(value as JsonValue))
    for (const [name, item] of Object.entries(value as object)) yield* leavesOf(item, [...path, name])
  else yield [(value ?? null) as JsonValue, path]
}
