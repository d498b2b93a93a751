/** What the server counts. */
export interface Stats {
  /** Requests to the GraphQL address, refused ones included. */
  calls: number
  /** Executed queries by the name of their operation. */
  byOperation: Record<string, number>
  throttled: number
  /** Requests for an access token. */
  tokens: number
  /** Points charged to the bucket. */
  cost: number
}

export function noStats(): Stats {
  return { calls: 0, byOperation: {}, throttled: 0, tokens: 0, cost: 0 }
}
