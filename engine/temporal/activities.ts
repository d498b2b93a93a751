import { Context } from '@temporalio/activity'
import type {
  DeadLettersInput,
  DecideLettersInput,
  LetterDecisionOutput,
  Outlook,
} from '../../workflows/dead-letter-messages.ts'
import type {
  AlertsInput,
  DecideInput,
  EndInput,
  LegInput,
  LegOutput,
  WatchInput,
  WatchOutput,
} from '../../workflows/messages.ts'
import type { AlertLinks } from '../core/alert/compose.ts'
import { failureKindOf } from '../core/model/failure.ts'
import type { JsonObject } from '../core/model/json.ts'
import { dueTimes } from '../store/due-now.ts'
import { judgeAll } from '../transfer/alerts/judge-all.ts'
import { judgeAfterLeg } from '../transfer/alerts/judge-mapping.ts'
import type { LegDependencies } from '../transfer/leg.ts'
import {
  type Delivered,
  type DeliveryDependencies,
  deliverMessages,
  hasWork,
} from '../transfer/outbox/deliver.ts'
import { endRun, type RunRequest, runOneLeg } from '../transfer/run.ts'
import { decideRun } from '../transfer/run-waits.ts'
import { watchConnection } from '../transfer/watch/watch-connection.ts'
import { removeAlertsUnlessNeeded, wakeAlerts } from './alerts.ts'
import { decideLetters, outlookOf, tellDeadLetters } from './dead-letters.ts'
import { toFailure } from './failure.ts'

/** What activities work with: the leg's dependencies and the budget of a leg, and the channels. */
export interface ActivityDependencies extends LegDependencies, DeliveryDependencies {
  readonly legBudgetMs: number
  /** Where messages to people lead. */
  readonly alertLinks: AlertLinks
  /** How long a worker may be silent before a leg of its is given to another one: what runs are started with. */
  readonly heartbeatMs?: number
}

const HEARTBEAT_MS = 5_000
/** After this no further message is begun. */
const DELIVERY_BUDGET_MS = 40_000
/** Beats in the time a worker may be silent: one or two may get lost. */
const BEATS = 5

/** The activities of a worker. Their names are public: recorded histories hold them. */
export function createActivities(given: ActivityDependencies) {
  const wake = (project: string): void => {
    wakeAlerts(Context.current().client.schedule, project).catch((error: unknown) =>
      given.log('alerts were not woken', { project, error: String(error) }),
    )
  }
  const dependencies = { ...given, alerts: { links: given.alertLinks, wake } }
  return {
    /** One leg of a run; see the transfer folder for what it does. */
    async leg(input: LegInput): Promise<LegOutput> {
      const activity = Context.current()
      let progress: JsonObject = {}
      const beat = setInterval(
        () => activity.heartbeat(progress),
        Math.min(HEARTBEAT_MS, (activity.info.heartbeatTimeoutMs ?? 60_000) / BEATS),
      )
      const request: RunRequest = {
        ...input,
        budgetMs: dependencies.legBudgetMs,
        signal: activity.cancellationSignal,
        lastAttempt:
          activity.info.attempt >= (activity.info.retryPolicy?.maximumAttempts ?? Number.POSITIVE_INFINITY),
        progress(tally) {
          progress = { read: tally.read, written: tally.created + tally.updated }
          activity.heartbeat(progress)
        },
      }
      let refused = false
      try {
        const before = await dueTimes(dependencies.store, input.project, input.mapping)
        const result = await runOneLeg(dependencies, request)
        refused = result.state === 'awaiting-credentials'
        const after = await dueTimes(dependencies.store, input.project, input.mapping)
        if (before.open !== after.open || before.nextAt !== after.nextAt)
          await tellDeadLetters(activity.client, input.project, input.mapping)
        return result
      } catch (error) {
        refused = failureKindOf(error) === 'auth-expired'
        dependencies.log('leg failed', {
          mapping: input.mapping,
          run: input.runId,
          error: error instanceof Error ? (error.stack ?? error.message) : String(error),
        })
        throw toFailure(error)
      } finally {
        await judgeAfterLeg(dependencies, { ...input, refused })
        clearInterval(beat)
      }
    },
    /** Closes the row of a run that no leg closed; see the workflow. */
    end: (input: EndInput): Promise<void> => endRun(dependencies, input),
    /** What is to be done for the dead letters of a mapping; see the workflow. */
    lookAfterLetters: (input: DeadLettersInput): Promise<Outlook> =>
      outlookOf(
        dependencies.store,
        Context.current().client,
        input,
        dependencies.alerts,
        dependencies.heartbeatMs,
      ),
    /** Carries out what a person decided on dead letters. */
    decideLetters: (input: DecideLettersInput): Promise<LetterDecisionOutput> =>
      decideLetters(dependencies.store, input),
    /** Keeps what a person decided of a waiting run. */
    decide: (input: DecideInput): Promise<void> => decideRun(dependencies, input),
    /** Judges all alert rules; gives whether anything is to be sent. */
    async judge({ project }: AlertsInput): Promise<{ readonly waiting: boolean }> {
      const { store } = dependencies
      try {
        await judgeAll({ store, links: dependencies.alertLinks }, project)
        const waiting = await hasWork(store, project)
        if (!waiting) await removeAlertsUnlessNeeded(Context.current().client.schedule, store, project)
        return { waiting }
      } catch (error) {
        throw toFailure(error)
      }
    },
    /** Sends what is queued for people; gives when there is something to do again. */
    async deliver({ project }: { readonly project: string }): Promise<Delivered> {
      const activity = Context.current()
      const beat = setInterval(() => activity.heartbeat(), HEARTBEAT_MS)
      try {
        return await deliverMessages(dependencies, project, {
          budgetMs: DELIVERY_BUDGET_MS,
          signal: activity.cancellationSignal,
        })
      } catch (error) {
        throw toFailure(error)
      } finally {
        clearInterval(beat)
      }
    },
    /** Looks how a connection stands with its credentials. */
    async watch(input: WatchInput): Promise<WatchOutput> {
      const signal = Context.current().cancellationSignal
      const found = await watchConnection(dependencies, { ...input, signal }).catch((error: unknown) => {
        throw toFailure(error)
      })
      return { refused: (found.watch?.refusal ?? null) !== null, rotated: found.rotated, wake: found.wake }
    },
  }
}

export type Activities = ReturnType<typeof createActivities>
