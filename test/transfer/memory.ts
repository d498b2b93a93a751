import type {
  Connection,
  Connector,
  ConnectorFacts,
  FieldValue,
  FoundRecord,
  Outcome,
  SourceRecord,
  UpsertItem,
} from '../../engine/core/model/connector.ts'
import type { JsonObject, JsonValue } from '../../engine/core/model/json.ts'

/** What a record looks like at a target in memory. */
export interface MemoryRecord {
  readonly id: string
  /** The external key it was written under; null: a person typed it in. */
  readonly key: string | null
  readonly fields: Record<string, FieldValue>
  readonly lines: Record<string, Record<string, FieldValue>>
}

/**
 * What becomes of a write: done and answered; refused this time; or no answer comes, and it is never done, done at once, or done
 * that much later.
 */
export type Fate = 'answered' | 'refused' | 'never' | 'at once' | { readonly laterMs: number }

/**
 * Two systems in memory behind the connector's contract, so that a law can be tried on hundreds of cases: a source of scripted pages,
 * and a target that refuses what is called `refused…` and steps on what is called `stubborn…`.
 */
export function createMemory(now: () => number, particular: Partial<ConnectorFacts> = {}) {
  const facts: ConnectorFacts = {
    lookbackMs: 0,
    settleAfterMs: 60_000,
    pageSize: 50,
    batchSize: 3,
    concurrency: 1,
    keyedWrites: true,
    ...particular,
  }
  const memory = {
    /** As they will be read. A read that has no cursor begins at the first. */
    pages: [] as (readonly SourceRecord[])[],
    records: new Map<string, MemoryRecord>(),
    /** Keys of all that was sent, in order. */
    sent: [] as string[],
    acted: [] as string[],
    /** Asked before every write. */
    fate: (): Fate => 'answered',
    beforeWrite: async (_items: readonly UpsertItem[]): Promise<void> => {},
  }
  const late: { readonly at: number; run(): void }[] = []
  let lastId = 0

  /** Writes whose answer got lost take effect when their time has come. */
  function settleDown(): void {
    const due = late.filter(({ at }) => at <= now()).sort((a, b) => a.at - b.at)
    for (const effect of due) {
      late.splice(late.indexOf(effect), 1)
      effect.run()
    }
  }

  const byKey = (key: string) => [...memory.records.values()].filter((record) => record.key === key)

  function write(item: UpsertItem): Outcome {
    const known =
      item.targetId !== null
        ? memory.records.get(item.targetId)
        : facts.keyedWrites
          ? byKey(item.key)[0]
          : undefined
    const created = known === undefined
    const record: MemoryRecord = known ?? { id: String(++lastId), key: item.key, fields: {}, lines: {} }
    Object.assign(record.fields, created ? item.firstTimeFields : {}, item.fields)
    for (const line of item.lines) record.lines[line.key] = { ...record.lines[line.key], ...line.fields }
    for (const line of item.removedLines) {
      if (line.values === null) delete record.lines[line.key]
      else if (record.lines[line.key] !== undefined) Object.assign(record.lines[line.key]!, line.values)
    }
    memory.records.set(record.id, record)
    return { status: created ? 'created' : 'updated', targetId: record.id }
  }

  function answer(item: UpsertItem): Outcome {
    memory.sent.push(item.key)
    const fate = memory.fate()
    const isRefused = String(item.fields['name'] ?? '').startsWith('refused')
    if (fate === 'refused' || (fate === 'answered' && isRefused))
      return {
        ...{ status: 'rejected', class: 'rejected', message: 'will not do', field: 'name', line: null },
        exchange: { request: `write ${JSON.stringify(item)}`, response: 'will not do' },
      }
    if (fate === 'answered') return write(item)
    if (fate === 'at once' && !isRefused) write(item)
    else if (typeof fate !== 'string' && !isRefused)
      late.push({ at: now() + fate.laterMs, run: () => void write(item) })
    return { status: 'unknown', message: 'no answer came' }
  }

  const currentOf = () => {
    const current = new Map<string, SourceRecord>()
    for (const record of memory.pages.flat()) {
      const other = current.get(record.key)
      if (other === undefined || other.stamp <= record.stamp) current.set(record.key, record)
    }
    return current
  }

  /** A line is known by its key alone. */
  const valueAt = (record: MemoryRecord, name: string): JsonValue =>
    name === 'lines' ? Object.keys(record.lines) : ((record.fields[name] ?? null) as JsonValue)

  const found = (value: string, record: MemoryRecord, fields: readonly string[]): FoundRecord => ({
    value,
    id: record.id,
    fields: Object.fromEntries(fields.map((name) => [name, valueAt(record, name)])),
  })

  const connection: Connection = {
    facts,
    preflight: async () => [],
    grantedScopes: async () => null,
    discover: async () => ({}),
    async readPage({ cursor }) {
      const page = Number(cursor?.['page'] ?? 0)
      const records = memory.pages[page] ?? []
      const next: JsonObject = { page: Math.min(page + 1, memory.pages.length) }
      return { records, next, caughtUp: page + 1 >= memory.pages.length }
    },
    async readKeys({ keys }) {
      const current = currentOf()
      return keys.flatMap((key) => current.get(key) ?? [])
    },
    listKeys: async () => ({ keys: [...currentOf().keys()], next: null }),
    async upsert({ items }) {
      settleDown()
      await memory.beforeWrite(items)
      return items.map(answer)
    },
    async lookUp({ by, values, fields }) {
      settleDown()
      return values.flatMap((value) => {
        if (by.kind === 'key') return byKey(value).map((record) => found(value, record, fields))
        if (by.kind === 'id')
          return [memory.records.get(value) ?? []].flat().map((record) => found(value, record, fields))
        return [...memory.records.values()]
          .filter((record) => record.fields[by.field] === value)
          .map((record) => found(value, record, fields))
      })
    },
    async keysOf({ resource, ids }) {
      if (resource === 'lines') return new Map(ids.map((id) => [id, id]))
      return new Map(
        ids.flatMap((id) => {
          const key = memory.records.get(id)?.key
          return key == null ? [] : [[id, key] as const]
        }),
      )
    },
    async act({ ids }) {
      settleDown()
      return ids.map((id) => {
        memory.acted.push(id)
        const { fields } = memory.records.get(id)!
        if (String(fields['name']).startsWith('stubborn'))
          return {
            ...{ status: 'rejected', message: 'not now' },
            exchange: { request: `act on ${id}`, response: 'not now' },
          }
        fields['state'] = 'done'
        return { status: 'done' }
      })
    },
    close: async () => {},
  }
  const connector: Connector = {
    name: 'memory',
    configSchema: {},
    facts,
    recordUrl: () => null,
    open: async () => connection,
  }
  return { memory, connector, settleDown }
}

export type Memory = ReturnType<typeof createMemory>['memory']
