/** What a connection was asked on behalf of a mapping. */
export interface UsageTable {
  project: string
  connection: string
  mapping: string
  /** YYYY-MM-DD in the zone of the connection's limits; UTC where they name none. */
  day: string
  calls: number
  write_calls: number
  bytes_in: number
  bytes_out: number
  refusals: number
}

/** What is known of a connection's budget by all who call it. */
export interface BudgetTable {
  project: string
  connection: string
  state: string
  updated_at: number
}
