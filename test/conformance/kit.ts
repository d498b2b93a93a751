import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type {
  Connection,
  Cursor,
  SourceRecord,
  TargetShape,
  UpsertItem,
} from '../../engine/core/model/connector.ts'
import type { Selection } from '../../engine/core/model/selection.ts'

/** A connector under test, opened against a system with records in it. */
export interface Subject {
  readonly connection: Connection
  readonly read: {
    readonly resource: string
    readonly selection: Selection
    /** All keys the source has. */
    keys(): Promise<readonly string[]>
    /** Changes one record at the source. */
    change(): Promise<string>
  }
  /** Null for a connector that only reads. */
  readonly write: {
    readonly shape: TargetShape
    /** A field that takes any text. */
    readonly text: string
    /** A field and a value that the target refuses. */
    readonly bad: { readonly field: string; readonly value: string }
    count(): Promise<number>
    textOf(targetId: string): Promise<unknown>
  } | null
  /** Values of secrets: none may stand in an error. */
  readonly secrets: readonly string[]
  close(): Promise<void>
}

const NASTY = [
  'plain',
  'Ünïcödé 東京 🐙',
  'O\'Malley & Söhne, "Ltd."',
  '<b>not html</b>',
  'a,b;c\td',
  '100 % / 50 %',
  'x'.repeat(5_000),
  ' leading and trailing ',
  '=1+1',
]

/** The laws every connector obeys. */
export function describeConnector(name: string, setUp: () => Promise<Subject>, writes: boolean): void {
  describe(`${name} keeps the contract`, () => {
    let subject: Subject
    const signal = new AbortController().signal
    beforeAll(async () => {
      subject = await setUp()
    })
    afterAll(() => subject.close())

    const page = (cursor: Cursor | null, limit = 20) => {
      const { resource, selection } = subject.read
      return subject.connection.readPage({
        resource,
        selection,
        cursor,
        since: null,
        limit,
        lookbackMs: subject.connection.facts.lookbackMs,
        signal,
      })
    }
    const all = async (from: Cursor | null = null) => {
      const records: SourceRecord[] = []
      for (let cursor = from; ; ) {
        const read = await page(cursor)
        records.push(...read.records)
        cursor = JSON.parse(JSON.stringify(read.next)) as Cursor
        if (read.caughtUp) return { records, cursor }
      }
    }

    test('paging to the end sees every key', async () => {
      expect(new Set((await all()).records.map((record) => record.key))).toEqual(
        new Set(await subject.read.keys()),
      )
    })

    test('the same cursor gives the same page', async () => {
      const first = await page(null)
      const keys = (read: { records: readonly SourceRecord[] }) => read.records.map((record) => record.key)
      expect(keys(await page(null))).toEqual(keys(first))
      if (!first.caughtUp) expect(keys(await page(first.next))).toEqual(keys(await page(first.next)))
    })

    test('a run after the last one sees what changed since', async () => {
      const { cursor } = await all()
      const key = await subject.read.change()
      await new Promise((resolve) => setTimeout(resolve, 1_100))
      expect((await all(cursor)).records.map((record) => record.key)).toContain(key)
    })

    test('records come by key, and missing ones are left out', async () => {
      const [one] = await subject.read.keys()
      const { resource, selection } = subject.read
      const missing = one!.replace(/\d+$/, '999999999')
      const records = await subject.connection.readKeys({
        resource,
        selection,
        keys: [one!, missing],
        signal,
      })
      expect(records.map((record) => record.key)).toEqual([one])
    })

    test('listing keys gives all of them', async () => {
      const keys: string[] = []
      let cursor: Cursor | null = null
      do {
        const read = await subject.connection.listKeys({
          resource: subject.read.resource,
          cursor,
          limit: 20,
          signal,
        })
        keys.push(...read.keys)
        cursor = read.next
      } while (cursor !== null)
      expect(new Set(keys)).toEqual(new Set(await subject.read.keys()))
    })

    test('an aborted read ends at once', async () => {
      const { resource, selection } = subject.read
      const request = {
        resource,
        selection,
        cursor: null,
        since: null,
        limit: 20,
        lookbackMs: 0,
        signal: AbortSignal.abort(),
      }
      await expect(subject.connection.readPage(request)).rejects.toThrow()
    })

    test('no secret stands in an error', async () => {
      const { selection } = subject.read
      const error = await subject.connection
        .readPage({
          resource: 'no.such.thing',
          selection,
          cursor: null,
          since: null,
          limit: 1,
          lookbackMs: 0,
          signal,
        })
        .catch((caught: unknown) => caught)
      for (const secret of subject.secrets) expect(String((error as Error).message)).not.toContain(secret)
    })

    test('the live shape has the fields that were read', async () => {
      const live = await subject.connection.discover(subject.read.resource, signal)
      for (const name of Object.keys(subject.read.selection))
        expect(Object.keys(live['properties'] as object)).toContain(name)
    })

    if (!writes) return

    const item = (key: string, value: string, field = subject.write!.text): UpsertItem => ({
      key: `tidelock.kit/things/${encodeURIComponent(key)}`,
      targetId: null,
      adopted: false,
      fields: {
        [field]: value,
        ...(field === subject.write!.text ? {} : { [subject.write!.text]: 'named' }),
      },
      firstTimeFields: {},
      lines: [],
      removedLines: [],
    })

    test('one outcome an item, in order; the same batch twice creates nothing; texts come back as they went', async () => {
      const { connection, write } = subject
      const items = NASTY.map((text, index) => item(`nasty ${index}/%`, text))
      const first = await connection.upsert({ shape: write!.shape, items, signal })
      expect(first.map((outcome) => outcome.status)).toEqual(NASTY.map(() => 'created'))
      const before = await write!.count()
      const second = await connection.upsert({ shape: write!.shape, items, signal })
      expect(second.map((outcome) => outcome.status)).toEqual(NASTY.map(() => 'updated'))
      expect(await write!.count()).toBe(before)
      for (const [index, outcome] of second.entries()) {
        if (outcome.status === 'updated') expect(await write!.textOf(outcome.targetId)).toBe(NASTY[index])
      }
    })

    test('one bad record among good ones is the only one refused', async () => {
      const { connection, write } = subject
      const items = Array.from({ length: 12 }, (_, index) =>
        index === 7
          ? item(`bad ${index}`, write!.bad.value, write!.bad.field)
          : item(`good ${index}`, `good ${index}`),
      )
      const outcomes = await connection.upsert({ shape: write!.shape, items, signal })
      expect(outcomes.map((outcome) => outcome.status)).toEqual(
        items.map((_, index) => (index === 7 ? 'rejected' : 'created')),
      )
    })

    test('what was written is found by its key, by its id and by its text', async () => {
      const { connection, write } = subject
      const [outcome] = await connection.upsert({
        shape: write!.shape,
        items: [item('to find', 'needle 7')],
        signal,
      })
      const id = outcome?.status === 'created' ? outcome.targetId : ''
      const ask = (by: 'key' | 'id' | 'field', value: string) =>
        connection.lookUp({
          resource: write!.shape.resource,
          by: by === 'field' ? { kind: 'field', field: write!.text } : { kind: by },
          values: [value, 'tidelock.kit/things/absent'].slice(0, by === 'id' ? 1 : 2),
          where: {},
          fields: [],
          signal,
        })
      for (const [by, value] of [
        ['key', 'tidelock.kit/things/to%20find'],
        ['id', id],
        ['field', 'needle 7'],
      ] as const) {
        expect((await ask(by, value)).map((found) => [found.value, found.id])).toEqual([[value, id]])
      }
    })
  })
}
