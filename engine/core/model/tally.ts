/** What became of what was read. `read` is counted where records are handed over; the rest by key in the commit. */
export interface Tally {
  readonly read: number
  readonly created: number
  readonly updated: number
  readonly unchanged: number
  readonly filtered: number
  readonly parked: number
  /** `filtered` by reason: the `otherwise` of a `keep` rule, or `superseded`. Adds up to `filtered`. */
  readonly filteredBy: { readonly [reason: string]: number }
  /** Retries balance on their own: `due = delivered + parkedAgain + superseded + discarded`. */
  readonly due: number
  readonly delivered: number
  readonly parkedAgain: number
  /** Of the due ones: a later version of the record is known. */
  readonly superseded: number
  readonly discarded: number
  readonly calls: number
  readonly writeCalls: number
}

export const EMPTY_TALLY: Tally = {
  read: 0,
  created: 0,
  updated: 0,
  unchanged: 0,
  filtered: 0,
  parked: 0,
  filteredBy: {},
  due: 0,
  delivered: 0,
  parkedAgain: 0,
  superseded: 0,
  discarded: 0,
  calls: 0,
  writeCalls: 0,
}

export function addTallies(a: Tally, b: Tally): Tally {
  const filteredBy: Record<string, number> = { ...a.filteredBy }
  for (const [reason, count] of Object.entries(b.filteredBy))
    filteredBy[reason] = (filteredBy[reason] ?? 0) + count
  return {
    read: a.read + b.read,
    created: a.created + b.created,
    updated: a.updated + b.updated,
    unchanged: a.unchanged + b.unchanged,
    filtered: a.filtered + b.filtered,
    parked: a.parked + b.parked,
    filteredBy,
    due: a.due + b.due,
    delivered: a.delivered + b.delivered,
    parkedAgain: a.parkedAgain + b.parkedAgain,
    superseded: a.superseded + b.superseded,
    discarded: a.discarded + b.discarded,
    calls: a.calls + b.calls,
    writeCalls: a.writeCalls + b.writeCalls,
  }
}

/** Conservation: nothing read disappears. */
export function balances(tally: Tally): boolean {
  const judged = tally.created + tally.updated + tally.unchanged + tally.filtered + tally.parked
  const settled = tally.delivered + tally.parkedAgain + tally.superseded + tally.discarded
  return tally.read === judged && tally.due === settled
}
