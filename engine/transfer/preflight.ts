import type { Problem } from '../core/model/connector.ts'
import { SyncError } from '../core/model/failure.ts'
import type { Plan } from '../core/model/plan.ts'
import { withConnection } from './connections.ts'
import type { LegDependencies } from './leg.ts'

/** A problem, with the connection it was found at. */
export interface ConnectionProblem extends Problem {
  readonly connection: string
}

/** Asks both sides what stands in the way of a run: credentials, rights, language, database, versions. */
export async function findProblems(
  dependencies: LegDependencies,
  project: string,
  plan: Plan,
  signal: AbortSignal,
): Promise<readonly ConnectionProblem[]> {
  const ends = [
    { direction: 'source', end: plan.source, since: plan.source.since },
    { direction: 'target', end: plan.target, since: null },
  ] as const
  const problems: ConnectionProblem[] = []
  for (const { direction, end, since } of ends) {
    const { name } = end.connection
    const needs = { direction, resource: end.resource, scopes: plan.scopes[name] ?? [], since }
    const found = await withConnection(dependencies, project, plan, end, (connection) =>
      connection.preflight(needs, signal),
    )
    problems.push(...found.map((problem) => ({ ...problem, connection: name })))
  }
  return problems
}

/** Stops a run before its first page where something would make it fail in the middle. Throws `scope-violation`. */
export async function preflight(
  dependencies: LegDependencies,
  project: string,
  plan: Plan,
  signal: AbortSignal,
): Promise<void> {
  const problems = await findProblems(dependencies, project, plan, signal)
  for (const problem of problems)
    dependencies.log(problem.message, {
      connection: problem.connection,
      code: problem.code,
      severity: problem.severity,
    })
  const errors = problems.filter((problem) => problem.severity === 'error')
  if (errors.length === 0) return
  const text = errors.map((problem) => `${problem.connection}: ${problem.message} ${problem.hint}`).join('\n')
  throw new SyncError('scope-violation', text, {
    fields: { problems: errors.map((problem) => problem.code) },
  })
}
