import { randomBytes } from 'node:crypto'
import type { FieldHashes } from '../core/dead-letter/version.ts'
import type { DeadLetterClass } from '../core/model/dead-letter.ts'
import type { JsonObject } from '../core/model/json.ts'
import { createUpsert, isOneOf } from './bulk.ts'
import type { KeptRecord } from './dead-letter-row.ts'
import type { KeptExchange } from './exchanges.ts'
import { ledgerTargets } from './ledger.ts'
import { arrivalsOf, forUpdate, holdLock } from './locks.ts'
import type { Transaction } from './open.ts'
import { OPEN_STATES } from './open-state.ts'
import { sealCell } from './sealed.ts'

/** A record that could not be delivered, as the page that met it knows it. */
export interface NewDeadLetter {
  readonly project: string
  readonly mapping: string
  readonly namespace: string
  readonly key: string
  readonly label: string | null
  readonly class: DeadLetterClass
  readonly message: string
  /** What it is one of many of; see core/dead-letter/cause.ts. */
  readonly cause: { readonly cluster: string; readonly text: string }
  readonly at: string | null
  readonly file: string | null
  readonly line: number | null
  readonly column: number | null
  readonly state: 'parked' | 'waiting'
  readonly payload: KeptRecord
  readonly sourceHash: string | null
  /** A hash a field that the mapping uses. */
  readonly sourceFields: FieldHashes
  readonly mapped: JsonObject | null
  /** Where the target refused it. */
  readonly exchange: KeptExchange | null
  readonly targetId: string | null
  /** How long after each attempt it is tried again; the last one from then on; empty: not by time. Milliseconds. */
  readonly dueAfterMs: readonly number[]
  readonly planHash: string
  readonly runId: string
  /** Nothing is wrong with it as far as is known: it waits for a reference, or until a write can be looked up. */
  readonly onlyWaits: boolean
  readonly waitsFor: { readonly namespace: string; readonly mapping: string; readonly key: string } | null
}

const upsertLetters = createUpsert({
  table: 'dead_letter',
  columns: [
    'id',
    'project',
    'mapping',
    'namespace',
    'key',
    'label',
    'class',
    'message',
    'at',
    'file',
    'line',
    'column',
    'state',
    'payload',
    'source_hash',
    'mapped',
    'target_id',
    'attempts',
    'first_seen_at',
    'last_seen_at',
    'due_at',
    'plan_hash',
    'run_id',
    'wait_namespace',
    'wait_mapping',
    'wait_key',
    'parked_at',
    'source_key',
    'source_stamp',
    'source_fields',
    'cluster',
    'cause',
    'exchange',
  ],
  key: ['id'],
})

/**
 * Parks records: a key has one open dead letter, which counts its attempts. The same record met again for the same reason
 * before it is due is no attempt: it only moves `lastSeenAt`. One that waits for what has arrived meanwhile is due at
 * once. All of one mapping.
 */
export async function parkRecords(
  trx: Transaction,
  letters: readonly NewDeadLetter[],
  now: number,
): Promise<void> {
  const [first] = letters
  if (first === undefined) return
  const released = await withArrivals(trx, letters)
  await holdLock(trx, ['dead letters', first.project, first.mapping], 'alone')
  const open = await openOnes(trx, first.project, first.mapping, letters)
  await upsertLetters(
    trx,
    letters.map((letter) => {
      const known = open.get(letter.key)
      const again = known !== undefined && isSightingOnly(known, letter, now)
      const attempts = (known?.attempts ?? 0) + (again ? 0 : 1)
      return {
        id: known?.id ?? createId(now),
        project: letter.project,
        mapping: letter.mapping,
        namespace: letter.namespace,
        key: letter.key,
        label: letter.label,
        class: letter.class,
        message: letter.message,
        at: letter.at,
        file: letter.file,
        line: letter.line,
        column: letter.column,
        state: letter.state,
        payload: sealCell(trx, 'dead_letter', 'payload', JSON.stringify(letter.payload)),
        source_hash: letter.sourceHash,
        // A sighting comes without what was mapped and sent.
        mapped: jsonCell(trx, 'mapped', letter.mapped) ?? (again ? known.mapped : null),
        exchange: jsonCell(trx, 'exchange', letter.exchange) ?? (again ? known.exchange : null),
        target_id: letter.targetId,
        attempts,
        first_seen_at: known?.first_seen_at ?? now,
        last_seen_at: now,
        due_at: released.has(letter) ? now : again ? known.due_at : dueAt(letter.dueAfterMs, attempts, now),
        plan_hash: letter.planHash,
        run_id: letter.runId,
        // A sighting comes without look-ups, and so without what it waits for.
        wait_namespace: letter.waitsFor?.namespace ?? (again ? known.wait_namespace : null),
        wait_mapping: letter.waitsFor?.mapping ?? (again ? known.wait_mapping : null),
        wait_key: letter.waitsFor?.key ?? (again ? known.wait_key : null),
        parked_at: known?.parked_at ?? (letter.onlyWaits || again ? null : now),
        source_key: letter.payload.key,
        source_stamp: letter.payload.stamp,
        source_fields: JSON.stringify(letter.sourceFields),
        cluster: letter.cause.cluster,
        cause: letter.cause.text,
        ...(again ? { state: known.state } : {}),
      }
    }),
  )
}

