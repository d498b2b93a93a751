export interface RunTable {
  id: string
  project: string
  mapping: string
  lane: string
  workflow_id: string
  plan_hash: string
  state: string
  started_at: number
  finished_at: number | null
  tally: string
  pages: number
  balanced: number | null
  failure_kind: string | null
  failure_message: string | null
  /** When `state` began; null: when the run started or ended. */
  state_since: number | null
  /** When it goes on by itself. */
  state_until: number | null
  /** The connection it waits for. */
  waits_for: string | null
  /** What was decided of it last: `resume` or `abort`. */
  decision: string | null
  decided_by: string | null
  decided_reason: string | null
  decided_at: number | null
}

/** The counters of each page beside the run's sum: a page that is committed again is known and not counted again. */
export interface RunPageTable {
  run_id: string
  sequence: number
  tally: string
  committed_at: number
  project: string | null
  mapping: string | null
  /** Records that no page brought before, or not in this version. */
  fresh: number | null
}

/** The last judgements of a mapping, which its breaker looks at. */
export interface JudgementTable {
  project: string
  mapping: string
  plan_hash: string
  /** Oldest first, a letter each. */
  last: string
}

/** Where a source was seen to differ from its recorded schema. */
export interface DriftTable {
  project: string
  mapping: string
  connection: string
  resource: string
  field: string
  kind: string
  breaking: number
  first_seen_at: number
  last_seen_at: number
  resolved_at: number | null
  found: string
  expected: string
}

/** How often each field of a source was seen and was empty. */
export interface FieldHistoryTable {
  project: string
  mapping: string
  counts: string
}

/** What a system said a resource looks like, at the last look. */
export interface LiveShapeTable {
  project: string
  connection: string
  resource: string
  shape: string
  looked_at: number
}

/** What a mapping compares it with: the first look under its plan. */
export interface KnownShapeTable {
  project: string
  mapping: string
  connection: string
  resource: string
  plan_hash: string
  shape: string
  compared_at: number
}
