import { defineSearchAttributeKey } from '@temporalio/common'
import {
  allHandlersFinished,
  condition,
  continueAsNew,
  currentUpdateInfo,
  defineSignal,
  defineUpdate,
  ParentClosePolicy,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  startChild,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow'
import type { Activities } from '../engine/temporal/activities.ts'
import {
  type AssignInput,
  type CorrectInput,
  DEAD_LETTER_SIGNALS,
  DEAD_LETTER_UPDATES,
  type DeadLettersInput,
  type DecideLettersInput,
  type LetterDecisionInput,
  type LetterDecisionOutput,
  type Outlook,
} from './dead-letter-messages.ts'
import type { RunState } from './messages.ts'
import { sync } from './sync.ts'

const parkedAttribute = defineSearchAttributeKey('TidelockParked', 'INT')
const stateAttribute = defineSearchAttributeKey('TidelockState', 'KEYWORD')

const retry = defineUpdate<LetterDecisionOutput, [LetterDecisionInput]>(DEAD_LETTER_UPDATES.retry)
const discard = defineUpdate<LetterDecisionOutput, [LetterDecisionInput]>(DEAD_LETTER_UPDATES.discard)
const assign = defineUpdate<LetterDecisionOutput, [AssignInput]>(DEAD_LETTER_UPDATES.assign)
const correct = defineUpdate<LetterDecisionOutput, [CorrectInput]>(DEAD_LETTER_UPDATES.correct)
const lookAgain = defineSignal(DEAD_LETTER_SIGNALS.lookAgain)

const MOST_IDS = 1_000
/** How long nothing is tried again by itself after a run that failed. */
const AFTER_FAILURE_MS = 300_000
/** At least so long between two runs of its own, unless a person decides. */
const BETWEEN_RUNS_MS = 5_000

const { lookAfterLetters, decideLetters } = proxyActivities<Activities>({
  startToCloseTimeout: '2 minutes',
  retry: { initialInterval: '1 second', maximumInterval: '1 minute' },
})

/**
 * Looks after the dead letters of one mapping: waits until one is due and starts a run that tries it again, takes decisions of people,
 * and shows what is stuck, why, and what to do. The dead letters themselves stay in the store.
 */
export async function deadLetters(input: DeadLettersInput): Promise<void> {
  const state = { told: true, decided: false, running: false, notBefore: 0 }
  const tell = (): void => {
    state.told = true
  }
  const decide = async (decision: DecideLettersInput['decision']): Promise<LetterDecisionOutput> => {
    const output = await decideLetters({ ...input, updateId: currentUpdateInfo()!.id, decision })
    if (decision.kind === 'retry' || decision.kind === 'correct') state.decided = true
    tell()
    return output
  }
  setHandler(lookAgain, tell)
  setHandler(retry, (decision) => decide({ kind: 'retry', ...decision }), { validator: refuseChoice })
  setHandler(discard, (decision) => decide({ kind: 'discard', ...decision }), { validator: refuseChoice })
  setHandler(assign, (decision) => decide({ kind: 'assign', ...decision }), { validator: refuseAssign })
  setHandler(correct, (decision) => decide({ kind: 'correct', ...decision }), { validator: refuseEdit })

  let shown: Outlook | null = null
  for (;;) {
    state.told = false
    const outlook = await lookAfterLetters(input)
    show(outlook, shown)
    shown = outlook
    if (!outlook.applied) return condition(allHandlersFinished).then(() => {})
    const mayRun = state.decided || Date.now() >= state.notBefore
    if (outlook.retry !== null && !state.running && mayRun) {
      state.decided = false
      state.running = true
      void runRetry(outlook).then((wentThrough) => {
        state.running = false
        state.notBefore = Date.now() + (wentThrough ? BETWEEN_RUNS_MS : AFTER_FAILURE_MS)
        tell()
      })
    }
    const until = outlook.retry !== null && !state.running ? state.notBefore : outlook.until
    await condition(() => state.told, Math.max(1_000, until - Date.now()))
    if (workflowInfo().continueAsNewSuggested) {
      await condition(allHandlersFinished)
      await continueAsNew<typeof deadLetters>(input)
    }
  }
}

/** Whether it went through. One that is under way already, of an execution before this one, is left to itself. */
async function runRetry({ retry: run, connections, parked, summary }: Outlook): Promise<boolean> {
  if (run === null) return true
  const attributes = [
    { key: defineSearchAttributeKey('TidelockMapping', 'KEYWORD'), value: run.mapping },
    { key: stateAttribute, value: 'Running' },
    { key: parkedAttribute, value: parked },
    { key: defineSearchAttributeKey('TidelockPlan', 'KEYWORD'), value: run.planHash.slice(0, 12) },
    { key: defineSearchAttributeKey('TidelockConnection', 'KEYWORD_LIST'), value: [...connections] },
  ]
  try {
    const child = await startChild(sync, {
      workflowId: `${run.project}/retry/${run.mapping}/by-itself`,
      args: [run],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      staticSummary: `${summary} (what is due of its dead letters)`,
      memo: { plan: run.planHash },
      ...(hasAttributes() ? { typedSearchAttributes: attributes } : {}),
    })
    await child.result()
    return true
  } catch {
    // Why is said by the run itself.
    return false
  }
}

function show(outlook: Outlook, shown: Outlook | null): void {
  if (outlook.details !== shown?.details) setCurrentDetails(outlook.details)
  if (outlook.parked === shown?.parked || !hasAttributes()) return
  const state: RunState = outlook.parked > 0 ? 'Parked' : 'Running'
  upsertSearchAttributes([
    { key: parkedAttribute, value: outlook.parked },
    { key: stateAttribute, value: state },
  ])
}

function hasAttributes(): boolean {
  return workflowInfo().typedSearchAttributes.get(parkedAttribute) !== undefined
}

/** A validator throws before anything stands in the history. */
function refuseChoice(decision: LetterDecisionInput): void {
  refuseNobody(decision)
  const { ids, cluster, filter } = decision
  const named = [ids, cluster, filter].filter((choice) => choice != null)
  if (named.length !== 1)
    throw new TypeError(
      `The decision names ${named.length === 0 ? 'no dead letter' : 'several ways to choose'}; expected exactly one of ids, cluster and filter.`,
    )
  if (ids != null && (!Array.isArray(ids) || !ids.every(isText) || ids.length === 0 || ids.length > MOST_IDS))
    throw new TypeError(`ids is not a list of 1 to ${MOST_IDS} ids of dead letters.`)
  if (cluster != null && !isText(cluster))
    throw new TypeError('cluster is not the id of a cause, such as "c-1a2b3c".')
  if (filter != null) refuseFilter(filter)
}

const FILTERS = ['class', 'state', 'at', 'owner', 'before']

function refuseFilter(filter: object): void {
  const unknown = Object.keys(filter).filter((name) => !FILTERS.includes(name))
  if (unknown.length > 0)
    throw new TypeError(`filter has no "${unknown.join('", "')}"; it takes ${FILTERS.join(', ')}.`)
}

function refuseAssign(decision: AssignInput): void {
  refuseChoice(decision)
  if (decision.to !== null && !isText(decision.to))
    throw new TypeError('to is missing; expected the name of a person, or null for nobody.')
}

function refuseEdit(decision: CorrectInput): void {
  refuseNobody(decision)
  if (!isText(decision.edit))
    throw new TypeError(
      'edit is missing; expected the id of a stored correction (tidelock dead-letters correct).',
    )
}

function refuseNobody({ by, reason }: { readonly by?: string; readonly reason?: string }): void {
  if (!isText(by)) throw new TypeError('by is missing; expected who decides.')
  if (!isText(reason)) throw new TypeError('reason is missing; expected why, for whoever looks at it later.')
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== ''
}
