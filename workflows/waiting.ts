import {
  ApplicationFailure,
  allHandlersFinished,
  condition,
  defineSignal,
  defineUpdate,
  proxyActivities,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow'
import type { Activities } from '../engine/temporal/activities.ts'
import {
  type DecisionInput,
  LEG_WAITS,
  type LegOutput,
  type LegWait,
  RUN_SIGNALS,
  RUN_UPDATES,
  type SyncInput,
} from './messages.ts'

const MINUTE_MS = 60_000
/** Soon at first: a refusal may come from a remote that has a bad minute. */
const CREDENTIALS_LOOKS = { firstMs: MINUTE_MS, maxMs: 60 * MINUTE_MS }
const OTHER_HALT_LOOKS = { firstMs: MINUTE_MS / 2, maxMs: 10 * MINUTE_MS }
/** Where the remote does not say how long. */
const THROTTLE_MS = MINUTE_MS / 2
/** So that not all that wait for one remote come back at once. */
const MOST_JITTER_MS = 5_000

const { decide } = proxyActivities<Activities>({ startToCloseTimeout: '1 minute' })

interface Decision extends DecisionInput {
  readonly kind: keyof typeof RUN_UPDATES
  noted: boolean
}

/** What a run hears from outside while it waits. */
export interface Waits {
  /** What is said from now on is news to the leg that begins now. */
  legBegins(): void
  /**
   * Returns when another leg makes sense: true when somebody said so, false when it is only time to look again. Throws `aborted`
   * when a person decided that the run ends.
   */
  pass(result: LegOutput & { readonly state: LegWait }): Promise<boolean>
  /** Before the workflow ends or goes on as a new execution. */
  settled(): Promise<void>
}

export function waitsOf(result: LegOutput): LegWait | null {
  return LEG_WAITS.find((state) => state === result.state) ?? null
}

/** Listens for decisions (Updates) and news (signals) from the first task of the workflow on. */
export function listen(input: SyncInput): Waits {
  let standing: LegWait | null = null
  let decision: Decision | null = null
  let planApplied = false
  let credentialsRenewed = false
  let looks = 0

  setHandler(defineSignal(RUN_SIGNALS.planApplied), () => {
    planApplied = true
  })
  setHandler(defineSignal(RUN_SIGNALS.credentialsRenewed), () => {
    credentialsRenewed = true
  })
  for (const kind of Object.values(RUN_UPDATES)) {
    setHandler(
      defineUpdate<string, [DecisionInput]>(kind),
      async ({ by, reason }) => {
        const mine: Decision = { kind, by: by.trim(), reason: reason.trim(), noted: false }
        decision = mine
        await condition(() => mine.noted)
        return kind === 'resume' ? `${input.mapping} goes on.` : `The run of ${input.mapping} has ended.`
      },
      {
        validator: (said: unknown) => {
          refuseIncomplete(kind, said)
          if (standing === null || decision !== null)
            throw new Error(
              `This run of ${input.mapping} does not wait for anybody now: there is nothing to ${kind}.`,
            )
        },
      },
    )
  }

  return {
    legBegins() {
      planApplied = false
      credentialsRenewed = false
    },
    async pass(result) {
      if (standing !== result.state) looks = 0
      standing = result.state
      const isTold = () =>
        decision !== null || planApplied || (credentialsRenewed && result.state === 'awaiting-credentials')
      const ms = patienceMs(input, result, looks++)
      const told = ms === null ? await condition(isTold).then(() => true) : await condition(isTold, ms)
      const decided = decision as Decision | null
      if (decided !== null) {
        const { kind, by, reason } = decided
        await decide({
          project: input.project,
          runId: workflowInfo().firstExecutionRunId,
          kind,
          by,
          reason,
        })
        decided.noted = true
        await condition(allHandlersFinished)
        decision = null
        if (kind === 'abort')
          throw ApplicationFailure.create({
            type: 'aborted',
            message: `Ended by ${by}: ${reason}`,
            nonRetryable: true,
          })
      }
      standing = null
      return told
    },
    settled: () => condition(allHandlersFinished),
  }
}

/** How long it waits at most; null: until somebody says something. */
function patienceMs(
  input: SyncInput,
  result: LegOutput & { readonly state: LegWait },
  looks: number,
): number | null {
  switch (result.state) {
    case 'halted':
      return null
    case 'throttled': {
      const wait = result.until === null ? THROTTLE_MS : Math.max(0, result.until - Date.now())
      return Math.ceil(Math.max(1_000, wait) + Math.random() * Math.min(MOST_JITTER_MS, wait / 10))
    }
    case 'awaiting-credentials':
      return growing(input.looks?.credentials ?? CREDENTIALS_LOOKS, looks)
    case 'halted-beside':
      return growing(input.looks?.otherHalt ?? OTHER_HALT_LOOKS, looks)
  }
}

function growing(
  { firstMs, maxMs }: { readonly firstMs: number; readonly maxMs: number },
  looks: number,
): number {
  return Math.min(maxMs, firstMs * 2 ** Math.min(looks, 20))
}

/** Typed by hand in the Temporal UI: anything may come. */
function refuseIncomplete(kind: string, said: unknown): void {
  const { by, reason } = (said ?? {}) as { readonly by?: unknown; readonly reason?: unknown }
  const isText = (value: unknown) => typeof value === 'string' && value.trim() !== '' && value.length <= 1_000
  if (isText(by) && isText(reason)) return
  throw new Error(
    `${kind} needs who decides and why, as texts of at most 1,000 characters: {"by": "ana@acme.example", "reason": "…"}.`,
  )
}
