import type {
  Cursor,
  KeyPage,
  KeysRequest,
  ListKeysRequest,
  Page,
  PageRequest,
  SourceRecord,
} from '../../core/model/connector.ts'
import type { JsonObject, JsonValue } from '../../core/model/json.ts'
import type { Selection } from '../../core/model/selection.ts'
import { type Client, searchRead } from './client.ts'
import { selectData } from './select.ts'
import { idOf, instantOf, stampOf, stampPlus } from './values.ts'

const SECOND_MS = 1000
const BEGINNING = '1970-01-01 00:00:00'
/** Archived records are records too; leaving them out would lose the change that archived them. */
const ALL: JsonObject = { active_test: false }

/** Where a read stands. Stamps in Odoo's form. */
interface Position {
  readonly from: string
  /** Set inside a second that holds more records than a page. */
  readonly afterId: number | null
  /** The highest stamp handed over by this and earlier reads. */
  readonly watermark: string | null
}

/**
 * A page of records, oldest change first.
 *
 * `write_date` has microseconds in the database, whole seconds in every answer, and 18.0 and 19.0 compare it differently
 * (`>` a second means “in it” on 18.0, “after it” on 19.0). Only `>=` and `<` with whole seconds mean the same on both, and the
 * order of records inside a second cannot be seen. So a page ends between two seconds: of a full page the last second is
 * left for the next one. A second with more records than a page (an import writes thousands with one stamp) is read by id.
 */
export async function readPage(client: Client, request: PageRequest): Promise<Page> {
  const at = positionOf(request)
  const limit = Math.max(1, request.limit)
  if (at.afterId !== null) {
    const rows = await rowsInSecond(client, request, at.from, at.afterId, limit)
    const done = rows.length < limit
    if (!done || rows.length > 0) return secondPage(client, request, at, rows, done)
  }
  const from = at.afterId === null ? at.from : stampPlus(at.from, SECOND_MS)
  const rows = await rowsWhere(client, request, [['write_date', '>=', from]], 'write_date asc, id asc', limit)
  if (rows.length < limit) {
    const watermark = latest(at.watermark, stampOfRow(rows.at(-1)))
    return { records: await recordsOf(client, request, rows), next: { watermark }, caughtUp: true }
  }
  const last = stampOfRow(rows.at(-1))!
  const complete = rows.filter((row) => stampOfRow(row) !== last)
  if (complete.length === 0) {
    const inSecond = await rowsInSecond(client, request, last, 0, limit)
    return secondPage(client, request, { ...at, from: last }, inSecond, inSecond.length < limit)
  }
  const watermark = latest(at.watermark, stampOfRow(complete.at(-1)))
  return {
    records: await recordsOf(client, request, complete),
    next: cursorOf({ from: last, afterId: null, watermark }),
    caughtUp: false,
  }
}

async function secondPage(
  client: Client,
  request: PageRequest,
  at: Position,
  rows: readonly JsonObject[],
  done: boolean,
): Promise<Page> {
  const watermark = latest(at.watermark, at.from)
  const next: Position = done
    ? { from: stampPlus(at.from, SECOND_MS), afterId: null, watermark }
    : { from: at.from, afterId: Number(rows.at(-1)!.id), watermark }
  return { records: await recordsOf(client, request, rows), next: cursorOf(next), caughtUp: false }
}

function rowsInSecond(
  client: Client,
  request: PageRequest,
  second: string,
  afterId: number,
  limit: number,
): Promise<readonly JsonObject[]> {
  const domain = [
    ['write_date', '>=', second],
    ['write_date', '<', stampPlus(second, SECOND_MS)],
    ['id', '>', afterId],
  ]
  return rowsWhere(client, request, domain, 'id asc', limit)
}

function positionOf({ cursor, since, lookbackMs }: PageRequest): Position {
  const beginning = since === null ? BEGINNING : stampOf(since)
  if (cursor?.phase === 'page') {
    return {
      from: String(cursor.from),
      afterId: typeof cursor.afterId === 'number' ? cursor.afterId : null,
      watermark: typeof cursor.watermark === 'string' ? cursor.watermark : null,
    }
  }
  const watermark = typeof cursor?.watermark === 'string' ? cursor.watermark : null
  // A stamp is the start of a transaction and shows at its end: go back behind the longest one.
  const from = watermark === null ? beginning : latest(beginning, stampPlus(watermark, -lookbackMs))!
  return { from, afterId: null, watermark }
}

function cursorOf(position: Position): Cursor {
  return { phase: 'page', ...position }
}

/** These records; those that are not there are left out. */
export async function readKeys(client: Client, request: KeysRequest): Promise<readonly SourceRecord[]> {
  const ids = request.keys.map(idOf).filter((id) => id !== null)
  if (ids.length === 0) return []
  return recordsOf(client, request, await rowsWhere(client, request, [['id', 'in', ids]], 'id asc', null))
}

/** All ids, lowest first. */
export async function listKeys(client: Client, request: ListKeysRequest): Promise<KeyPage> {
  const after = typeof request.cursor?.after === 'number' ? request.cursor.after : 0
  const limit = Math.max(1, request.limit)
  const rows = await searchRead(
    client,
    request.resource,
    { domain: [['id', '>', after]], fields: ['id'], order: 'id asc', limit },
    request.signal,
    ALL,
  )
  return {
    keys: rows.map((row) => String(row.id)),
    next: rows.length < limit ? null : { after: Number(rows.at(-1)!.id) },
  }
}

interface Asked {
  readonly resource: string
  readonly selection: Selection
  readonly signal: AbortSignal
}

function rowsWhere(
  client: Client,
  { resource, selection, signal }: Asked,
  domain: readonly JsonValue[],
  order: string,
  limit: number | null,
): Promise<readonly JsonObject[]> {
  const fields = [...new Set(['id', 'write_date', ...Object.keys(selection)])]
  return searchRead(
    client,
    resource,
    { domain, fields, order, ...(limit === null ? {} : { limit }) },
    signal,
    ALL,
  )
}

async function recordsOf(
  client: Client,
  { resource, selection, signal }: Asked,
  rows: readonly JsonObject[],
): Promise<readonly SourceRecord[]> {
  const data = await selectData(client, resource, selection, rows, signal)
  return rows.map((row, index) => ({
    key: String(row.id),
    stamp: instantOf(stampOfRow(row) ?? BEGINNING),
    data: data[index]!,
  }))
}

function stampOfRow(row: JsonObject | undefined): string | null {
  return typeof row?.write_date === 'string' ? row.write_date.slice(0, 19) : null
}

function latest(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b
  return a > b ? a : b
}
