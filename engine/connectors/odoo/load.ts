import type { Exchange, Outcome } from '../../core/model/connector.ts'
import { SyncError } from '../../core/model/failure.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/model/json.ts'
import type { Call } from './call.ts'
import type { Client } from './client.ts'
import { exchangeOf } from './exchange.ts'
import { type Fault, readable, tellsOfConflict } from './fault.ts'
import { missingColumns } from './missing-fields.ts'
import type { LoadRecord } from './rows.ts'

/** What became of one record of a load. */
export type Loaded =
  | { readonly status: 'loaded'; readonly id: number }
  | Exclude<Outcome, { status: 'created' | 'updated' }>

/** Loads of one request to upsert. Once a failure has ended it, nothing more is sent. */
export interface Loading {
  readonly client: Client
  readonly signal: AbortSignal
  /** Why nothing more is sent. */
  stoppedBy: SyncError | null
}

/**
 * Writes records of equal columns by `load`, which creates or updates by external id in one transaction, all or nothing.
 * A record that Odoo refuses is set aside and the others are sent again, so that each gets an answer of its own.
 */
export async function loadRecords(
  loading: Loading,
  model: string,
  records: readonly LoadRecord[],
): Promise<ReadonlyMap<LoadRecord, Loaded>> {
  const answers = new Map<LoadRecord, Loaded>()
  const pending: (readonly LoadRecord[])[] = [records]
  for (let batch = pending.pop(); batch !== undefined; batch = pending.pop()) {
    const answer = await loadOnce(loading, model, batch)
    switch (answer.kind) {
      case 'loaded':
        for (const [index, record] of batch.entries())
          answers.set(record, { status: 'loaded', id: answer.ids[index]! })
        break
      case 'all':
        for (const record of batch) answers.set(record, answer.outcome)
        break
      case 'refused': {
        const [only] = batch
        if (answer.exchange !== null)
          answers.set(only!, { ...answer.rejectionOf(only!), exchange: answer.exchange })
        else pending.push(...(answer.culprits.size > 0 ? aside(batch, answer.culprits) : halves(batch)))
        break
      }
    }
  }
  return answers
}

type Rejection = Extract<Outcome, { status: 'rejected' }>

type LoadAnswer =
  | { readonly kind: 'loaded'; readonly ids: readonly number[] }
  | { readonly kind: 'all'; readonly outcome: Loaded }
  | Refused

interface Refused {
  readonly kind: 'refused'
  /** Positions of the records Odoo named; empty when it named none. */
  readonly culprits: ReadonlySet<number>
  rejectionOf(record: LoadRecord): Rejection
}

/** With `exchange`, what was sent and answered, where it was about one record alone. */
async function loadOnce(
  loading: Loading,
  model: string,
  batch: readonly LoadRecord[],
): Promise<Exclude<LoadAnswer, Refused> | (Refused & { readonly exchange: Exchange | null })> {
  if (loading.stoppedBy !== null) return { kind: 'all', outcome: { status: 'unattempted' } }
  const { client, signal } = loading
  try {
    const call: Call = {
      model,
      method: 'load',
      args: { fields: batch[0]!.columns, data: batch.flatMap((record) => record.rows) },
      // Odoo looks for a database id as a search does: without archived records.
      context: batch[0]!.archived ? { active_test: false } : {},
      purpose: 'write',
      signal,
    }
    const reply = await client.call(call)
    // For a field that is not there every record would be refused: the mapping is to blame, or what happened to Odoo.
    const missing = reply.ok
      ? null
      : await missingColumns(client, reply.fault, { model, columns: batch[0]!.columns }, signal)
    if (missing !== null) throw missing
    const answer = reply.ok ? answerOf(reply.value, batch) : answerOfFault(reply.fault)
    if (answer.kind !== 'refused') return answer
    return { ...answer, exchange: batch.length === 1 ? await exchangeOf(client, call, reply) : null }
  } catch (error) {
    if (!(error instanceof SyncError) || error.kind === 'bug') throw error
    loading.stoppedBy = error
    const lost = error.kind === 'unavailable' && error.maybeSent
    return {
      kind: 'all',
      outcome: lost ? { status: 'unknown', message: error.message } : { status: 'unattempted' },
    }
  }
}

