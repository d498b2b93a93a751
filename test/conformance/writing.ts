import { expect, test } from 'vitest'
import type { Outcome, UpsertItem } from '../../engine/core/model/connector.ts'
import type { Subject } from './kit.ts'

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

export function lawsOfWriting(subjectOf: () => Subject): void {
  const signal = new AbortController().signal
  const item = (key: string, value: string, field = subjectOf().write!.text): UpsertItem => ({
    key: `tidelock.kit/things/${encodeURIComponent(key)}`,
    targetId: null,
    adopted: false,
    fields: {
      [field]: value,
      ...(field === subjectOf().write!.text ? {} : { [subjectOf().write!.text]: 'named' }),
    },
    firstTimeFields: {},
    lines: [],
    removedLines: [],
  })

  test('one outcome an item, in order; the same batch twice creates nothing; texts come back as they went', async () => {
    const { connection, write } = subjectOf()
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
    const { connection, write } = subjectOf()
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

  test('a refusal tells what was sent for its record and what was answered: nothing of the others, and no secret', async () => {
    const { connection, write, secrets } = subjectOf()
    const items = ['before', 'refused', 'after'].map((name) =>
      name === 'refused'
        ? item(`told ${name}`, write!.bad.value, write!.bad.field)
        : item(`told ${name}`, `text of ${name}`),
    )
    const [, refused] = await connection.upsert({ shape: write!.shape, items, signal })
    const { exchange } = refused as Extract<Outcome, { status: 'rejected' }>
    expect(exchange?.request).toContain(write!.bad.value)
    expect(exchange?.response).not.toBe('')
    for (const other of ['text of before', 'text of after', ...secrets])
      expect(JSON.stringify(exchange)).not.toContain(other)
  })

  test('what was written is found by its key, by its id and by its text', async () => {
    const { connection, write } = subjectOf()
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
}
