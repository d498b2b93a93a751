import { checkFiles, createMemory, recordedOf } from '../../engine/cli/workspace.ts'
import { hasErrors } from '../../engine/core/model/diagnostic.ts'
import { isCode } from '../../engine/core/model/diagnostics.ts'
import { ROOT } from '../core/compile/repository.ts'
import { type Mutation, mutationOf } from './mutate.ts'
import { complaintsOf } from './oracle.ts'
import { COMPLETE } from './repository.ts'

/** Milliseconds of processor time that one check may take. */
const LONGEST = 2_000

/**
 * Mutates the shipped files and says what went wrong with the checker: a crash, a check that takes too long, a diagnostic that is
 * nowhere, or silence over a plan that the oracle finds ill. `MUTATION_SEED` and `MUTATION` (a number) repeat one.
 */
export function wrongs(from: number, to: number): readonly string[] {
  const seed = Number(process.env['MUTATION_SEED'] ?? 2611)
  const only = process.env['MUTATION']
  const numbers =
    only === undefined ? Array.from({ length: to - from }, (_, index) => from + index) : [Number(only)]
  const [recorded, memory] = [recordedOf(ROOT), createMemory()]
  const check = (files: Mutation['files']) =>
    checkFiles(new Map(Object.entries(files)), 'default', recorded, memory)
  const hashes = new Set(check(COMPLETE).plans.map(({ hash }) => hash))
  return numbers.flatMap((number) => {
    const mutation = mutationOf(COMPLETE, seed, number)
    const before = process.cpuUsage()
    const found = wrongWith(mutation, check, hashes)
    const { user, system } = process.cpuUsage(before)
    const slow = (user + system) / 1_000 > LONGEST ? [`took ${(user + system) / 1_000} ms`] : []
    return [...found, ...slow].map(
      (what) =>
        `MUTATION_SEED=${seed} MUTATION=${number} (${mutation.how}, ${mutation.file}): ${what}\n${differenceOf(mutation)}`,
    )
  })
}

function wrongWith(
  { files }: Mutation,
  check: (files: Mutation['files']) => ReturnType<typeof checkFiles>,
  hashes: ReadonlySet<string>,
): readonly string[] {
  try {
    const { diagnostics, plans } = check(files)
    const misplaced = diagnostics.flatMap(({ file, line, column, code, message }) => {
      const text = (files[file] ?? '').split('\n')[line - 1]
      const isThere = text !== undefined && column >= 1 && column <= text.length + 1
      return [
        ...(isThere ? [] : [`${code} is told at ${file}:${line}:${column}, which is nowhere: ${message}`]),
        ...(isCode(code) ? [] : [`${code} is no code`]),
      ]
    })
    if (hasErrors(diagnostics)) return misplaced
    const changed = plans.filter(({ hash }) => !hashes.has(hash))
    return [
      ...misplaced,
      ...changed.flatMap(({ plan }) => complaintsOf(plan).map((ill) => `${plan.mapping}: ${ill}`)),
    ]
  } catch (error) {
    return [`crashed: ${(error as Error).stack}`]
  }
}

function differenceOf({ file, files }: Mutation): string {
  const [before, after] = [COMPLETE[file]!, files[file]!].map((text) => text.split('\n'))
  const only = (lines: readonly string[], others: readonly string[], mark: string) =>
    lines.filter((line) => !others.includes(line)).map((line) => `${mark} ${line}`)
  return [...only(before!, after!, '-'), ...only(after!, before!, '+')].slice(0, 6).join('\n')
}