function answerOfFault(fault: Fault): LoadAnswer {
  // Odoo tried five times and rolled back.
  if (fault.kind === 'busy') return { kind: 'all', outcome: { status: 'unattempted' } }
  const rejectedAs =
    fault.kind === 'access' ? 'permission' : fault.kind === 'too-large' ? 'too-large' : 'rejected'
  return {
    kind: 'refused',
    culprits: new Set(),
    rejectionOf: () => ({
      status: 'rejected',
      class: rejectedAs,
      message: fault.message,
      field: null,
      line: null,
    }),
  }
}

interface LoadMessage {
  readonly record: number | null
  readonly field: string | null
  readonly text: string
}

function answerOf(value: JsonValue, batch: readonly LoadRecord[]): LoadAnswer {
  const result = isJsonObject(value) ? value : {}
  const { ids } = result
  if (Array.isArray(ids) && ids.length === batch.length && ids.every((id) => typeof id === 'number')) {
    return { kind: 'loaded', ids: ids as readonly number[] }
  }
  if (ids !== false) {
    return {
      kind: 'all',
      outcome: { status: 'unknown', message: 'Odoo did not say which records it wrote.' },
    }
  }
  const errors = messagesOf(result)
  // Rolled back because of somebody else's transaction: `load` catches that, so Odoo does not try again by itself.
  if (errors.some((error) => tellsOfConflict(error.text)))
    return { kind: 'all', outcome: { status: 'unattempted' } }
  const culprits = new Set(
    errors.flatMap(({ record }) => (record !== null && record < batch.length ? [record] : [])),
  )
  return { kind: 'refused', culprits, rejectionOf: (record) => rejectionOf(record, errors) }
}

function messagesOf(result: JsonObject): readonly LoadMessage[] {
  const messages = Array.isArray(result.messages) ? (result.messages as readonly JsonValue[]) : []
  return messages.filter(isJsonObject).flatMap((message) =>
    message.type === 'error'
      ? [
          {
            record: typeof message.record === 'number' ? message.record : null,
            field: typeof message.field === 'string' ? message.field : null,
            text: readable(String(message.message ?? '')),
          },
        ]
      : [],
  )
}

function rejectionOf(record: LoadRecord, errors: readonly LoadMessage[]): Rejection {
  const error = errors[0]
  if (error === undefined) {
    return {
      status: 'rejected',
      class: 'rejected',
      message: 'Odoo refused it without a reason.',
      field: null,
      line: null,
    }
  }
  // `.id` is in a load only to update a record that was taken over, and Odoo knows no such record any more.
  if (error.field === '.id') {
    return { status: 'rejected', class: 'deleted-at-target', message: error.text, field: null, line: null }
  }
  // Odoo numbers the rows of the whole record, never those of its lines: only a single line can be named.
  const onLine =
    error.field !== null && record.columns.some((column) => column.startsWith(`${error.field}/id`))
  const line = onLine && record.lineKeys.length === 1 ? record.lineKeys[0]! : null
  return { status: 'rejected', class: 'rejected', message: error.text, field: error.field, line }
}

/** The named ones each alone, to be sure of them; before them (taken last from the end) all the others together. */
function aside(
  batch: readonly LoadRecord[],
  culprits: ReadonlySet<number>,
): readonly (readonly LoadRecord[])[] {
  const others = batch.filter((_, index) => !culprits.has(index))
  const alone = [...culprits].sort((a, b) => b - a).map((index) => [batch[index]!])
  return others.length === 0 ? alone : [...alone, others]
}

function halves(batch: readonly LoadRecord[]): readonly (readonly LoadRecord[])[] {
  const middle = Math.ceil(batch.length / 2)
  return [batch.slice(middle), batch.slice(0, middle)]
}
