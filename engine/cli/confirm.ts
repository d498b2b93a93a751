import { createInterface } from 'node:readline/promises'
import { type Invocation, UsageError } from './command.ts'

/**
 * Asks before something is done that people may want to think over. `--yes` and `--json` are the answer already; where nobody can be
 * asked and neither was given, nothing is done.
 */
export async function confirm({ options, output, signal }: Invocation, question: string): Promise<boolean> {
  if (options['yes'] === true || output.json) return true
  if (process.stdin.isTTY !== true)
    throw new UsageError('Nobody can be asked here: add --yes to go on without asking')
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    const answer = await terminal.question(`${question} [y/N] `, { signal })
    return /^y(es)?$/i.test(answer.trim())
  } finally {
    terminal.close()
  }
}
