import type { Happening, JudgedPage, Lasting } from '../core/alert/watch.ts'
import { haltsBetween } from './halts.ts'
import type { Queryable } from './open.ts'
import { tallyOf } from './runs.ts'

/** Whose facts, and of which time: after `from`, up to and with `to`. */
export interface FactsOf {
  readonly project: string
  readonly mapping: string
  readonly from: number
  readonly to: number
}

/** More than these of one rule are not looked at: the oldest decide how it stands. */
const MOST_LASTING = 10_000

/** More than these are not counted of the time before the one that is looked at. */
const MOST_BEFORE = 10_000

/** Records that were parked, rather than only made to wait; and those of the `beforeMs` before, which are counted with them. */
export async function parkedRecords(
  store: Queryable,
  facts: FactsOf,
  beforeMs: number,
): Promise<Happening[]> {
  const select = () =>
    store.db
      .selectFrom('dead_letter')
      .select(['id', 'parked_at'])
      .where('project', '=', facts.project)
      .where('mapping', '=', facts.mapping)
      .where('parked_at', 'is not', null)
  const older = await select()
    .where('parked_at', '<=', facts.from)
    .where('parked_at', '>', facts.from - beforeMs)
    .orderBy('parked_at', 'desc')
    .orderBy('id', 'desc')
    .limit(MOST_BEFORE)
    .execute()
  const newer = await select()
    .where('parked_at', '>', facts.from)
    .where('parked_at', '<=', facts.to)
    .orderBy('parked_at')
    .orderBy('id')
    .execute()
  return [...older.reverse(), ...newer].map(({ id, parked_at }) => ({
    at: parked_at!,
    subject: { letter: id },
  }))
}

/**
 * Runs that failed or halted, each once: one that halted is a failure from its first halt on, whatever becomes of it. `beforeMs`
 * as with {@link parkedRecords}.
 */
export async function failedRuns(store: Queryable, facts: FactsOf, beforeMs: number): Promise<Happening[]> {
  const earliest = facts.from - beforeMs
  const ended = () =>
    store.db
      .selectFrom('run')
      .select(['id', 'finished_at as at'])
      .where('project', '=', facts.project)
      .where('mapping', '=', facts.mapping)
      .where('state', '=', 'failed')
      .where(({ exists, not, selectFrom }) =>
        not(exists(selectFrom('halt').select('halt.run_id').whereRef('halt.run_id', '=', 'run.id'))),
      )
  const halted = () =>
    store.db
      .selectFrom('halt')
      .select(['run_id as id', 'since as at'])
      .where('project', '=', facts.project)
      .where('mapping', '=', facts.mapping)
      .where(({ exists, not, selectFrom }) =>
        not(
          exists(
            selectFrom('halt as earlier')
              .select('earlier.run_id')
              .whereRef('earlier.run_id', '=', 'halt.run_id')
              .whereRef('earlier.since', '<', 'halt.since'),
          ),
        ),
      )
  const rows = [
    ...(await ended().where('finished_at', '>', earliest).where('finished_at', '<=', facts.to).execute()),
    ...(await halted().where('since', '>', earliest).where('since', '<=', facts.to).execute()),
  ]
  return rows.map(({ id, at }) => ({ at: at!, subject: { run: id } })).sort((a, b) => a.at - b.at)
}

/** What each page judged. What was tried again is not part of it: it was judged when it was read. */
export async function judgedPages(store: Queryable, facts: FactsOf): Promise<JudgedPage[]> {
  const rows = await store.db
    .selectFrom('run_page')
    .select(['tally', 'committed_at'])
    .where('project', '=', facts.project)
    .where('mapping', '=', facts.mapping)
    .where('committed_at', '>', facts.from)
    .where('committed_at', '<=', facts.to)
    .orderBy('committed_at')
    .execute()
  return rows.map((row) => {
    const { created, updated, unchanged, parked } = tallyOf(row.tally)
    return {
      at: row.committed_at,
      judged: created + updated + unchanged + parked,
      rejected: parked,
    }
  })
}

