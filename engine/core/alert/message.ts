import type { AlertSeverity } from '../model/alert.ts'

/** What a change of a rule's state is. `escalated`: it fires for long, and somebody else is told. */
export const ALERT_CHANGES = ['raised', 'recovered', 'escalated'] as const
export type AlertChange = (typeof ALERT_CHANGES)[number]

/**
 * What people are told when the state of a rule changed: everything a channel needs to write it, and nothing that is secret or
 * personal. JSON, so that it can wait in an outbox.
 */
export interface AlertMessage {
  /** The same for the same change of state, on every channel and in every attempt: duplicates are told apart by it. */
  readonly id: string
  /** The same for all changes of one rule: what a thread or an incident of a channel hangs on. */
  readonly ruleId: string
  /** Project and environment. */
  readonly project: string
  /** Null: of a connection or a channel rather than of one mapping. */
  readonly mapping: string | null
  /** `failures`, `silence`, `halted`, …: also the name of the docs page, `alert-<kind>`. */
  readonly kind: string
  /** The rule as people write it: `failures: 5 within 1h`. */
  readonly rule: string
  readonly severity: AlertSeverity
  readonly change: AlertChange
  /** Since when the rule holds; of `recovered`: since when it held. Epoch ms. */
  readonly since: number
  /** When the state changed. Epoch ms. */
  readonly at: number
  /** How many, where the rule counts something. */
  readonly count: number | null
  /** One sentence: what, how many, since when. */
  readonly summary: string
  /** The first ones, at most three, masked. */
  readonly examples: readonly AlertExample[]
  readonly advice: AlertAdvice
  readonly links: readonly AlertLink[]
}

/** One of what the alert is about. */
export interface AlertExample {
  /** What people call it: `#1042`, a run, a field. */
  readonly label: string
  /** Class of a dead letter, kind of a failure; null where there is none. */
  readonly class: string | null
  /** Why, masked. */
  readonly message: string
  /** Where in the files: `mappings/orders.yaml:40`; null: nowhere. */
  readonly place: string | null
}

export interface AlertAdvice {
  /** What to do, in a sentence or two. */
  readonly text: string
  /** Commands that show more or help, as typed. */
  readonly commands: readonly string[]
}

export interface AlertLink {
  /** `Temporal`, `What to do`. */
  readonly label: string
  readonly url: string
}
