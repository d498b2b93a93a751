import type { FieldValue, UpsertItem } from '../core/model/connector.ts'
import { recordKey } from '../core/model/record-key.ts'
import { sendBatches } from './batches.ts'
import type { LegContext } from './context.ts'
import { sendAll } from './deliver.ts'
import { settledAt } from './fence.ts'
import { keepFresh } from './intents.ts'
import { park, underWay, type Work } from './work.ts'

/** Named actions after the write: state is read first, so that a step is never taken twice; overwritten values are written again. */
export async function takeSteps(context: LegContext, works: readonly Work[]): Promise<void> {
  for (const work of underWay(works)) work.stepsDue = work.mapped?.steps ?? []
  for (const [index, step] of context.plan.steps.entries()) {
    const wanting = underWay(works).filter((work) => work.targetId !== null && work.stepsDue.includes(index))
    if (wanting.length === 0) continue
    const states = await context.target.lookUp({
      resource: context.plan.target.resource,
      by: { kind: 'id' },
      values: wanting.map((work) => work.targetId!),
      where: {},
      fields: Object.keys(step.reads),
      archived: true,
      signal: context.signal,
    })
    const stateById = new Map(states.map((record) => [record.id, record.fields]))
    const acting: Work[] = []
    for (const work of wanting) {
      const state = stateById.get(work.targetId!)
      if (state === undefined) {
        park(work, {
          class: 'deleted-at-target',
          message: `The record ${work.targetId} is no longer at the target, so ${step.call} cannot be called.`,
          at: `then.${index}`,
        })
      } else if (context.transformer.stepIsDone(index, work.source, state, context.references)) {
        work.stepsDue = work.stepsDue.filter((due) => due !== index)
      } else {
        acting.push(work)
      }
    }
    await act(context, index, acting)
    await writeBack(context, step.overwrites, underWay(acting))
  }
}

async function act(context: LegContext, index: number, works: readonly Work[]): Promise<void> {
  const step = context.plan.steps[index]!
  await sendBatches(context, works, async (batch) => {
    await keepFresh(context)
    const outcomes = await context.target.act({
      resource: context.plan.target.resource,
      action: step.call,
      ids: batch.map((work) => work.targetId!),
      signal: context.signal,
    })
    for (const [n, work] of batch.entries()) {
      const outcome = outcomes[n]!
      if (outcome.status === 'done') {
        work.stepsDue = work.stepsDue.filter((due) => due !== index)
        work.written = true
      } else if (outcome.status === 'rejected') {
        const message = `${step.call} was refused: ${outcome.message}`
        const { exchange } = outcome
        park(work, { class: 'step-refused', message, at: `then.${index}` }, { exchange })
      } else {
        work.verdict ??= {
          kind: 'due',
          message: outcome.message,
          at: settledAt(context.fence, context.now()),
        }
      }
    }
  })
}

/** `action_confirm` resets `date_order` (observed on Odoo 18.0 and 19.0): what the mapping says is written again. */
async function writeBack(
  context: LegContext,
  fields: readonly string[],
  works: readonly Work[],
): Promise<void> {
  if (fields.length === 0) return
  const items = new Map<Work, UpsertItem>()
  for (const work of works) {
    const values: Record<string, FieldValue> = {}
    for (const field of fields) {
      const value = work.mapped?.fields[field]
      if (value !== undefined) values[field] = value
    }
    if (Object.keys(values).length === 0) continue
    items.set(work, {
      key: recordKey(context.plan.project, context.plan.namespace, work.key),
      targetId: work.targetId,
      adopted: work.adopted,
      fields: values,
      firstTimeFields: {},
      lines: [],
      removedLines: [],
    })
  }
  await sendAll(context, context.plan.target.shape, items, () => {})
}
