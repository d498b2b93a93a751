import { didYouMean } from '../core/expression/nearest.ts'
import { appliedPlans } from '../store/plans.ts'
import { prefixText } from '../temporal/names.ts'
import { UsageError } from './command.ts'
import type { Session } from './session.ts'

/** A name that no mapping has, with the nearest of those there are, or all of them. */
export function unknownMapping(name: string, names: readonly string[]): UsageError {
  const there = names.length === 0 ? 'None is applied yet' : `There are: ${names.join(', ')}`
  return new UsageError(`"${name}" is not a mapping here. ${didYouMean(name, names)?.hint ?? there}`)
}

/** Throws {@link unknownMapping} for what is neither applied nor one of the `others`, which are known though they are not applied. */
export async function refuseUnapplied(
  { store, prefix }: Session,
  name: string,
  others: readonly string[] = [],
): Promise<void> {
  const applied = (await appliedPlans(store, prefixText(prefix))).map(({ plan }) => plan.mapping)
  const names = [...new Set([...applied, ...others])].sort()
  if (!names.includes(name)) throw unknownMapping(name, names)
}
