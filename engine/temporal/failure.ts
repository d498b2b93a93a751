import { ApplicationFailure, ApplicationFailureCategory, CancelledFailure } from '@temporalio/common'
import { FAILURES, failureKindOf, SyncError } from '../core/model/failure.ts'

/**
 * Anything thrown → Temporal's failure: `type` is the failure's kind, whether it is tried again comes from the one table.
 * Throttles are benign: expected, and no alarm. Neither the cause nor its stack leaves the worker; both go to its log.
 */
export function toFailure(error: unknown): Error {
  if (error instanceof CancelledFailure || error instanceof ApplicationFailure) return error
  const kind = failureKindOf(error)
  const known = error instanceof SyncError ? error : null
  return ApplicationFailure.create({
    type: kind,
    message: known?.message ?? 'Something went wrong inside Tidelock; the log of the worker has the cause.',
    nonRetryable: !FAILURES[kind].retry,
    details: known === null ? [] : [known.fields],
    ...(known?.retryAfterMs === undefined ? {} : { nextRetryDelay: known.retryAfterMs }),
    ...(kind === 'throttled' || kind === 'lease-lost' ? { category: ApplicationFailureCategory.BENIGN } : {}),
  })
}
