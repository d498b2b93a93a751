/** Faults on demand, for tests of what a client does then. */
export type FaultKind =
  /** Answers with a page of HTML and `status` (default 502); nothing is done. */
  | 'status'
  /** Closes the connection; nothing is done. */
  | 'cut-before'
  /** Does the call, then closes the connection without an answer. */
  | 'cut-after'
  /** Does the call, then breaks off in the middle of the answer. */
  | 'half'
  /** Loses against another transaction: `load` says so in its messages, other methods with an error. */
  | 'conflict'
  /** Waits `ms` before the call. */
  | 'latency'
  /** The transaction began `ms` before it becomes visible: its stamps lie that far back. */
  | 'late-commit'

export interface Fault {
  readonly kind: FaultKind
  /** How often it happens; default 1. */
  readonly times?: number
  /** How many matching calls pass before; default 0. */
  readonly after?: number
  /** Only calls of this model or method. */
  readonly model?: string
  readonly method?: string
  readonly status?: number
  readonly ms?: number
}

export interface Faults {
  set(faults: readonly Fault[]): void
  /** The faults that hit a call now; each hit counts. */
  hitting(model: string, method: string): readonly Fault[]
  left(): readonly Fault[]
}

export function createFaults(): Faults {
  let armed: { readonly fault: Fault; passing: number; left: number }[] = []
  return {
    set(faults) {
      armed = faults.map((fault) => ({ fault, passing: fault.after ?? 0, left: fault.times ?? 1 }))
    },
    hitting(model, method) {
      const hits: Fault[] = []
      for (const one of armed) {
        const { fault } = one
        if (fault.model !== undefined && fault.model !== model) continue
        if (fault.method !== undefined && fault.method !== method) continue
        if (one.passing > 0) one.passing -= 1
        else if (one.left > 0) {
          one.left -= 1
          hits.push(fault)
        }
      }
      return hits
    },
    left: () =>
      armed.flatMap(({ fault, left, passing }) =>
        left > 0 ? [{ ...fault, times: left, after: passing }] : [],
      ),
  }
}
