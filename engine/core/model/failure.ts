import type { JsonObject } from './json.ts'

/**
 * The failures a run knows. Two questions each: is it worth trying again (`retry`), and who has to act (`owner`).
 * A rejected record is not among them: that is an outcome, see {@link ./outcome.ts}.
 */
export const FAILURES = {
  unavailable: {
    retry: true,
    owner: 'remote',
    meaning: 'The remote system or the network did not answer, or answered 5xx.',
  },
  throttled: { retry: true, owner: 'nobody', meaning: 'The remote system asked to be called later.' },
  'auth-expired': {
    retry: false,
    owner: 'operator',
    meaning: 'The credentials are refused, also after one renewal.',
  },
  'scope-violation': {
    retry: false,
    owner: 'operator',
    meaning:
      'The credentials lack a right that the mapping needs, or the mapping asked for one it does not declare.',
  },
  'schema-drift': {
    retry: false,
    owner: 'author',
    meaning: 'The remote system no longer looks like its recorded schema.',
  },
  'too-many-rejected': {
    retry: false,
    owner: 'author',
    meaning: 'The share of rejected records is above the limit of the mapping.',
  },
  'invalid-plan': {
    retry: false,
    owner: 'author',
    meaning: 'The plan is unknown, damaged, or of another version: apply again.',
  },
  'lease-lost': { retry: true, owner: 'nobody', meaning: 'Another run of the same mapping took over.' },
  bug: { retry: false, owner: 'developer', meaning: 'Something that cannot happen did.' },
} as const satisfies Record<
  string,
  { retry: boolean; owner: 'remote' | 'nobody' | 'operator' | 'author' | 'developer'; meaning: string }
>

export type FailureKind = keyof typeof FAILURES

/** Facts beside a failure's message. Small, JSON, and free of secrets and personal data. */
export interface FailureDetails {
  /** How long the remote system asked to wait, where it said so. */
  readonly retryAfterMs?: number
  /** Only for `unavailable`: whether the request may have reached the remote system. Default: it may. */
  readonly maybeSent?: boolean
  readonly fields?: JsonObject
  readonly cause?: unknown
}

/**
 * The only error thrown across folders. Everything else that is thrown is a `bug`.
 * The message is one sentence for people: where, what was found, what was expected, what to do.
 */
export class SyncError extends Error {
  override readonly name = 'SyncError'
  readonly kind: FailureKind
  readonly retryAfterMs: number | undefined
  readonly maybeSent: boolean
  readonly fields: JsonObject

  constructor(kind: FailureKind, message: string, details: FailureDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.kind = kind
    this.retryAfterMs = details.retryAfterMs
    this.maybeSent = details.maybeSent ?? true
    this.fields = details.fields ?? {}
  }
}

/** The failure kind of anything thrown: its own for a {@link SyncError}, `bug` otherwise. */
export function failureKindOf(error: unknown): FailureKind {
  return error instanceof SyncError ? error.kind : 'bug'
}
