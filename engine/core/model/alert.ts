/** How loud an alert is. `critical` goes through quiet hours. */
export const ALERT_SEVERITIES = ['info', 'warning', 'critical'] as const
export type AlertSeverity = (typeof ALERT_SEVERITIES)[number]

/** What a rule watches. Durations and shares as written: `1h`, `20%`. */
export type AlertCondition =
  | {
      readonly kind: 'failures'
      readonly atLeast: number
      readonly within: string
      /** Null: records and runs. */
      readonly of: 'records' | 'runs' | null
    }
  | { readonly kind: 'rejected'; readonly share: string; readonly within: string }
  | {
      readonly kind: 'silence'
      readonly of: 'records' | 'runs'
      readonly longerThan: string
      /** Null: always. */
      readonly during: string | null
    }
  | { readonly kind: 'oldestDeadLetter'; readonly olderThan: string }
  | { readonly kind: 'tokenDaysLeft'; readonly lessThan: number }
  | { readonly kind: 'budgetUsed'; readonly moreThan: string }
  | { readonly kind: 'drift'; readonly atLeast: 'added' | 'unused' | 'mapped' }
  | { readonly kind: 'runDuration'; readonly longerThan: string }

/** A rule of a mapping: when people are told, who, and how loud. */
export interface AlertPlan {
  readonly when: AlertCondition
  readonly notify: readonly string[]
  readonly severity: AlertSeverity
  /** Hours in which it waits unless it is critical: `MON-SUN 22:00-07:00 Europe/Brussels`. Null: none. */
  readonly quiet: string | null
  /** Who else is told when it still holds after so long. */
  readonly escalate: { readonly after: string; readonly notify: readonly string[] } | null
}
