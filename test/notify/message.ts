import type { AlertMessage } from '../../engine/core/alert/message.ts'

const AT = Date.UTC(2026, 10, 24, 12, 30)

/** A message as a rule raises it. */
export function alertMessage(change: Partial<AlertMessage> = {}): AlertMessage {
  return {
    id: 'orders/failures/1/raised',
    ruleId: 'orders/failures',
    project: 'acme',
    mapping: 'shopify-orders',
    kind: 'failures',
    rule: 'failures: 5 within 1h',
    severity: 'critical',
    change: 'raised',
    since: AT - 60_000,
    at: AT,
    count: 5,
    summary: '5 records could not be delivered within 1 h.',
    examples: [
      {
        label: '#1042',
        class: 'missing-reference',
        message: 'No product has the code "A-1".',
        place: 'mappings/shopify-orders.yaml:40',
      },
    ],
    advice: { text: 'Add the product to Odoo.', commands: ['npx tidelock dead-letters list'] },
    links: [{ label: 'Temporal', url: 'http://127.0.0.1:8233/namespaces/default' }],
    ...change,
  }
}
