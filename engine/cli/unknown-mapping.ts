import { didYouMean } from '../core/expression/nearest.ts'
import { UsageError } from './command.ts'

/** A name that no mapping has, with the nearest of those there are, or all of them. */
export function unknownMapping(name: string, names: readonly string[]): UsageError {
  const hint = didYouMean(name, names)?.hint ?? `There are: ${names.join(', ')}`
  return new UsageError(`"${name}" is not a mapping here. ${hint}`)
}
