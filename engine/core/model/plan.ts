import type { AlertPlan } from './alert.ts'
import type { ConnectionDefinition, FieldValues, TargetShape } from './connector.ts'
import type { JsonObject, JsonValue } from './json.ts'
import type { Selection } from './selection.ts'

/** Raised when a worker of one version could misread the plan of another. */
export const PLAN_FORMAT = 1

/**
 * What a checked mapping compiles to: frozen, canonical JSON, hashed. The only thing a worker runs.
 * It holds no file positions (they live in {@link SourceMap}), so comments and key order do not change its hash.
 */
export interface Plan {
  readonly format: typeof PLAN_FORMAT
  readonly project: string
  readonly mapping: string
  /** First part of every key; fixed at first apply. */
  readonly namespace: string
  readonly description: string | null
  readonly owner: string | null
  readonly source: SourcePlan
  readonly target: TargetPlan
  readonly tables: { readonly [table: string]: { readonly [key: string]: JsonValue } }
  /** By target field, in the spelling of the target's version. */
  readonly fields: { readonly [field: string]: FieldPlan }
  readonly agree: readonly AgreePlan[]
  readonly steps: readonly StepPlan[]
  readonly schedule: SchedulePlan | null
  readonly priority: 'high' | 'normal' | 'low'
  /** By connection; what the mapping declares, which equals what it needs. */
  readonly scopes: { readonly [connection: string]: JsonValue }
  readonly errors: ErrorPlan
  /** Mappings this one links to, by name. */
  readonly links: { readonly [mapping: string]: LinkPlan }
  readonly alerts: readonly AlertPlan[]
  /** `drift`, `readiness` as written, defaults filled in. */
  readonly drift: JsonObject
  readonly readiness: JsonObject | null
}

/** A mapping that another one links to. */
export interface LinkPlan {
  readonly namespace: string
  /** What it writes. */
  readonly resource: string
  /** Its keys are the keys of its source: records it has not delivered yet can be asked of it one by one. */
  readonly bySourceKey: boolean
}

/** An expression as its trimmed text, or a constant. */
export type ExpressionPlan = { readonly cel: string } | { readonly constant: JsonValue }

export interface SourcePlan {
  readonly connection: ConnectionDefinition
  readonly limits: JsonObject | null
  readonly resource: string
  /** The name expressions use for the record. */
  readonly as: string
  /** ISO instant, or null for the beginning. */
  readonly since: string | null
  readonly selection: Selection
  readonly keep: readonly KeepPlan[]
}

export interface KeepPlan {
  readonly when: ExpressionPlan
  /** The reason records are counted under when `when` is false. */
  readonly otherwise: string
  /** Judged only while the record has not been delivered yet. */
  readonly firstTimeOnly: boolean
}

export interface TargetPlan {
  readonly connection: ConnectionDefinition
  readonly limits: JsonObject | null
  readonly resource: string
  /** One expression a part of the key. */
  readonly identity: readonly ExpressionPlan[]
  readonly label: ExpressionPlan | null
  readonly adopt: { readonly by: readonly string[] } | null
  readonly gone: 'ignore' | 'archive' | 'cancel' | 'delete'
  readonly changed: 'new' | 'all'
  readonly deletedAtTarget: 'park' | 'recreate'
  readonly shape: TargetShape
  /** Records the connection sees to itself, by external id, with what each is made of. Only those that `ref` names. */
  readonly fixed: {
    readonly [externalId: string]: { readonly shape: TargetShape; readonly values: FieldValues }
  }
}

export type FieldPlan = ValuePlan | LinesPlan | RecordPlan

export interface ValuePlan {
  readonly kind: 'value'
  readonly value: ExpressionPlan
  readonly firstTimeOnly: boolean
}

/** A one2many field: every block adds lines. */
export interface LinesPlan {
  readonly kind: 'lines'
  readonly blocks: readonly LineBlockPlan[]
}

export interface LineBlockPlan {
  readonly each: ExpressionPlan
  readonly as: string
  readonly identity: readonly ExpressionPlan[]
  /** Fields by which a line that stands at the target already is recognised. Null: not. */
  readonly adopt: readonly string[] | null
  readonly gone: LineGone
  readonly fields: { readonly [field: string]: ValuePlan }
}

/** What happens to a line that left the source. */
export type LineGone = 'ignore' | 'remove' | { readonly set: { readonly [field: string]: JsonValue } }

/** A many2one field that points to a record of this record's own (a delivery address): written first, keyed `<key>/<as>`. */
export interface RecordPlan {
  readonly kind: 'record'
  readonly as: string
  /** Null: always. */
  readonly when: ExpressionPlan | null
  /** The reference used when `when` is false; null leaves the field alone. */
  readonly otherwise: ExpressionPlan | null
  readonly shape: TargetShape
  readonly fields: { readonly [field: string]: ValuePlan }
}

export interface AgreePlan {
  /** A field the target computes. */
  readonly target: string
  readonly equals: ExpressionPlan
  readonly adjust: AdjustPlan | null
}

/** Cents that come from rounding twice go on a visible line of their own. */
export interface AdjustPlan {
  /** The one2many field. */
  readonly line: string
  /** The product's `default_code`. */
  readonly product: string
  /** Decimal text. */
  readonly atMost: string
  /** Fields of the line by their part in it, in the spelling of the target's version. */
  readonly fields: {
    readonly product: string
    readonly quantity: string
    readonly price: string
    readonly taxes: string
  }
}

export interface StepPlan {
  readonly call: string
  /** On the source record (and `target`). Null: always. */
  readonly when: ExpressionPlan | null
  /** On `target`, read just before: true means the step is done already. */
  readonly unless: ExpressionPlan | null
  /** Target fields that `when` and `unless` read. */
  readonly reads: Selection
  /** Fields the action overwrites and that the mapping writes: written again afterwards. */
  readonly overwrites: readonly string[]
}

export type SchedulePlan =
  | { readonly every: number; readonly jitter: number }
  | { readonly cron: string; readonly timezone: string; readonly jitter: number }

/** Durations in milliseconds. */
export interface ErrorPlan {
  readonly retry: { readonly first: number; readonly max: number; readonly attempts: number }
  readonly parked: {
    readonly again: readonly number[]
    readonly escalate: number | null
    readonly keepPayload: number
  }
  readonly halt: { readonly rejected: number; readonly window: number }
}

/** Where each part of a plan stands in the files: path in the plan (`fields.order_line.0.fields.product_id`) → place. */
export interface SourceMap {
  readonly file: string
  readonly places: { readonly [path: string]: { readonly line: number; readonly column: number } }
}
