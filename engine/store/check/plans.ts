import type { JsonValue } from '../../core/model/json.ts'
import { everyRow } from '../every-row.ts'
import { type Check, type Finding, MOST_FINDINGS } from './finding.ts'

/** A plan is what was applied: its hash is its content's. */
export const plansAreUnaltered: Check = async ({ store, hashOf }) => {
  const findings: Finding[] = []
  for await (const rows of everyRow(store, 'plan')) {
    for (const { hash, plan } of rows) {
      const found = hashOf(JSON.parse(String(plan)) as JsonValue)
      if (found === hash || findings.length >= MOST_FINDINGS) continue
      findings.push({
        code: 'altered-plan',
        message: `The plan ${String(hash).slice(0, 12)} has the hash ${found.slice(0, 12)}: it was altered after it was applied.`,
        hint: 'Workers refuse it. Find out who writes to the store, then run tidelock apply.',
      })
    }
  }
  return findings
}
