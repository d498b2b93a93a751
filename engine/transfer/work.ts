import type { ValueObject } from '../core/expression/value.ts'
import type { Exchange, SourceRecord } from '../core/model/connector.ts'
import type { DeadLetterClass, Parking } from '../core/model/dead-letter.ts'
import type { DeliveredHashes } from '../core/transform/compare.ts'
import type { MappedRecord } from '../core/transform/mapped.ts'
import type { LedgerRow } from '../store/ledger.ts'
import type { OpenDeadLetter } from '../store/open-letters.ts'

/** One record on its way through a page. Filled in stage by stage; each record ends with exactly one verdict. */
export interface Work {
  readonly record: SourceRecord
  readonly source: ValueObject
  readonly key: string
  readonly label: string | null
  readonly sourceHash: string
  /** The ledger's row before this page, or as settling left it. */
  row: LedgerRow | null
  /** What is at the target for certain; null when nothing is known to be there. */
  previous: DeliveredHashes | null
  /** The same, with lines that only a write whose outcome got lost may have left there. */
  lastKnown: DeliveredHashes | null
  /** Its open dead letter, if it has one. */
  readonly letter: OpenDeadLetter | null
  mapped: MappedRecord | null
  /** The hashes of what is mapped, as the ledger keeps them. */
  hashes: string | null
  fingerprint: string | null
  targetId: string | null
  adopted: boolean
  /** Whether the target created it in this page. */
  created: boolean
  /** Whether an intent stands in the ledger for it. */
  intended: boolean
  /** Whether anything was sent for it. */
  written: boolean
  /** When a write of it was sent that got no answer (by the store's clock), whatever came of sending it again; else null. */
  lostAt: number | null
  adjusted: Record<string, string>
  /** Ids at the target of lines that were taken over. */
  adoptedLines: Record<string, string>
  stepsDue: readonly number[]
  verdict: Verdict | null
}

/** The reason a version is left out for which a later one of the record is known. */
export const SUPERSEDED = 'superseded'
/** The reason a version is left out that a person discarded. */
export const DISCARDED = 'discarded'

export type Verdict =
  | { readonly kind: 'created' | 'updated' | 'unchanged' }
  | { readonly kind: 'filtered'; readonly reason: string }
  | {
      readonly kind: 'parked'
      readonly parking: Parking
      readonly waitsFor: { readonly mapping: string; readonly key: string } | null
      /** Where the target refused it: what was sent and what came back. */
      readonly exchange?: Exchange | undefined
    }
  /** The remote's answer is not known, or it could not be asked, or the source has to be read again: the row stays due. */
  | {
      readonly kind: 'due'
      /** (Default: unknown-outcome) */
      readonly class?: DeadLetterClass
      readonly message: string
      /** When it may be looked at again (epoch ms). */
      readonly at: number
    }

export function park(
  work: Work,
  parking: Parking,
  {
    waitsFor = null,
    exchange,
  }: {
    readonly waitsFor?: { readonly mapping: string; readonly key: string } | null
    readonly exchange?: Exchange | undefined
  } = {},
): void {
  work.verdict ??= { kind: 'parked', parking, waitsFor, exchange }
}

/** Records that still have a way to go. */
export function underWay(works: readonly Work[]): Work[] {
  return works.filter((work) => work.verdict === null)
}
