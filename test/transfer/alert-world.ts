import type { AlertMessage } from '../../engine/core/alert/message.ts'
import { rulesOf, sharedRules } from '../../engine/core/alert/rule.ts'
import type { Plan } from '../../engine/core/model/plan.ts'
import { EMPTY_TALLY, type Tally } from '../../engine/core/model/tally.ts'
import { alertChanges } from '../../engine/store/alert-states.ts'
import { clearRefusal, markRefused, noteWatch } from '../../engine/store/connection-watch.ts'
import { parkRecords, resolveDeadLetters } from '../../engine/store/dead-letters.ts'
import type { Store } from '../../engine/store/open.ts'
import { outboxOf } from '../../engine/store/outbox.ts'
import { savePlan, setAppliedPlan } from '../../engine/store/plans.ts'
import { addToRun, finishRun, startRun } from '../../engine/store/runs.ts'
import { judgeRules } from '../../engine/transfer/alerts/evaluate.ts'
import { compileFiles, filesOf } from '../core/compile/repository.ts'
import { openedStore } from '../store/opened.ts'
import { deadLetter } from '../store/rows.ts'

const ORDERS = 'mappings/shopify-orders.yaml'
const CHANNELS = ['ops', 'finance', 'boss']
export const MAPPING = 'shopify-orders'
export const MINUTE = 60_000

const compiled = new Map<string, Plan>()

/** The shipped order mapping with these rules. */
export function planWith(...rules: readonly string[]): Plan {
  const known = compiled.get(rules.join())
  if (known !== undefined) return structuredClone(known)
  const files = filesOf('.')
  const channels = CHANNELS.map(
    (name) => `  ${name}: { webhook: { url: "https://hooks.acme.example/${name}" } }`,
  )
  const { plans, diagnostics } = compileFiles({
    ...files,
    [ORDERS]: `${files[ORDERS]}\nalerts:\n${rules.map((rule) => `  - ${rule}`).join('\n')}\n`,
    'mappings/channels.yaml': `tidelock: 1\nchannels:\n${channels.join('\n')}\n`,
  })
  const plan = plans.find((candidate) => candidate.plan.mapping === MAPPING)?.plan
  if (plan === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\n'))
  compiled.set(rules.join(), plan)
  return structuredClone(plan)
}

/** A real store with a clock that is turned, things that happen in it, and the rules of a mapping judged by it. */
export async function alertWorld(...rules: readonly string[]) {
  const opened = await openedStore()
  const { store, pass, now } = opened
  let plan = planWith(...rules)
  let runs = 0
  const judge = (by: Store = store) =>
    judgeRules(
      { store: by, links: { temporalUi: 'http://ui/namespaces/default', docs: 'https://docs' } },
      { project: 'acme', mapping: MAPPING, plan, rules: rulesOf(plan) },
    )
  /** What is watched of connections. */
  const judgeShared = (by: Store = store) =>
    judgeRules(
      { store: by, links: { temporalUi: null, docs: 'https://docs' } },
      { project: 'acme', mapping: null, plan: null, rules: sharedRules([plan]) },
    )
  const begin = async () => {
    const id = `run-${++runs}`
    await store.transaction((trx) =>
      startRun(trx, {
        ...{ id, project: 'acme', mapping: MAPPING, lane: 'live', workflowId: id, planHash: 'plan' },
        startedAt: now(),
      }),
    )
    return id
  }
  return {
    ...opened,
    judge,
    judgeShared,
    begin,
    get plan() {
      return plan
    },
    /** A look finds that the key of Odoo ends then; null: that it has no end. `changesAt`: when we change it ourselves. */
    keyEnds: (expiresAt: number | null, changesAt: number | null = null) =>
      store.transaction((trx) =>
        noteWatch(trx, 'acme', {
          ...{ connection: 'odoo', account: null, expiresAt, expiresOf: 'API key', todo: null },
          ...{
            steps: 'Make a new one.',
            changesAt,
            scopesMissing: [],
            scopesUnneeded: [],
            clockSkewMs: null,
          },
        }),
      ),
    refuse: () =>
      store.transaction((trx) =>
        markRefused(trx, 'acme', 'odoo', { app: null, kind: 'key', message: 'HTTP 401', refusedWith: 'x' }),
      ),
    take: () => store.transaction((trx) => clearRefusal(trx, 'acme', 'odoo')),
    /** Makes the mapping the one that runs. */
    apply: () =>
      store.transaction(async (trx) => {
        const stamp = { appliedAt: now(), author: null, commit: null }
        await savePlan(trx, { hash: 'plan', plan, sourceMap: { file: ORDERS, places: {} }, ...stamp })
        await setAppliedPlan(trx, 'acme', MAPPING, 'plan', stamp)
      }),
    rewrite: (...others: readonly string[]) => {
      plan = planWith(...others)
    },
    /** Lets time pass, with a look at the rules each so many minutes. */
    async passJudged(minutes: number, step = 1) {
      for (let minute = 0; minute < minutes; minute += step) {
        pass(step * MINUTE)
        await judge()
      }
    },
    park: (key: string, particular: Parameters<typeof deadLetter>[1] = {}) =>
      store.transaction((trx) => parkRecords(trx, [deadLetter(key, particular)], now())),
    resolve: (key: string) =>
      store.transaction((trx) => resolveDeadLetters(trx, 'acme', MAPPING, [key], 'resolved', now())),
    end: (id: string, state: 'done' | 'failed') =>
      store.transaction((trx) =>
        finishRun(trx, {
          ...{ id, finishedAt: now(), state, failureKind: state === 'failed' ? 'unavailable' : null },
          failureMessage: state === 'failed' ? 'It did not answer ann@example.com.' : null,
        }),
      ),
    async page(tally: Partial<Tally>, fresh: number) {
      const id = await begin()
      await store.transaction((trx) => addToRun(trx, id, { ...EMPTY_TALLY, ...tally }, 1, fresh))
      return id
    },
    /** What channels were sent, in order: `ops raised`. */
    async sent(): Promise<string[]> {
      return (await messages(store)).map(({ channel, message }) => `${channel} ${message.change}`)
    },
    messages: () => messages(store),
    changes: () => alertChanges(store, 'acme'),
  }
}

async function messages(store: Store): Promise<{ channel: string; message: AlertMessage }[]> {
  const newestFirst = await outboxOf(store, 'acme', 1_000)
  return newestFirst
    .toReversed()
    .map(({ channel, message }) => ({ channel, message }))
    .sort((a, b) => a.message.at - b.message.at || a.channel.localeCompare(b.channel))
}