function jsonCell(trx: Transaction, column: 'mapped' | 'exchange', value: object | null): string | null {
  return value === null ? null : sealCell(trx, 'dead_letter', column, JSON.stringify(value))
}

interface OpenLetter {
  readonly id: string
  readonly class: string
  readonly message: string
  readonly state: string
  readonly mapped: string | null
  readonly exchange: string | null
  readonly source_hash: string | null
  readonly plan_hash: string
  readonly attempts: number
  readonly first_seen_at: number
  readonly due_at: number | null
  readonly wait_namespace: string | null
  readonly wait_mapping: string | null
  readonly wait_key: string | null
  readonly parked_at: number | null
}

async function openOnes(
  trx: Transaction,
  project: string,
  mapping: string,
  letters: readonly NewDeadLetter[],
): Promise<ReadonlyMap<string, OpenLetter>> {
  const keys = letters.map((letter) => letter.key)
  const ofKeys = trx.db
    .selectFrom('dead_letter')
    .select([
      'key',
      'id',
      'class',
      'message',
      'state',
      'mapped',
      'exchange',
      'source_hash',
      'plan_hash',
      'attempts',
      'first_seen_at',
      'due_at',
      'wait_namespace',
      'wait_mapping',
      'wait_key',
      'parked_at',
    ])
    .where('project', '=', project)
    .where('mapping', '=', mapping)
    .where('state', 'in', OPEN_STATES)
    .where(isOneOf(trx, 'key', keys))
  const rows = await forUpdate(trx, ofKeys, 'id').execute()
  return new Map(rows.map((row) => [row.key, row]))
}

/**
 * Those whose wait is over before it began: what they wait for was committed after they looked for it and before this
 * transaction, and its commit found nobody waiting. A commit that comes later waits for this one, and finds them.
 */
async function withArrivals(
  trx: Transaction,
  letters: readonly NewDeadLetter[],
): Promise<ReadonlySet<NewDeadLetter>> {
  const released = new Set<NewDeadLetter>()
  const waiting = letters.filter((letter) => letter.waitsFor !== null)
  const groups = Map.groupBy(waiting, (letter) => letter.waitsFor!.namespace)
  for (const namespace of [...groups.keys()].sort()) {
    const group = groups.get(namespace)!
    const { project } = group[0]!
    await holdLock(trx, arrivalsOf(project, namespace), 'shared')
    const keys = group.map((letter) => letter.waitsFor!.key)
    const targets = await ledgerTargets(trx, project, namespace, keys)
    for (const letter of group) {
      if (targets.get(letter.waitsFor!.key)?.targetId != null) released.add(letter)
    }
  }
  return released
}

function isSightingOnly(known: OpenLetter, letter: NewDeadLetter, now: number): boolean {
  return (
    known.class === letter.class &&
    known.message === letter.message &&
    known.plan_hash === letter.planHash &&
    known.source_hash !== null &&
    known.source_hash === letter.sourceHash &&
    (known.due_at === null || known.due_at > now)
  )
}

function dueAt(dueAfterMs: readonly number[], attempts: number, now: number): number | null {
  const pause = dueAfterMs[Math.min(attempts, dueAfterMs.length) - 1]
  return pause === undefined ? null : now + pause
}

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'

/** 10 characters of time and 12 of chance, no letters that read alike: ids sort by the time of parking. */
function createId(now: number): string {
  let time = ''
  for (let rest = now, digit = 0; digit < 10; digit++) {
    time = ALPHABET[rest % 32]! + time
    rest = Math.floor(rest / 32)
  }
  return time + Array.from(randomBytes(12), (byte) => ALPHABET[byte % 32]).join('')
}
