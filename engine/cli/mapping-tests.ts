import { versionOf } from '../core/compile/context.ts'
import { didYouMean } from '../core/expression/nearest.ts'
import { type MappingTest, runMappingTests, type TestResult } from '../core/mapping-test/run.ts'
import { SyncError } from '../core/model/failure.ts'
import type { Plan } from '../core/model/plan.ts'
import { recordedSamples } from './recorded-files.ts'
import type { Workspace } from './workspace.ts'

/** The tests of one mapping file, run. */
export interface MappingTests {
  readonly plan: Plan
  readonly file: string
  readonly results: readonly (TestResult & { readonly test: MappingTest; readonly line: number })[]
}

/** Runs the tests inside the mapping files; of those named, or of all. */
export function runTests(workspace: Workspace, names: readonly string[]): readonly MappingTests[] {
  const samples = recordedSamples(workspace.folder)
  const known = workspace.plans.map(({ plan }) => plan.mapping)
  for (const name of names)
    if (!known.includes(name))
      throw new SyncError(
        'invalid-plan',
        `There is no mapping "${name}". ${didYouMean(name, known)?.hint ?? `There are: ${known.join(', ')}.`}`,
      )
  return workspace.plans
    .filter(({ plan }) => names.length === 0 || names.includes(plan.mapping))
    .map(({ plan }) => {
      const { document, value } = workspace.repository!.mappings[plan.mapping]!
      const tests = (value.tests ?? []) as unknown as readonly MappingTest[]
      const { connection, resource } = plan.source
      const of = [connection.connector, versionOf(connection)] as const
      const results = runMappingTests(plan, tests, {
        sample: (name) => samples.sample(...of, name),
        names: samples.names(...of, resource),
      })
      return {
        plan,
        file: document.file,
        results: results.map((result, index) => ({
          ...result,
          test: tests[index]!,
          line: document.placeOf(['tests', index]).line,
        })),
      }
    })
}
