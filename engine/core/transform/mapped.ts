import type { FieldValues, TargetShape } from '../model/connector.ts'
import type { Parking } from '../model/dead-letter.ts'

/** A source record as the target shall have it. */
export interface MappedRecord {
  readonly fields: FieldValues
  /** Fields written only when the record is created. */
  readonly firstTimeFields: FieldValues
  readonly lines: readonly MappedLine[]
  /** Records of the record's own (delivery address …), to be written first. */
  readonly records: readonly MappedOwnRecord[]
  /** Which steps of the plan are wanted, by index. */
  readonly steps: readonly number[]
  /** What each `agree` of the plan compares with, as canonical decimal or plain text. */
  readonly agree: readonly (string | null)[]
}

export interface MappedLine {
  /** The one2many field, and the block's `as`. */
  readonly field: string
  readonly as: string
  /** The line's own key inside record and block. */
  readonly key: string
  readonly fields: FieldValues
}

export interface MappedOwnRecord {
  readonly field: string
  readonly as: string
  readonly shape: TargetShape
  readonly fields: FieldValues
}

/** One look at a record through the plan. */
export type Transformed =
  | { readonly status: 'mapped'; readonly mapped: MappedRecord }
  /** Look-ups were asked for that are not answered yet: answer them and transform again. */
  | { readonly status: 'pending' }
  | {
      readonly status: 'parked'
      readonly parking: Parking
      readonly waitsFor: { readonly mapping: string; readonly key: string } | null
    }

/** The key of a record, and what people call it. */
export type Identified =
  | { readonly status: 'identified'; readonly key: string; readonly label: string | null }
  | { readonly status: 'parked'; readonly parking: Parking }
  /** It has no key, and a `keep` rule sends it away: its reason. */
  | { readonly status: 'filtered'; readonly reason: string }
