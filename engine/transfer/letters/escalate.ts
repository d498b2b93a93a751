import { type AlertLinks, composeMessage } from '../../core/alert/compose.ts'
import { escalationRule } from '../../core/alert/rule.ts'
import type { Plan } from '../../core/model/plan.ts'
import { escalateDeadLetters, escalated } from '../../store/aging.ts'
import { addAlertChange, lastChangeAt, lastSequence, lockAlerts } from '../../store/alert-states.ts'
import type { Transaction } from '../../store/open.ts'
import { enqueueMessage } from '../../store/outbox.ts'
import { examplesOf } from '../alerts/examples.ts'

/** What comes of age within this time after a message is told together, in the next one. */
const GATHER_MS = 3_600_000
const MOST_EXAMPLES = 3

/**
 * Dead letters that have been open for longer than the mapping allows are marked, and people are told, in one transaction: of each
 * once, whoever looks and however often. `nextAt`: none is marked before; `told`: a message is queued.
 */
export async function escalateOld(
  trx: Transaction,
  project: string,
  plan: Plan,
  links: AlertLinks,
): Promise<{ readonly nextAt: number; readonly told: boolean }> {
  const rule = escalationRule(plan)
  const { mapping } = plan
  const now = trx.now()
  if (rule === null) return { nextAt: now, told: false }
  await lockAlerts(trx, project, mapping)
  const last = await lastChangeAt(trx, project, mapping, rule.id)
  if (last !== null && last + GATHER_MS > now) return { nextAt: last + GATHER_MS, told: false }
  const count = await escalateDeadLetters(trx, project, mapping, now - plan.errors.parked.escalate!)
  if (count === 0) return { nextAt: now, told: false }
  const letters = await escalated(trx, project, { mapping, since: now, limit: MOST_EXAMPLES })
  const examples = await examplesOf(
    trx,
    project,
    letters.map(({ id }) => ({ letter: id })),
  )
  const since = Math.min(now, ...letters.map(({ firstSeenAt }) => firstSeenAt))
  const change = { change: 'escalated', at: now, since, count } as const
  const sequence = (await lastSequence(trx, project, mapping, rule.id)) + 1
  const message = composeMessage(project, rule, change, sequence, examples, links)
  const { summary } = message
  await addAlertChange(trx, project, { mapping, rule: rule.id, sequence, ...change, summary })
  await enqueueMessage(trx, { project, message, channels: rule.notify })
  return { nextAt: now + GATHER_MS, told: rule.notify.length > 0 }
}
