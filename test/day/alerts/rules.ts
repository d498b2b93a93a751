/** Who is told: Slack, mail, and a receiver of one's own. */
export const CHANNELS = ['ops', 'finance', 'audit'] as const
export type ChannelName = (typeof CHANNELS)[number]

/** How long no run of the products may be completed before somebody is told. */
export const SILENCE_MS = 45_000
/** So many bad products within so long. */
export const RING = { atLeast: 5, withinMs: 8_000 } as const

const notify = `notify: [${CHANNELS.join(', ')}]`

/** The rules of each mapping, as people write them. */
export const RULES: Readonly<Record<string, readonly string[]>> = {
  'shopify-orders': [
    `{ failures: { atLeast: 5, within: 24h, of: records }, ${notify}, severity: critical }`,
    `{ rejected: { share: 60%, within: 24h }, ${notify} }`,
    `{ oldestDeadLetter: { olderThan: 20s }, notify: [ops, audit], escalate: { after: 20s, notify: [finance] } }`,
    `{ drift: { atLeast: mapped }, ${notify}, severity: critical }`,
  ],
  'shopify-products': [
    `{ failures: { atLeast: ${RING.atLeast}, within: ${RING.withinMs / 1_000}s, of: records }, ${notify} }`,
    `{ failures: { atLeast: 1, within: 24h, of: runs }, ${notify} }`,
    `{ silence: { of: runs, longerThan: ${SILENCE_MS / 1_000}s }, ${notify} }`,
    `{ runDuration: { longerThan: 1h }, ${notify} }`,
  ],
  'shopify-customers': [
    `{ tokenDaysLeft: { lessThan: 7 }, ${notify} }`,
    `{ budgetUsed: { moreThan: 90% }, ${notify} }`,
    `{ silence: { of: runs, longerThan: 1h, during: "MON-SUN 00:00-24:00 Europe/Brussels" }, ${notify} }`,
  ],
}

export function channelsText(): string {
  return `tidelock: 1
channels:
  ops: { slack: { webhook: { secret: slack-ops } } }
  finance: { email: { to: [books@acme.example], smtp: { secret: smtp-url }, from: tidelock@acme.example } }
  audit: { webhook: { url: { secret: audit-url }, sign: { secret: audit-key } } }
`
}
