import { setTimeout as sleep } from 'node:timers/promises'
import { WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client'
import type { DecisionInput, RUN_UPDATES } from '../../workflows/messages.ts'
import type { RunRow } from '../store/runs.ts'
import { openRuns } from '../store/waiting-runs.ts'
import { type TemporalClient, workerIsUp } from '../temporal/client.ts'
import { inOwnWords } from '../temporal/decide.ts'
import { prefixText } from '../temporal/names.ts'
import { decideRun } from '../transfer/run-waits.ts'
import { EXIT, type Invocation, type OptionSpec, UsageError } from './command.ts'
import { stampOf } from './commands/apply.ts'
import { instantText } from './output.ts'
import { withOwnWorker } from './own-worker.ts'
import type { Session } from './session.ts'
import { refuseUnapplied } from './unknown-mapping.ts'
import { withSession } from './with-session.ts'

export const DECISION_OPTIONS: Readonly<Record<string, OptionSpec>> = {
  reason: { type: 'string', value: 'TEXT', help: 'why; kept with the run (required)' },
  by: { type: 'string', value: 'NAME', help: 'who decides (default: the git user, or the account)' },
}

/** A worker that has not answered by then is not there. */
const PATIENCE_MS = 5_000
const AN_INSTANT_MS = 1_500

/** `resume` and `abort`: decides every waiting run of a mapping, by the same Update that the Temporal UI sends. */
export function decideCommand(kind: keyof typeof RUN_UPDATES, invocation: Invocation): Promise<number> {
  return withSession(
    invocation,
    async ({ session, workspace }) => {
      const { options, positionals, output } = invocation
      const [mapping] = positionals
      if (mapping === undefined) throw new UsageError(`${kind} needs the name of a mapping`)
      const reason = String(options['reason'] ?? '').trim()
      if (reason === '') throw new UsageError(`${kind} needs --reason: it is kept with the run`)
      const by = String(options['by'] ?? stampOf(workspace.folder).author).trim()
      const waiting = (await openRuns(session.store, prefixText(session.prefix), { mapping })).filter(
        (run) => run.state !== 'running',
      )
      if (waiting.length === 0) {
        await refuseUnapplied(session, mapping)
        output.data({ mapping, decided: [] })
        output.error(`No run of ${mapping} waits: there is nothing to ${kind}. See tidelock runs ${mapping}.`)
        return EXIT.failed
      }
      const decided = await decideAll(session, waiting, kind, { by, reason })
      output.data({ mapping, decided })
      for (const run of waiting) {
        const became = kind === 'resume' ? 'goes on' : 'has ended'
        output.line(
          `${mapping}: the run that was ${run.state} since ${instantText(run.since)} ${decided.some(({ id, gone }) => id === run.id && gone) ? 'was gone from Temporal, and is closed' : became}.`,
        )
      }
      if (kind === 'resume' && !(await workerIsUp(await session.temporal())))
        output.note('No worker is up: it goes on when one is (tidelock worker).')
      return EXIT.ok
    },
    { filesMustBeSound: false },
  )
}

interface Decided extends DecisionInput {
  readonly id: string
  readonly kind: keyof typeof RUN_UPDATES
  /** Its workflow no longer exists: only its row was left, and is closed. */
  readonly gone: boolean
}

async function decideAll(
  session: Session,
  runs: readonly RunRow[],
  kind: keyof typeof RUN_UPDATES,
  decision: DecisionInput,
): Promise<readonly Decided[]> {
  const temporal = await session.temporal()
  // An Update is answered by a worker.
  return withOwnWorker(session, async (work) => {
    const decided: Decided[] = []
    for (const run of runs) {
      const gone = !(await sendUpdate(temporal, run, kind, decision, work))
      if (gone)
        await decideRun(session, {
          project: prefixText(session.prefix),
          runId: run.id,
          kind: 'abort',
          ...decision,
        })
      decided.push({ id: run.id, kind, gone, ...decision })
    }
    return decided
  })
}

/** False when the run's workflow is gone. Sent again for the same wait it is the same Update, and changes nothing. */
async function sendUpdate(
  { client }: TemporalClient,
  run: RunRow,
  kind: keyof typeof RUN_UPDATES,
  { by, reason }: DecisionInput,
  work: () => Promise<void>,
): Promise<boolean> {
  const send = () =>
    client.workflow
      .getHandle(run.workflowId)
      .executeUpdate(kind, { args: [{ by, reason }], updateId: `${kind}-${run.id}-${run.since}` })
  // The row says that it waits an instant before its workflow knows.
  const answered = send()
    .catch(async (error: unknown) => {
      if (!(error instanceof WorkflowUpdateFailedError)) throw error
      await sleep(AN_INSTANT_MS)
      return send()
    })
    .then(
      () => true,
      (error: unknown) => {
        if (error instanceof WorkflowNotFoundError) return false
        throw inOwnWords(error)
      },
    )
  answered.catch(() => {})
  const soon = await Promise.race([answered, sleep(PATIENCE_MS).then(() => null)])
  if (soon === null) await work()
  return answered
}
