import { prefixText } from '../temporal/names.ts'
import { type DryRecord, dryRecords } from '../transfer/dry.ts'
import { findProblems } from '../transfer/preflight.ts'
import { EXIT, type Invocation } from './command.ts'
import { nameOf } from './dead-letters/list.ts'
import { limitOf } from './limit.ts'
import { noteMasked } from './masked-note.ts'
import { table } from './output.ts'
import type { Session } from './session.ts'
import type { Workspace } from './workspace.ts'

/** What the files would do with real records. Writes nothing. Exit 1 when something stands in the way of a real run. */
export async function dryRun(
  invocation: Invocation,
  session: Session,
  workspace: Workspace,
  mappings: readonly string[],
): Promise<number> {
  const { options, output, signal } = invocation
  const limit = limitOf(invocation, 20)
  const dependencies = session.workerDependencies()
  let blocked = false
  for (const mapping of mappings) {
    const { plan, hash, sourceMap } = workspace.plans.find((candidate) => candidate.plan.mapping === mapping)!
    const problems = await findProblems(dependencies, prefixText(session.prefix), plan, signal)
    blocked ||= problems.some((problem) => problem.severity === 'error')
    const records = await dryRecords(dependencies, {
      scope: prefixText(session.prefix),
      plan,
      planHash: hash,
      sourceMap,
      limit,
      only: typeof options['only'] === 'string' ? [options['only']] : null,
      compare: options['compare'] === true,
      open: options['open'] === true,
      signal,
    })
    output.data({ mapping, problems, records })
    output.line(output.style('bold', `${mapping}: ${records.length} records read, nothing written`))
    for (const problem of problems)
      output.line(`  ${problem.severity} at ${problem.connection}: ${problem.message} ${problem.hint}`)
    for (const line of table(
      ['record', 'would', 'what'],
      records.map((record) => [nameOf(record), record.would, whatOf(record)]),
    ))
      output.line(`  ${line}`)
    if (options['compare'] === true)
      for (const record of records) {
        for (const line of compareLines(record)) output.line(`  ${line}`)
      }
    const counts = Map.groupBy(records, (record) => record.would)
    noteMasked(records, output)
    output.line(`  ${[...counts].map(([would, group]) => `${would} ${group.length}`).join(', ')}`)
    output.line()
  }
  return blocked ? EXIT.failed : EXIT.ok
}

function whatOf(record: DryRecord): string {
  if (record.why !== '') return record.why.replace(/\s+/g, ' ').slice(0, 140)
  const names = Object.keys(record.fields)
  if (names.length === 0 && record.lines === 0) return ''
  return `${names.join(', ')}${record.lines > 0 ? ` and ${record.lines} line${record.lines === 1 ? '' : 's'}` : ''}`
}

function compareLines(record: DryRecord): string[] {
  if (record.now === null || Object.keys(record.fields).length === 0) return []
  return [
    nameOf(record),
    ...Object.entries(record.fields).map(
      ([name, value]) =>
        `    ${name}: ${JSON.stringify(record.now?.[name] ?? null)} → ${JSON.stringify(value)}`,
    ),
  ]
}
