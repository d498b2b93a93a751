/** Where an alert rule stands. `mapping` is empty for what is watched of a connection. */
export interface AlertStateTable {
  project: string
  mapping: string
  rule: string
  kind: string
  firing: number
  /** Since when it stands so. */
  since: number
  escalated: number
  /** Of a rule that holds in steps: the last one. */
  stage: number | null
  /** Of its last change. */
  sequence: number
  /** Channels that were told that it fires, and nothing since. */
  told: string
  /** What its last change says to people. */
  message: string | null
  /** Up to when it was judged. */
  evaluated_at: number
}

/** What became of alert rules; rows are added, never changed. */
export interface AlertChangeTable {
  project: string
  mapping: string
  rule: string
  sequence: number
  change: string
  at: number
  since: number
  count: number | null
  summary: string
}

/** When runs were halted: their own rows know it only as long as they are. */
export interface HaltTable {
  run_id: string
  since: number
  project: string
  mapping: string
  until: number | null
  message: string | null
}
