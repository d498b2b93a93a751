import { nearest } from '../expression/nearest.ts'
import type { JsonObject, JsonValue } from '../model/json.ts'
import type { Plan } from '../model/plan.ts'
import { createTransformer } from '../transform/transformer.ts'
import { changeRecord } from './change.ts'
import { type Difference, differencesOf, type Expectation } from './expectation.ts'
import { judgeSample, type TestOutcome } from './outcome.ts'

/** A test as a mapping file holds it. */
export interface MappingTest {
  readonly name: string
  readonly given: {
    readonly sample: string
    readonly change?: Readonly<Record<string, JsonValue>>
    readonly missing?: readonly string[]
    readonly delivered?: boolean
  }
  readonly exact?: boolean
  readonly expect: Expectation
}

export interface TestResult {
  readonly name: string
  readonly passed: boolean
  /** Why the test could not be run; null when it was. */
  readonly fault: string | null
  readonly differences: readonly Difference[]
  readonly outcome: TestOutcome | null
}

/** Runs the tests of a mapping on recorded samples. Pure: samples come from the caller. */
export function runMappingTests(
  plan: Plan,
  tests: readonly MappingTest[],
  samples: {
    readonly sample: (name: string) => JsonObject | null
    /** Those of the mapping's resource, for the nearest name. */
    readonly names: readonly string[]
  },
): readonly TestResult[] {
  const transformer = createTransformer(plan)
  return tests.map(({ name, given, exact, expect }): TestResult => {
    const failed = (fault: string): TestResult => ({
      name,
      passed: false,
      fault,
      differences: [],
      outcome: null,
    })
    const sample = samples.sample(given.sample)
    if (sample === null) return failed(noSample(given.sample, samples.names))
    const changed = changeRecord(sample, given.change ?? {})
    if ('fault' in changed) return failed(changed.fault)
    const { outcome, unusedMissing } = judgeSample(plan, transformer, changed.record, {
      missing: given.missing ?? [],
      delivered: given.delivered === true,
    })
    const [unused] = unusedMissing
    if (unused !== undefined) return failed(`Nothing was looked up by ${unused}, so it cannot be missing.`)
    const differences = differencesOf(expect, outcome, exact === true)
    return { name, passed: differences.length === 0, fault: null, differences, outcome }
  })
}

function noSample(name: string, names: readonly string[]): string {
  const near = nearest(name, names)
  if (near !== null) return `There is no sample "${name}". Did you mean "${near}"?`
  return names.length === 0
    ? `There is no sample "${name}", and none is recorded of this resource.`
    : `There is no sample "${name}". There are: ${names.join(', ')}.`
}
