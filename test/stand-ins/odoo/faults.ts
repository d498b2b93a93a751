import type { Faults } from '../faults.ts'
import type { TransportFault, TransportKind } from '../transport.ts'

/** What goes wrong inside Odoo, or with what stands in front of it. */
type OwnKind =
  /** A proxy answers with a page of HTML and `status` (default 502), with `retryAfter` where given; nothing is done. */
  | 'status'
  /** The key has expired; nothing is done. */
  | 'key-expired'
  /** Loses against another transaction: `load` says so in its messages, other methods with an error. */
  | 'conflict'
  /** The transaction began `ms` before it becomes visible: its stamps lie that far back. */
  | 'late-commit'
  /** The connection dies while the worker is at it, and the transaction commits `ms` later. */
  | 'cut-working'
  /** The connection dies while the request waits for a worker, which begins with it `ms` later. */
  | 'cut-queued'
  /** Does the call and holds the answer back until `release`, or for `ms`, or until the client gives up. */
  | 'hold'
  /** Somebody writes the records of the answer once more before the next page is read. */
  | 'touched'

/** A fault on demand, for tests of what a client does then. */
export interface OdooFault extends TransportFault {
  readonly kind: OwnKind | TransportKind
  /** Only calls of this model or method. */
  readonly model?: string
  readonly method?: string
  readonly status?: number
  readonly retryAfter?: string
  /** (Default: serialization) */
  readonly says?: 'serialization' | 'deadlock'
  /** `error`: also `load` fails with it, as when the conflict shows at the commit. (Default: message) */
  readonly as?: 'message' | 'error'
}

export type OdooFaults = Faults<OdooFault>

/** The faults that hit a call now; each hit counts. */
export function hitting(faults: OdooFaults, model: string, method: string): readonly OdooFault[] {
  return faults.hitting(
    (fault) =>
      (fault.model === undefined || fault.model === model) &&
      (fault.method === undefined || fault.method === method),
  )
}

/** The one of a kind among them. */
export function own(hits: readonly OdooFault[], kind: OwnKind): OdooFault | undefined {
  return hits.find((fault) => fault.kind === kind)
}
