/** The credentials of a connection that are renewed: one row a connection. */
export interface CredentialTable {
  project: string
  connection: string
  /** Rises with every renewal. */
  generation: number
  /** Sealed. Null until the first one is obtained. */
  sealed: string | null
  /** Sealed: the one before, as long as the vendor may still take it. */
  previous: string | null
  previous_until: number | null
  /** Sealed: a new key that is not proven yet. */
  made: string | null
  obtained_at: number | null
  /** The skew between two clocks is taken off. */
  expires_at: number | null
  refresh_expires_at: number | null
  /** Who renews it now: the others wait. */
  held_by: string | null
  held_until: number | null
}

/** How a connection stands with its credentials. */
export interface ConnectionWatchTable {
  project: string
  connection: string
  /** The app at the vendor that it belongs to; null without OAuth. */
  app: string | null
  /** Null: they are not refused as far as is known. */
  refused_since: number | null
  refused_kind: string | null
  refused_message: string | null
  /** Sealed: the secrets and settings that were refused. With others it is tried again. */
  refused_with: string | null
  checked_at: number | null
  /** Why the last look could not tell. */
  trouble: string | null
  account: string | null
  /** When the first of its keys and grants ends that does not renew itself. */
  expires_at: number | null
  expires_of: string | null
  /** What a person has to do before it ends. */
  todo: string | null
  scopes_missing: string | null
  /** Scopes that are granted and that nothing needs. */
  scopes_unneeded: string | null
  /** How far its clock is ahead of ours, in milliseconds. */
  clock_skew: number | null
}

/** What was known of the credentials of a connection, from when until when; rows are added and closed. */
export interface CredentialHistoryTable {
  project: string
  connection: string
  /** `refused`, or `ends`: which end of a key or consent was known. */
  what: string
  since: number
  /** Null: it is so now. */
  until: number | null
  /** Kind of the refusal; what ends. */
  kind: string
  /** What was answered; the steps that a person has to take. */
  message: string
  ends_at: number | null
  /** When we change it ourselves; null: that is left to people. */
  changes_at: number | null
}
