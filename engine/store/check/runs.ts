import { sql } from 'kysely'
import { addTallies, balances, EMPTY_TALLY, type Tally } from '../../core/model/tally.ts'
import { everyRow } from '../every-row.ts'
import type { Queryable } from '../open.ts'
import { tallyOf } from '../runs.ts'
import { type Check, type Finding, MOST_FINDINGS } from './finding.ts'

const REPORT = 'This is a fault of Tidelock: keep a backup of the store and report it.'

/** What every run read is accounted for, and its sum is the sum of its pages. */
export const runsBalance: Check = async ({ store }) => {
  const findings: Finding[] = []
  for await (const rows of everyRow(store, 'run')) {
    const pages = await pagesOf(store, String(rows[0]!['id']), String(rows.at(-1)!['id']))
    for (const row of rows) {
      if (findings.length >= MOST_FINDINGS) return findings
      const id = String(row['id'])
      const run = `The run ${id} of ${row['mapping']}`
      const tally = tallyOf(String(row['tally']))
      const { count, sum } = pages.get(id) ?? { count: 0, sum: EMPTY_TALLY }
      if (!balances(tally))
        findings.push({
          code: 'unbalanced-run',
          message: `${run} read ${tally.read} records and had ${tally.due} due; what became of them does not add up to that.`,
          hint: `tidelock runs shows it. ${REPORT}`,
        })
      else if (count !== row['pages'] || !sameNumbers(sum, tally))
        findings.push({
          code: 'miscounted-run',
          message: `${run} counts ${row['pages']} pages and ${tally.read} records; its pages are ${count} with ${sum.read}.`,
          hint: REPORT,
        })
    }
  }
  return findings
}

/** The pages of the runs between two ids, added up. */
async function pagesOf(
  store: Queryable,
  first: string,
  last: string,
): Promise<ReadonlyMap<string, { readonly count: number; readonly sum: Tally }>> {
  const pages = await store.db
    .selectFrom('run_page')
    .select(['run_id', 'tally'])
    .where('run_id', '>=', first)
    .where('run_id', '<=', last)
    .execute()
  const sums = new Map<string, { count: number; sum: Tally }>()
  for (const { run_id, tally } of pages) {
    const { count, sum } = sums.get(run_id) ?? { count: 0, sum: EMPTY_TALLY }
    sums.set(run_id, { count: count + 1, sum: addTallies(sum, tallyOf(tally)) })
  }
  return sums
}

function sameNumbers(a: Tally, b: Tally): boolean {
  return (Object.keys(EMPTY_TALLY) as (keyof Tally)[]).every(
    (name) => name === 'filteredBy' || a[name] === b[name],
  )
}

/** A cursor stands at the page that was counted last: both are written at once. */
export const cursorsStandAtTheirPage: Check = async ({ store }) => {
  const { rows } = await sql<{ project: string; mapping: string; lane: string; at: number; counted: number }>`
    select c.project, c.mapping, c.lane, c.sequence as at, p.counted from cursor c
    join (
      select r.project, r.mapping, r.lane, max(p.sequence) as counted from run_page p
      join run r on r.id = p.run_id group by r.project, r.mapping, r.lane
    ) p on p.project = c.project and p.mapping = c.mapping and p.lane = c.lane
    where p.counted > c.sequence or (c.cursor is not null and p.counted < c.sequence)
    order by c.project, c.mapping, c.lane limit ${sql.lit(MOST_FINDINGS)}`.execute(store.db)
  return rows.map(({ project, mapping, lane, at, counted }) => ({
    code: 'cursor-apart',
    message: `The cursor of ${mapping} (${project}, ${lane}) stands at page ${at}; the last page counted is ${counted}.`,
    hint: `Read everything again, which doubles nothing: tidelock run ${mapping} --full. ${REPORT}`,
  }))
}
