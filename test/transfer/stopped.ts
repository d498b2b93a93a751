import { SyncError } from '../../engine/core/model/failure.ts'
import type { Store } from '../../engine/store/open.ts'
import { runById } from '../../engine/store/runs.ts'

/** Why a run waits, as the failure that made it wait: without Temporal nobody waits for it. */
export async function stopped(store: Store, project: string, runId: string): Promise<SyncError> {
  const run = await runById(store, project, runId)
  return new SyncError(run!.failureKind!, run!.failureMessage!, { fields: { run: runId, state: run!.state } })
}