/** When pages brought something new, the last time before included. */
export async function arrivals(store: Queryable, facts: FactsOf): Promise<readonly number[]> {
  const select = () =>
    store.db
      .selectFrom('run_page')
      .select('committed_at as at')
      .where('project', '=', facts.project)
      .where('mapping', '=', facts.mapping)
      .where('fresh', '>', 0)
  const before = await select()
    .where('committed_at', '<=', facts.from)
    .orderBy('committed_at', 'desc')
    .limit(1)
    .execute()
  const within = await select()
    .where('committed_at', '>', facts.from)
    .where('committed_at', '<=', facts.to)
    .orderBy('committed_at')
    .execute()
  return [...before, ...within].map(({ at }) => at)
}

/** When runs were completed, the last time before included. Retries of dead letters are none: they say nothing of the schedule. */
export async function completedRuns(store: Queryable, facts: FactsOf): Promise<readonly number[]> {
  const select = () =>
    store.db
      .selectFrom('run')
      .select('finished_at as at')
      .where('project', '=', facts.project)
      .where('mapping', '=', facts.mapping)
      .where('state', '=', 'done')
      .where('lane', '<>', 'retry')
  const before = await select()
    .where('finished_at', '<=', facts.from)
    .orderBy('finished_at', 'desc')
    .limit(1)
    .execute()
  const within = await select()
    .where('finished_at', '>', facts.from)
    .where('finished_at', '<=', facts.to)
    .orderBy('finished_at')
    .execute()
  return [...before, ...within].map(({ at }) => at!)
}

/** From when on something could have come: the first run, or where there was none the time the mapping was applied. */
export async function watchedSince(
  store: Queryable,
  project: string,
  mapping: string,
): Promise<number | null> {
  const run = await store.db
    .selectFrom('run')
    .select(({ fn }) => fn.min('started_at').as('first'))
    .where('project', '=', project)
    .where('mapping', '=', mapping)
    .executeTakeFirst()
  if (run?.first != null) return Number(run.first)
  const applied = await store.db
    .selectFrom('applied_plan')
    .select('applied_at')
    .where('project', '=', project)
    .where('mapping', '=', mapping)
    .executeTakeFirst()
  return applied?.applied_at ?? null
}

/** Dead letters that were open until `from` or longer and are older than `ageMs` by `to`. */
export async function openLetters(store: Queryable, facts: FactsOf, ageMs: number): Promise<Lasting[]> {
  const rows = await store.db
    .selectFrom('dead_letter')
    .select(['id', 'first_seen_at', 'resolved_at'])
    .where('project', '=', facts.project)
    .where('mapping', '=', facts.mapping)
    .where('first_seen_at', '<=', facts.to - ageMs)
    .where(({ eb, or }) => or([eb('resolved_at', 'is', null), eb('resolved_at', '>=', facts.from)]))
    .orderBy('first_seen_at')
    .orderBy('id')
    .limit(MOST_LASTING)
    .execute()
  return rows.map(({ id, first_seen_at, resolved_at }) => ({
    from: first_seen_at,
    until: resolved_at,
    subject: { letter: id },
  }))
}

/** Runs that were under way until `from` or longer and have taken `ageMs` by `to`. */
export async function longRuns(store: Queryable, facts: FactsOf, ageMs: number): Promise<Lasting[]> {
  const rows = await store.db
    .selectFrom('run')
    .select(['id', 'started_at', 'finished_at'])
    .where('project', '=', facts.project)
    .where('mapping', '=', facts.mapping)
    .where('started_at', '<=', facts.to - ageMs)
    .where(({ eb, or }) => or([eb('finished_at', 'is', null), eb('finished_at', '>=', facts.from)]))
    .orderBy('started_at')
    .limit(MOST_LASTING)
    .execute()
  return rows.map(({ id, started_at, finished_at }) => ({
    from: started_at,
    until: finished_at,
    subject: { run: id },
  }))
}

/** Times in which runs of a mapping were halted. */
export async function haltedRuns(store: Queryable, facts: FactsOf): Promise<Lasting[]> {
  return (await haltsBetween(store, facts.project, facts.mapping, facts)).map(({ runId, since, until }) => ({
    from: since,
    until,
    subject: { run: runId },
  }))
}
