import { type Invocation, UsageError } from './command.ts'

const MOST = 100_000

/** How many `--limit` asks for. Throws `UsageError` for what is no whole number, or more than anybody reads. */
export function limitOf({ options }: Invocation, otherwise: number): number {
  const text = String(options['limit'] ?? otherwise)
  const limit = /^\d{1,6}$/.test(text) ? Number(text) : 0
  if (limit < 1 || limit > MOST)
    throw new UsageError(`--limit takes a whole number from 1 to ${MOST}, not "${text}"`)
  return limit
}
