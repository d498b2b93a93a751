import { WithStartWorkflowOperation, type Workflow, WorkflowUpdateFailedError } from '@temporalio/client'
import { rootCause } from '@temporalio/common'
import {
  DEAD_LETTER_UPDATES,
  type DecideLettersInput,
  type LetterDecisionOutput,
} from '../../workflows/dead-letter-messages.ts'
import { SyncError } from '../core/model/failure.ts'
import type { TemporalClient } from './client.ts'
import { deadLettersId, type Prefix, prefixText } from './names.ts'

/** A decision as its Update carries it. */
export type SentDecision = DecideLettersInput['decision']

/**
 * Sends a decision to the workflow that looks after a mapping's dead letters, which is started when it is not there, and gives what
 * it answers. Sent again with the same id it decides nothing again.
 */
export async function sendDecision(
  { client, settings }: TemporalClient,
  prefix: Prefix,
  mapping: string,
  { kind, ...input }: SentDecision,
  updateId: string,
): Promise<LetterDecisionOutput> {
  const start = new WithStartWorkflowOperation<Workflow>('deadLetters', {
    workflowId: deadLettersId(prefix, mapping),
    taskQueue: settings.taskQueue,
    args: [{ project: prefixText(prefix), mapping }],
    workflowIdConflictPolicy: 'USE_EXISTING',
  })
  return client.workflow
    .executeUpdateWithStart<Workflow, LetterDecisionOutput, [typeof input]>(DEAD_LETTER_UPDATES[kind], {
      args: [input],
      updateId,
      startWorkflowOperation: start,
    })
    .catch((error: unknown) => {
      throw inOwnWords(error)
    })
}

/** Why an Update was refused: the words of the validator, or of the activity, are for the person who decided. Else the error itself. */
export function inOwnWords(error: unknown): unknown {
  return error instanceof WorkflowUpdateFailedError
    ? new SyncError('invalid-plan', rootCause(error.cause) ?? error.message, { cause: error })
    : error
}
