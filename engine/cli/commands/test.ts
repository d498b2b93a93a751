import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { rewriteExpectations } from '../../core/mapping-test/rewrite.ts'
import { hasErrors } from '../../core/model/diagnostic.ts'
import { SyncError } from '../../core/model/failure.ts'
import { type Command, EXIT, type Invocation } from '../command.ts'
import { showDiagnostics } from '../diagnostics/human.ts'
import { junitOf, reasonsOf } from '../junit.ts'
import { type MappingTests, runTests } from '../mapping-tests.ts'
import type { Output } from '../output.ts'
import { watching } from '../watching.ts'
import { openWorkspace, type Workspace } from '../workspace.ts'

export const test: Command = {
  positionals: '[MAPPING …]',
  options: {
    update: { type: 'boolean', help: 'write what came out into the expectations that failed' },
    watch: { type: 'boolean', help: 'again whenever a file changes' },
    junit: { type: 'string', value: 'FILE', help: 'write the results as JUnit XML too' },
  },
  examples: [
    ['tidelock test', 'runs all tests; each that fails shows value by value what differs'],
    [
      'tidelock test shopify-orders --update',
      'takes what came out as expected, to be reviewed like any change',
    ],
  ],
  async run(invocation) {
    const { options } = invocation
    if (options['watch'] !== true) return testOnce(invocation)
    await watching(invocation, () => {
      testOnce(invocation)
    })
    return EXIT.ok
  },
}

function testOnce({ positionals, options, output, cwd }: Invocation): number {
  const workspace = openWorkspace(String(options['folder'] ?? cwd), String(options['env'] ?? 'default'))
  if (hasErrors(workspace.diagnostics)) {
    showDiagnostics(workspace, output)
    output.error('Files with errors cannot be tested; mend them first.')
    return EXIT.couldNotRun
  }
  const all = runTests(workspace, positionals)
  if (typeof options['junit'] === 'string') writeReport(resolve(cwd, options['junit']), junitOf(all))
  const updated = options['update'] === true ? update(workspace, all) : 0
  const results = all.flatMap((mapping) => mapping.results.map((result) => ({ mapping, result })))
  const failed = results.filter(({ result }) => !result.passed).length - updated
  output.data({
    passed: results.length - failed - updated,
    failed,
    updated,
    tests: results.map(({ mapping, result }) => ({
      mapping: mapping.plan.mapping,
      name: result.name,
      passed: result.passed,
      file: mapping.file,
      line: result.line,
      fault: result.fault,
      differences: result.differences,
    })),
  })
  for (const mapping of all) showResults(mapping, output)
  output.line(summaryOf(results.length, failed, updated, output))
  return failed > 0 ? EXIT.failed : EXIT.ok
}

function writeReport(path: string, text: string): void {
  try {
    writeFileSync(path, text)
  } catch (error) {
    const { message } = error as Error
    throw new SyncError('invalid-plan', `The results cannot be written to ${path}: ${message}.`, {
      cause: error,
    })
  }
}

function showResults({ plan, file, results }: MappingTests, output: Output): void {
  output.line(
    output.style('bold', plan.mapping) + (results.length === 0 ? output.style('dim', ' has no tests') : ''),
  )
  for (const result of results) {
    output.line(`  ${result.passed ? output.style('green', '✓') : output.style('red', '✗')} ${result.name}`)
    if (result.passed) continue
    output.line(output.style('dim', `      ${file}:${result.line}`))
    for (const reason of reasonsOf(result)) output.line(`      ${reason}`)
  }
}

function summaryOf(count: number, failed: number, updated: number, output: Output): string {
  const parts = [
    `${count - failed - updated} passed`,
    ...(updated > 0 ? [`${updated} updated: review them`] : []),
    ...(failed > 0 ? [`${failed} failed`] : []),
  ]
  return output.style(
    failed > 0 ? 'red' : 'green',
    `${count} test${count === 1 ? '' : 's'}: ${parts.join(', ')}`,
  )
}

/** Gives how many expectations were written anew. */
function update(workspace: Workspace, all: readonly MappingTests[]): number {
  let updated = 0
  for (const { plan, file, results } of all) {
    const outcomes = new Map(
      results.flatMap(({ outcome, test: { expect, exact }, passed }, index) =>
        outcome === null || passed
          ? []
          : [[index, { outcome, expected: expect, exact: exact === true }] as const],
      ),
    )
    if (outcomes.size === 0) continue
    const path = join(workspace.folder, file)
    writeFileSync(path, rewriteExpectations(readFileSync(path, 'utf8'), plan.target.shape, outcomes))
    updated += outcomes.size
  }
  return updated
}
