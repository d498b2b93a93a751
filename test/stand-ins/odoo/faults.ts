import type { Armed, Faults } from '../faults.ts'
import type { TransportFault } from '../transport.ts'

/** What goes wrong inside Odoo, or with what stands in front of it. */
interface OwnFault extends Armed {
  readonly kind: /** A proxy answers with a page of HTML and `status` (default 502), with `retryAfter` where given; nothing is done. */
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
    /** Does the call and holds the answer back until `release`, or until the client gives up. */
    | 'hold'
    /** Somebody writes the records of the answer once more before the next page is read. */
    | 'touched'
  readonly ms?: number
  readonly status?: number
  readonly retryAfter?: string
  /** (Default: serialization) */
  readonly says?: 'serialization' | 'deadlock'
  /** `error`: also `load` fails with it, as when the conflict shows at the commit. (Default: message) */
  readonly as?: 'message' | 'error'
}

/** Faults on demand, for tests of what a client does then. */
export type OdooFault = (OwnFault | TransportFault) & {
  /** Only calls of this model or method. */
  readonly model?: string
  readonly method?: string
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
export function own(hits: readonly OdooFault[], kind: OwnFault['kind']): OwnFault | undefined {
  return hits.find((fault): fault is OwnFault & OdooFault => fault.kind === kind)
}
