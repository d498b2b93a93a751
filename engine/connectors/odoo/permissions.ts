import type { Outcome, UpsertItem, UpsertRequest } from '../../core/model/connector.ts'
import { SyncError } from '../../core/model/failure.ts'
import type { Progress } from './progress.ts'
import { isAllowed, type Operation } from './rights.ts'

/**
 * `load` tells a missing right in the language of the user and without a class. So where it refused a record as a whole,
 * Odoo is asked whether the user may do at all what that record needed.
 */
export async function withPermissions(
  progress: Progress,
  outcomes: readonly Outcome[],
): Promise<readonly Outcome[]> {
  const { request } = progress
  if (progress.stoppedBy !== null || !outcomes.some(isDoubtful)) return outcomes
  const denied = new Map<string, boolean>()
  const isDenied = async ({ model, operation }: Right): Promise<boolean> => {
    const id = `${model} ${operation}`
    const known = denied.get(id)
    if (known !== undefined) return known
    const answer = (await isAllowed(progress.client, model, operation, progress.signal)) === false
    denied.set(id, answer)
    return answer
  }
  const explained: Outcome[] = []
  try {
    for (const [index, outcome] of outcomes.entries()) {
      let lacking = false
      if (isDoubtful(outcome)) {
        for (const right of rightsFor(request, request.items[index]!)) lacking ||= await isDenied(right)
      }
      explained.push(lacking && outcome.status === 'rejected' ? { ...outcome, class: 'permission' } : outcome)
    }
    return explained
  } catch (error) {
    // What was written must be told, whatever became of this question.
    if (error instanceof SyncError) return outcomes
    throw error
  }
}

interface Right {
  readonly model: string
  readonly operation: Operation
}

function isDoubtful(outcome: Outcome): boolean {
  return outcome.status === 'rejected' && outcome.class === 'rejected' && outcome.field === null
}

function rightsFor({ shape }: UpsertRequest, item: UpsertItem): readonly Right[] {
  const operations: readonly Operation[] = item.targetId === null ? ['create', 'write'] : ['write']
  const lineModels = new Set(item.lines.flatMap((line) => shape.fields[line.field]?.lines?.resource ?? []))
  return [
    ...operations.map((operation) => ({ model: shape.resource, operation })),
    ...[...lineModels].flatMap((model) => [
      { model, operation: 'create' as const },
      { model, operation: 'write' as const },
    ]),
  ]
}
