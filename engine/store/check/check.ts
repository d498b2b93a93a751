import type { JsonValue } from '../../core/model/json.ts'
import { type TableCounts, tableCounts } from '../counts.ts'
import { missingSteps } from '../migrations/migrate.ts'
import type { Store } from '../open.ts'
import { fileIsWhole, jsonParses } from './database.ts'
import type { Check, Finding } from './finding.ts'
import { plansAreUnaltered } from './plans.ts'
import {
  intentsAreYoung,
  ledgerRowsAreSound,
  nobodyWaitsForWhatIsThere,
  openLettersHavePayloads,
  targetsHaveOneOwner,
} from './records.ts'
import { cursorsStandAtTheirPage, runsBalance } from './runs.ts'

/** Of these the later ones rely on the earlier ones: what cannot be read is not looked at any further. */
const SOUND: readonly Check[] = [fileIsWhole, jsonParses]
const TRUE: readonly Check[] = [
  plansAreUnaltered,
  runsBalance,
  cursorsStandAtTheirPage,
  openLettersHavePayloads,
  targetsHaveOneOwner,
  ledgerRowsAreSound,
  intentsAreYoung,
  nobodyWaitsForWhatIsThere,
]

export interface CheckResult {
  readonly findings: readonly Finding[]
  /** How many rows were looked at, by table; null when the store is of an earlier version. */
  readonly rows: TableCounts | null
}

/** Looks at all of a store as of one moment, while others work with it. Changes nothing. */
export function checkStore(store: Store, hashOf: (value: JsonValue) => string): Promise<CheckResult> {
  return store.snapshot(async (snapshot) => {
    const context = { store: snapshot, hashOf }
    const missing = await missingSteps(snapshot)
    if (missing.length > 0)
      return {
        findings: [
          ...(await fileIsWhole(context)),
          {
            code: 'earlier-version',
            message: `The store lacks ${missing.map(({ name }) => name).join(', ')}: it is of an earlier version.`,
            hint: 'Back it up, then tidelock store migrate.',
          },
        ],
        rows: null,
      }
    const rows = await tableCounts(snapshot)
    const findings: Finding[] = []
    for (const checks of [SOUND, TRUE]) {
      for (const check of checks) findings.push(...(await check(context)))
      if (findings.length > 0) break
    }
    return { findings, rows }
  })
}
