import { Decimal } from 'decimal.js'
import type { FieldValues, UpsertItem } from '../core/model/connector.ts'
import type { AdjustPlan, AgreePlan } from '../core/model/plan.ts'
import { recordKey } from '../core/model/record-key.ts'
import type { LegContext } from './context.ts'
import { sendAll } from './deliver.ts'
import { park, underWay, type Work } from './work.ts'

/** Reads back what the target computes and compares it with the source; books cents from rounding twice on a line of their own. */
export async function agree(context: LegContext, works: readonly Work[]): Promise<void> {
  for (const [index, rule] of context.plan.agree.entries()) {
    const judged = underWay(works).filter(
      (work) => work.targetId !== null && (work.written || work.letter?.class === 'disagrees'),
    )
    let differing = await differences(context, rule, index, judged)
    // Twice: where the outcome of an earlier adjustment got lost, the first one only makes known what stands on the line.
    for (let round = 0; rule.adjust !== null && round < 2 && differing.size > 0; round++) {
      const adjusted = await adjust(context, rule.adjust, index, differing)
      if (adjusted.length === 0) break
      const left = await differences(context, rule, index, adjusted)
      differing = new Map([...[...differing].filter(([work]) => !adjusted.includes(work)), ...left])
    }
    for (const [work, { expected, found }] of differing) {
      const difference = new Decimal(found).minus(expected)
      park(work, {
        class: 'disagrees',
        message: `${rule.target} is ${money(found)} at the target and ${money(expected)} at the source: ${signed(difference)}. ${reasonOf(rule)} It stays as it is, no step is taken.`,
        at: `agree.${index}`,
      })
    }
  }
}

interface Difference {
  readonly expected: string
  readonly found: string
}

async function differences(
  context: LegContext,
  rule: AgreePlan,
  index: number,
  works: readonly Work[],
): Promise<Map<Work, Difference>> {
  const compared = works.filter((work) => work.mapped?.agree[index] != null)
  if (compared.length === 0) return new Map()
  const records = await context.target.lookUp({
    resource: context.plan.target.resource,
    by: { kind: 'id' },
    values: compared.map((work) => work.targetId!),
    where: {},
    fields: [rule.target],
    archived: true,
    signal: context.signal,
  })
  const byId = new Map(records.map((record) => [record.id, record.fields[rule.target]]))
  const differing = new Map<Work, Difference>()
  for (const work of compared) {
    const expected = work.mapped!.agree[index]!
    const found = byId.get(work.targetId!)
    if (found === undefined || found === null) {
      park(work, {
        class: 'deleted-at-target',
        message: `The record ${work.targetId} is no longer at the target.`,
        at: `agree.${index}`,
      })
    } else if (!new Decimal(String(found)).equals(expected)) {
      differing.set(work, { expected, found: String(found) })
    }
  }
  return differing
}

/** Puts what is missing on the adjusting line, as long as it stays within `atMost`. Gives the records it was done for. */
async function adjust(
  context: LegContext,
  plan: AdjustPlan,
  index: number,
  differing: ReadonlyMap<Work, Difference>,
): Promise<Work[]> {
  const items = new Map<Work, UpsertItem>()
  const amounts = new Map<Work, Decimal>()
  for (const [work, { expected, found }] of differing) {
    const before = new Decimal(work.adjusted[index] ?? 0)
    const needed = before.plus(expected).minus(found)
    const fits = needed.abs().lessThanOrEqualTo(plan.atMost)
    // A line from an earlier delivery that no longer helps is emptied, so that the difference shown is the true one.
    if (!fits && before.isZero()) continue
    amounts.set(work, fits ? needed : new Decimal(0))
  }
  if (amounts.size === 0) return []
  const product = await productOf(context, plan)
  for (const [work, amount] of amounts) {
    if (product === null) {
      park(work, {
        class: 'missing-reference',
        message: `The total differs by ${signed(amount)}, which belongs on a line with the product "${plan.product}": no active product has that internal reference. Create it (a service without taxes).`,
        at: `agree.${index}`,
      })
      continue
    }
    const fields: FieldValues = {
      [plan.fields.product]: product,
      [plan.fields.quantity]: '1',
      [plan.fields.price]: amount.toFixed(),
      [plan.fields.taxes]: [],
    }
    const key = recordKey(context.plan.project, context.plan.namespace, work.key)
    items.set(work, {
      key,
      targetId: work.targetId,
      adopted: work.adopted,
      fields: {},
      firstTimeFields: {},
      lines: [
        {
          field: plan.line,
          key: recordKey(context.plan.project, context.plan.namespace, work.key, {
            as: 'adjust',
            key: String(index),
          }),
          fields,
        },
      ],
      removedLines: [],
    })
  }
  const done: Work[] = []
  await sendAll(context, context.plan.target.shape, items, (work) => {
    work.adjusted = { ...work.adjusted, [index]: amounts.get(work)!.toFixed() }
    work.written = true
    done.push(work)
  })
  return done
}

async function productOf(context: LegContext, plan: AdjustPlan): Promise<string | null> {
  const found = await context.target.lookUp({
    resource: 'product.product',
    by: { kind: 'field', field: 'default_code' },
    values: [plan.product],
    where: {},
    fields: [],
    signal: context.signal,
  })
  return found.length === 1 ? found[0]!.id : null
}

function reasonOf(rule: AgreePlan): string {
  if (rule.adjust === null) return 'The mapping leaves out something that the total holds.'
  return `At most ${rule.adjust.atMost} may come from rounding; this is more, so the mapping leaves out something that the total holds (a tip, a duty, a tax it does not know).`
}

function money(text: string): string {
  return new Decimal(text).toFixed(2)
}

function signed(amount: Decimal): string {
  return `${amount.isNegative() ? '−' : '+'}${amount.abs().toFixed(2)}`
}
