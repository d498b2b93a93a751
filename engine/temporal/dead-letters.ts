import { type Client, ScheduleNotFoundError, WorkflowNotFoundError } from '@temporalio/client'
import { ApplicationFailure, defineSearchAttributeKey } from '@temporalio/common'
import {
  DEAD_LETTER_SIGNALS,
  type DeadLettersInput,
  type DecideLettersInput,
  type LetterDecisionOutput,
  type Outlook,
} from '../../workflows/dead-letter-messages.ts'
import type { deadLetters } from '../../workflows/dead-letters.ts'
import type { DeadLetterChoice } from '../core/model/dead-letter.ts'
import type { Plan } from '../core/model/plan.ts'
import { type DecisionRequest, decide } from '../store/decisions.ts'
import type { Store } from '../store/open.ts'
import type { AlertHost } from '../transfer/alerts/judge-mapping.ts'
import { lookAfterLetters } from '../transfer/letters/outlook.ts'
import type { TemporalClient } from './client.ts'
import { deadLettersId, type Prefix, prefixText } from './names.ts'
import { staticSummary, syncInput } from './start.ts'

/**
 * The dead letters of these mappings are looked after from now on, each by a workflow of its own. One that is there already is told to
 * look: another plan may have mended what is parked.
 */
export async function startDeadLetters(
  { client, settings }: TemporalClient,
  prefix: Prefix,
  plans: readonly Plan[],
  attributes: boolean,
): Promise<void> {
  for (const plan of plans) {
    const input: DeadLettersInput = { project: prefixText(prefix), mapping: plan.mapping }
    await client.workflow.signalWithStart<typeof deadLetters, []>('deadLetters', {
      workflowId: deadLettersId(prefix, plan.mapping),
      taskQueue: settings.taskQueue,
      args: [input],
      signal: DEAD_LETTER_SIGNALS.lookAgain,
      staticSummary: `${plan.mapping}: dead letters`,
      ...(attributes
        ? {
            typedSearchAttributes: [
              { key: defineSearchAttributeKey('TidelockMapping', 'KEYWORD'), value: plan.mapping },
              { key: defineSearchAttributeKey('TidelockState', 'KEYWORD'), value: 'Running' },
              { key: defineSearchAttributeKey('TidelockParked', 'INT'), value: 0 },
              {
                key: defineSearchAttributeKey('TidelockConnection', 'KEYWORD_LIST'),
                value: [plan.source.connection.name, plan.target.connection.name],
              },
            ],
          }
        : {}),
    })
  }
}

/** The mapping is gone, or has another name: nobody looks after its dead letters under this one any more. */
export async function endDeadLetters(
  { client }: TemporalClient,
  prefix: Prefix,
  mapping: string,
): Promise<void> {
  await client.workflow
    .getHandle(deadLettersId(prefix, mapping))
    .terminate('The mapping was removed, or renamed.')
    .catch(ignoreMissing)
}

/** Dead letters of a mapping changed. Best effort: they are looked at again by themselves after a while. */
export async function tellDeadLetters(client: Client, project: string, mapping: string): Promise<void> {
  await client.workflow
    .getHandle(`${project}/dead-letters/${mapping}`)
    .signal(DEAD_LETTER_SIGNALS.lookAgain)
    .catch(() => {})
}

/** See {@link lookAfterLetters}. */
export async function outlookOf(
  store: Store,
  client: Client,
  { project, mapping }: DeadLettersInput,
  { links, wake }: AlertHost,
  heartbeatMs: number | undefined,
): Promise<Outlook> {
  const nextRunAt = await nextRun(client, `${project}/sync/${mapping}`)
  const found = await lookAfterLetters(store, { project, mapping, nextRunAt, links })
  if (found?.told === true) wake(project)
  if (found === null)
    return {
      applied: false,
      parked: 0,
      details: `${mapping} is not applied any more.`,
      retry: null,
      connections: [],
      summary: mapping,
      until: 0,
    }
  const { plan, hash } = found.applied
  return {
    applied: true,
    parked: found.parked,
    details: found.details,
    retry: found.retry ? syncInput(project, plan, hash, 'retry', heartbeatMs) : null,
    connections: [plan.source.connection.name, plan.target.connection.name],
    summary: staticSummary(plan),
    until: found.until,
  }
}

/** Null where there is no schedule, or it is paused. */
async function nextRun(client: Client, scheduleId: string): Promise<number | null> {
  try {
    const { state, info } = await client.schedule.getHandle(scheduleId).describe()
    return state.paused ? null : (info.nextActionTimes[0]?.getTime() ?? null)
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return null
    throw error
  }
}

/** Carries a decision out. Throws where it is about nobody, so that whoever sent it hears of it. */
export async function decideLetters(
  store: Store,
  { project, mapping, updateId, decision }: DecideLettersInput,
): Promise<LetterDecisionOutput> {
  const { by, reason } = decision
  const request: DecisionRequest = { project, mapping, by, reason, updateId, decision: whatOf(decision) }
  const decided = await store.transaction((trx) => decide(trx, request))
  if (decided.count > 0) return decided
  throw ApplicationFailure.create({
    type: 'nobody-meant',
    nonRetryable: true,
    message:
      decision.kind === 'correct'
        ? `No correction ${decision.edit} of an open dead letter of ${mapping} is stored, or its record was read again from a changed source since: write it anew.`
        : `No open dead letter of ${mapping} is meant by this decision; the details of this workflow show which there are.`,
  })
}

function whatOf(decision: DecideLettersInput['decision']): DecisionRequest['decision'] {
  if (decision.kind === 'correct') return { kind: 'correct', edit: decision.edit }
  const { ids, cluster, filter } = decision
  const of: DeadLetterChoice =
    ids != null ? { ids } : cluster != null ? { cluster } : { filter: filter ?? {} }
  return decision.kind === 'assign' ? { kind: 'assign', of, to: decision.to } : { kind: decision.kind, of }
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof WorkflowNotFoundError)) throw error
}
