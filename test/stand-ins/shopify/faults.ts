import { createFaults, type Faults } from '../faults.ts'
import type { TransportFault, TransportKind } from '../transport.ts'

/** What a person does to an order: `editOrder` without its order, or a button. */
export type Edit = Readonly<Record<string, unknown>> | 'markPaid' | 'cancel'

/** What goes wrong inside the shop, or with what stands in front of it. */
type OwnKind =
  /** Answers with `status` (default 503), with `retryAfter` where given; nothing is executed. */
  | 'status'
  /** A page of HTML with status 200. */
  | 'html'
  /** A fault on their side, which comes with status 200, too. */
  | 'internal-error'
  /** The bucket is empty: THROTTLED with status 200. */
  | 'throttled'
  /** The query is said to cost more than one query may. */
  | 'max-cost'
  /** The token is not accepted any more. */
  | 'expired-token'
  /** The app has none of its scopes: ACCESS_DENIED with status 200, and nothing where the data was. */
  | 'no-scopes'
  /** Another version answers than the one that was asked: only a header tells. */
  | 'fall-forward'
  /** The page begins with the last record of the page before. Only pages after a cursor are hit. */
  | 'duplicate'
  /** Somebody edits the last order of the answer (or the one asked for by id) as `edit` says, right after it was read. */
  | 'edited'
  /** A change in the shop becomes visible `ms` late: its stamp lies that far back. Hits changes, not requests. */
  | 'late-commit'

/** A fault on demand, for tests of what a client does then. */
export interface ShopifyFault extends TransportFault {
  readonly kind: OwnKind | TransportKind
  /** Only this operation (`Page`); `token`: the token endpoint. (Default: all queries) */
  readonly operation?: string
  /** Only queries that ask for this list (`orders`). */
  readonly field?: string
  readonly status?: number
  readonly retryAfter?: string
  readonly edit?: Edit
}

export type ShopifyFaults = Faults<ShopifyFault>

export const createShopifyFaults = () => createFaults<ShopifyFault>()

/** The faults that hit a request with this body; each hit counts. */
export function hitting(faults: ShopifyFaults, body: string): readonly ShopifyFault[] {
  const operation = /\b(?:query|mutation)\s+(\w+)/.exec(body)?.[1] ?? 'anonymous'
  const hasCursor = /"after":\s*"/.test(body)
  return faults.hitting(
    (fault) =>
      fault.kind !== 'late-commit' &&
      (fault.kind !== 'duplicate' || hasCursor) &&
      (fault.operation === undefined || fault.operation === operation) &&
      (fault.field === undefined || body.includes(`${fault.field}(`)),
  )
}

/** The one of a kind among them. */
export function own(hits: readonly ShopifyFault[], kind: OwnKind): ShopifyFault | undefined {
  return hits.find((fault) => fault.kind === kind)
}
