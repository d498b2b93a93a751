import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Bindings, inWordsOf, readRecorded, replay, startBindings } from './recorded/replay.ts'
import { type OdooStandIn, startOdoo } from './server.ts'

describe.each(['18.0', '19.0'] as const)('answers of a real Odoo %s', (version) => {
  const groups = Map.groupBy(readRecorded(version), (row) => row.group)

  describe.each([...groups])('%s', (_group, rows) => {
    let odoo: OdooStandIn
    let bindings: Bindings
    beforeAll(async () => {
      odoo = await startOdoo({ version })
      bindings = await startBindings(odoo)
    })
    afterAll(() => odoo.close())

    test.each(rows.map((row, index) => [`${index} ${row.name}`, row] as const))('%s', async (_name, row) => {
      const answer = await replay(odoo, row, bindings)
      const told = { status: answer.status, error: answer.error }
      expect(told, answer.text.slice(0, 400)).toEqual({ status: row.status, error: row.error ?? null })
      if (row.message !== undefined) {
        expect(inWordsOf(row.message, answer.message ?? '', bindings)).toBe(row.message)
      }
      if (row.result !== undefined) expect(inWordsOf(row.result, answer.result, bindings)).toEqual(row.result)
      if (row.has !== undefined)
        expect(inWordsOf(row.has, answer.result, bindings, true)).toMatchObject(row.has)
      if (row.noResult === true) expect(answer.hasResult).toBe(false)
      if (row.text !== undefined) expect(answer.text).toBe(row.text)
      if (row.contentType !== undefined) expect(answer.contentType).toContain(row.contentType)
    })
  })
})
