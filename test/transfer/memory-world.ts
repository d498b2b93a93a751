import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { ConnectorFacts, SourceRecord } from '../../engine/core/model/connector.ts'
import type { JsonObject, JsonValue } from '../../engine/core/model/json.ts'
import type { ErrorPlan, Plan } from '../../engine/core/model/plan.ts'
import type { Tally } from '../../engine/core/model/tally.ts'
import { hashOf } from '../../engine/core/transform/fingerprint.ts'
import { type DeadLetterRow, deadLetters } from '../../engine/store/dead-letters.ts'
import { type LedgerRow, ledgerRows, openIntents } from '../../engine/store/ledger.ts'
import type { Store } from '../../engine/store/open.ts'
import { savePlan, setAppliedPlan } from '../../engine/store/plans.ts'
import type { Lane } from '../../engine/transfer/context.ts'
import { runOneLeg } from '../../engine/transfer/run.ts'
import { openedStore } from '../store/opened.ts'
import { createMemory } from './memory.ts'
import { stopped } from './stopped.ts'

const MAPPING = 'orders'

const END = { connector: 'memory', settings: {}, auth: {} } as const

/** Everything that a page's records can run into, in one small plan. */
export function planOf(
  particular: {
    readonly again?: readonly number[]
    readonly settleAfter?: string
    readonly halt?: ErrorPlan['halt']
    readonly description?: string
    readonly drift?: JsonObject
  } = {},
): Plan {
  const cel = (text: string) => ({ cel: text })
  const errors: ErrorPlan = {
    retry: { first: 1, max: 1, attempts: 1 },
    parked: { again: particular.again ?? [], escalate: null, keepPayload: 1 },
    halt: particular.halt ?? { rejected: 1, window: 50 },
  }
  return {
    format: 1,
    project: 'acme',
    mapping: MAPPING,
    namespace: MAPPING,
    description: particular.description ?? null,
    owner: null,
    source: {
      connection: { ...END, name: 'shop' },
      limits: null,
      resource: 'orders',
      as: 'order',
      since: null,
      selection: {
        id: { type: 'text' },
        name: { type: 'text' },
        amount: { type: 'decimal' },
        note: { type: 'text' },
        status: { type: 'text' },
        paid: { type: 'boolean' },
        customer: { type: 'text' },
        lines: {
          type: 'list',
          list: 'plain',
          fields: { id: { type: 'text' }, quantity: { type: 'integer' } },
        },
      },
      keep: [
        { when: cel('order.status != "test"'), otherwise: 'test', firstTimeOnly: false },
        { when: cel('order.status != "cancelled"'), otherwise: 'cancelled', firstTimeOnly: true },
      ],
    },
    target: {
      connection: { ...END, name: 'erp' },
      limits: particular.settleAfter === undefined ? null : { settleAfter: particular.settleAfter },
      resource: 'orders',
      identity: [cel('order.id')],
      label: cel('order.name'),
      adopt: null,
      gone: 'ignore',
      changed: 'new',
      deletedAtTarget: 'park',
      shape: {
        resource: 'orders',
        fields: {
          name: { type: 'text', required: true },
          amount: { type: 'decimal' },
          note: { type: 'text' },
          customer: { type: 'many2one', relation: 'people' },
          lines: {
            type: 'one2many',
            lines: { resource: 'lines', fields: { quantity: { type: 'integer' } } },
          },
        },
      },
      fixed: {},
    },
    tables: {},
    fields: {
      name: { kind: 'value', value: cel('order.name'), firstTimeOnly: false },
      amount: { kind: 'value', value: cel('order.amount'), firstTimeOnly: false },
      note: { kind: 'value', value: cel('order.note'), firstTimeOnly: true },
      customer: {
        kind: 'value',
        value: cel('match("people", "code", order.customer, {"otherwise": null})'),
        firstTimeOnly: false,
      },
      lines: {
        kind: 'lines',
        blocks: [
          {
            each: cel('order.lines'),
            as: 'line',
            identity: [cel('line.id')],
            adopt: null,
            gone: 'remove',
            fields: { quantity: { kind: 'value', value: cel('line.quantity'), firstTimeOnly: false } },
          },
        ],
      },
    },
    agree: [],
    steps: [
      {
        call: 'confirm',
        when: cel('order.paid'),
        unless: cel('target.state == "done"'),
        reads: { state: { type: 'text' } },
        overwrites: [],
      },
    ],
    schedule: null,
    priority: 'normal',
    scopes: {},
    errors,
    links: {},
    alerts: [],
    drift: particular.drift ?? {},
    readiness: null,
  }
}

