/** What every fault on demand says, whatever goes wrong. */
export interface Armed {
  readonly kind: string
  /** How often it happens. (Default: once) */
  readonly times?: number
  /** How many requests that it concerns pass before. (Default: none) */
  readonly after?: number
}

/** The faults of one server, counted down as they happen. */
export interface Faults<F extends Armed> {
  /** Replaces all of them. */
  set(faults: readonly F[]): void
  add(faults: readonly F[]): void
  /** Those that hit a request now. */
  hitting(concerns: (fault: F) => boolean): readonly F[]
  left(): readonly F[]
  /** How often each kind has hit. */
  hits(): Readonly<Record<string, number>>
  forgetHits(): void
}

export function createFaults<F extends Armed>(): Faults<F> {
  let armed: { readonly fault: F; passing: number; left: number }[] = []
  let hits: Record<string, number> = {}
  const arm = (fault: F) => ({ fault, passing: fault.after ?? 0, left: fault.times ?? 1 })
  return {
    set(faults) {
      armed = faults.map(arm)
    },
    add(faults) {
      armed = [...armed.filter(({ left }) => left > 0), ...faults.map(arm)]
    },
    hitting(concerns) {
      const hitting: F[] = []
      for (const one of armed) {
        if (one.left === 0 || !concerns(one.fault)) continue
        if (one.passing > 0) one.passing -= 1
        else {
          one.left -= 1
          hits[one.fault.kind] = (hits[one.fault.kind] ?? 0) + 1
          hitting.push(one.fault)
        }
      }
      return hitting
    },
    left: () =>
      armed.flatMap(({ fault, left, passing }) =>
        left > 0 ? [{ ...fault, times: left, after: passing }] : [],
      ),
    hits: () => ({ ...hits }),
    forgetHits() {
      hits = {}
    },
  }
}
