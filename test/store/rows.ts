import type { NewDeadLetter } from '../../engine/store/dead-letters.ts'
import type { NewIntent, NewLedgerRow } from '../../engine/store/ledger.ts'
import { START } from './opened.ts'

/** A delivered order; a test says what is particular about it. */
export function ledgerRow(key: string, particular: Partial<NewLedgerRow> = {}): NewLedgerRow {
  return {
    project: 'acme',
    namespace: 'orders',
    key,
    connection: 'odoo',
    resource: 'sale.order',
    label: `#${key}`,
    targetId: `9${key}`,
    adopted: false,
    state: 'confirmed',
    sourceStamp: '2026-11-24T12:00:00Z',
    sourceHash: 'source',
    planHash: 'plan',
    fingerprint: 'print',
    fieldHashes: {
      fields: { note: 'n1' },
      lines: { 'order_line/line/1': { qty: 'q1' } },
      records: {},
      adjusted: { 0: '0.01' },
    },
    stepsDue: [],
    deliveredAt: START,
    sentAt: null,
    runId: 'run-1',
    sourceKey: `gid/${key}`,
    ...particular,
  }
}

/** A write of an order that is about to be made. */
export function intent(key: string, particular: Partial<NewIntent> = {}): NewIntent {
  return {
    project: 'acme',
    namespace: 'orders',
    connection: 'odoo',
    resource: 'sale.order',
    key,
    label: `#${key}`,
    planHash: 'plan-2',
    sourceStamp: '2026-11-24T13:00:00Z',
    payloadHash: 'payload',
    sent: { fields: { note: 'n2' }, lines: {}, records: {}, adjusted: {} },
    sourceKey: `gid/${key}`,
    epoch: 1,
    sentAt: START,
    runId: 'run-2',
    ...particular,
  }
}

/** An order that was refused; tried again after 10 ms, then every 100. */
export function deadLetter(key: string, particular: Partial<NewDeadLetter> = {}): NewDeadLetter {
  return {
    project: 'acme',
    mapping: 'shopify-orders',
    namespace: 'orders',
    key,
    label: `#${key}`,
    class: 'rejected',
    message: 'No such tax',
    cause: { cluster: 'c-tax', text: 'No such tax' },
    at: 'fields.order_line.0.fields.tax_ids',
    file: 'mappings/shopify-orders.yaml',
    line: 40,
    column: 9,
    state: 'parked',
    payload: { key: `gid/${key}`, stamp: '2026-11-24T12:00:00Z', data: { name: `#${key}` } },
    sourceHash: 'source',
    sourceFields: { name: 'name' },
    mapped: { client_order_ref: `#${key}` },
    exchange: null,
    targetId: null,
    dueAfterMs: [10, 100],
    planHash: 'plan',
    runId: 'run-1',
    onlyWaits: (particular.waitsFor ?? null) !== null,
    waitsFor: null,
    ...particular,
  }
}