/** A real store in a file, on a file system in memory where there is one: laws are about what it holds, not about the disk. */
export async function quickStore() {
  const folder = mkdtempSync(join(tmpdir(), 'tidelock-laws-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return openedStore({ url: 'sqlite:store.db', folder })
}

export interface MemoryOptions {
  readonly plan?: Parameters<typeof planOf>[0]
  readonly facts?: Partial<ConnectorFacts>
  /** The systems of another world, whose store was lost. */
  readonly systems?: ReturnType<typeof createMemory>
  /** Each page of the source in a leg of its own; otherwise some are moved together. */
  readonly pageByPage?: boolean
}

let scopes = 0
/** Where the plan would stand in a file. */
const SOURCE_MAP = { file: 'orders.yaml', places: { 'fields.amount': { line: 31, column: 3 } } }

/** Two systems in memory and the legs between them, under a project of its own in a real store. */
export async function memoryWorld(
  store: Store,
  { plan: particular, facts, systems, pageByPage = false }: MemoryOptions = {},
) {
  const scope = `acme-${++scopes}`
  const { memory, connector, settleDown } = systems ?? createMemory(() => store.now(), facts)
  // What a customer's code leads to; there is none with the code "nobody".
  memory.records.set('p1', { id: 'p1', key: null, fields: { code: 'ann' }, lines: {} })
  let hash = ''
  const put = async (plan: Plan): Promise<void> => {
    const stamp = { appliedAt: 0, author: null, commit: null }
    hash = hashOf(plan as unknown as JsonValue)
    await store.transaction(async (trx) => {
      await savePlan(trx, { hash, plan, sourceMap: SOURCE_MAP, ...stamp })
      await setAppliedPlan(trx, scope, MAPPING, hash, stamp)
    })
  }
  const plan = planOf(particular)
  await put(plan)
  return {
    memory,
    scope,
    plan,
    /** Applies another plan. */
    applyPlan: put,
    /** Applies the plan, with something changed in it. */
    async apply(changed: Parameters<typeof planOf>[0] = {}) {
      await put(planOf({ ...particular, ...changed }))
    },
    systems: { memory, connector, settleDown },
    settleDown,
    intents: () => openIntents(store, scope, MAPPING, { limit: 1_000 }),
    async run(lane: Lane = 'live', runId: string = randomUUID(), leaseMs = 1): Promise<Tally> {
      for (;;) {
        const progress = await runOneLeg(
          {
            store,
            connectors: { memory: connector },
            secrets: { value: async () => '', hosts: () => [] },
            now: () => store.now(),
            leaseMs,
            log() {},
          },
          {
            project: scope,
            mapping: MAPPING,
            lane,
            planHash: hash,
            selectionId: null,
            runId,
            workflowId: runId,
            budgetMs: pageByPage ? -1 : 60_000,
            lastAttempt: true,
            signal: new AbortController().signal,
            progress() {},
          },
        )
        if (progress.state === 'done') return progress.tally
        if (progress.state === 'busy') throw new Error('busy')
        if (progress.state !== 'more') throw await stopped(store, scope, runId)
      }
    },
    /** What is known and stands where, without times, runs and ids that come in another order. */
    async picture(keys: readonly string[]) {
      const rows = await ledgerRows(store, scope, MAPPING, keys)
      const letters = await deadLetters(store, scope, { open: true, limit: 1_000 })
      const idOf = (id: string | null) => (id === null ? null : (memory.records.get(id)?.key ?? 'nowhere'))
      return {
        ledger: [...rows.values()].map((row) => ledgerPicture(row, idOf)).sort(byKey),
        letters: letters.map((letter) => letterPicture(letter, idOf)).sort(byKey),
        target: [...memory.records.values()]
          .filter(({ key }) => key !== null)
          .map(({ key, fields, lines }) => ({
            key: key!,
            fields: { ...fields },
            lines: structuredClone(lines),
          }))
          .sort(byKey),
      }
    },
  }
}

const byKey = (a: { readonly key: string }, b: { readonly key: string }) =>
  a.key < b.key ? -1 : a.key > b.key ? 1 : 0

function ledgerPicture(row: LedgerRow, idOf: (id: string | null) => string | null) {
  const { key, label, state, sourceStamp, sourceHash, fingerprint, fieldHashes, stepsDue, sourceKey } = row
  return {
    key,
    label,
    state,
    sourceStamp,
    sourceHash,
    fingerprint,
    fieldHashes,
    stepsDue,
    sourceKey,
    at: idOf(row.targetId),
  }
}

function letterPicture(letter: DeadLetterRow, idOf: (id: string | null) => string | null) {
  const { key, label, class: why, message, at, state, payload, sourceHash, attempts } = letter
  return { key, label, why, message, at, state, payload, sourceHash, attempts, target: idOf(letter.targetId) }
}

/** A version of an order at the source. */
export function version(
  key: string,
  stamp: number,
  particular: Readonly<Record<string, JsonValue>> = {},
): SourceRecord {
  const data: JsonObject = {
    id: key,
    name: `order ${key}`,
    amount: '1.00',
    note: null,
    status: 'open',
    paid: false,
    customer: null,
    lines: [],
    ...particular,
  }
  return { key, stamp: `2026-01-01T00:00:${String(stamp).padStart(2, '0')}Z`, data }
}
