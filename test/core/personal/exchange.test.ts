import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { TargetShape } from '../../../engine/core/model/connector.ts'
import { maskExchange, personalIn } from '../../../engine/core/personal/exchange.ts'
import { MASK } from '../../../engine/core/personal/mask.ts'
import { personalSent, personalValues } from '../../../engine/core/personal/values.ts'
import { excerptOf, LONGEST_EXCERPT } from '../../../engine/transfer/host/excerpt.ts'

const ADDRESS: TargetShape = {
  resource: 'res.partner',
  fields: { street: { type: 'text', personal: true }, type: { type: 'selection' } },
}
const PLAN = {
  source: {
    selection: {
      name: { type: 'text' as const },
      note: { type: 'text' as const, personal: true as const },
    },
  },
  target: {
    label: null,
    shape: {
      resource: 'sale.order',
      fields: {
        ref: { type: 'text' as const },
        signed_by: { type: 'text' as const, personal: true as const },
        lines: {
          type: 'one2many' as const,
          lines: {
            resource: 'sale.order.line',
            fields: { engraving: { type: 'text' as const, personal: true as const } },
          },
        },
      },
    },
  },
}

test('what is personal of what is sent: in fields, fields of the first time, lines and records of its own', () => {
  expect(
    personalSent(PLAN, {
      fields: { ref: '#1', signed_by: 'Ida Brandt' },
      firstTimeFields: { signed_by: 'Ida' },
      lines: [{ field: 'lines', fields: { engraving: 'for Tom' } }],
      records: [{ shape: ADDRESS, fields: { street: 'Kanaal 12', type: 'delivery' } }],
    }),
  ).toEqual(['Ida Brandt', 'Ida', 'for Tom', 'Kanaal 12'])
})

test('of the values known those are kept that stand in it, whole or cut short', () => {
  const exchange = {
    request: '["Ida Brandt"]',
    response: `refused: "Kanaal${'…'}`,
  }
  expect(personalIn(exchange, ['Ida Brandt', 'Kanaal 12', 'Tom'])).toEqual(['Ida Brandt', 'Kanaal 12'])
})

/** Something of its own, so that what is left of it is known again. */
const personal = fc
  .oneof(fc.string({ maxLength: 30 }), fc.string({ unit: 'grapheme', maxLength: 12 }), fc.emailAddress())
  .map((text) => `Zq${text}`.trim())

test('nothing personal of a record is left in what is shown of its exchange, however it is quoted and wherever it is cut', () => {
  fc.assert(
    fc.property(
      fc.record({ note: personal, signed: personal, engraving: personal, street: personal }),
      fc.nat(LONGEST_EXCERPT),
      ({ note, signed, engraving, street }, filling) => {
        const mapped = {
          fields: { ref: `of ${note}`, signed_by: signed },
          firstTimeFields: {},
          lines: [{ field: 'lines', fields: { engraving } }],
          records: [{ shape: ADDRESS, fields: { street } }],
        }
        const row = ['x'.repeat(filling), mapped.fields.ref, signed, engraving, street]
        const exchange = excerptOf(
          {
            request: `POST /load\n${JSON.stringify({ fields: ['pad', 'ref'], data: [row] })}`,
            response: `HTTP 422\n${JSON.stringify({ message: `first line\n${signed} is not ${note}.` })}`,
          },
          (text) => text,
        )
        const kept = personalIn(exchange, [
          ...personalValues(PLAN, { data: { name: '#1', note }, mapped: mapped.fields }),
          ...personalSent(PLAN, mapped),
        ])
        const shown = maskExchange(exchange, kept)
        expect(JSON.stringify(shown)).not.toMatch(/Zq../)
        expect(shown.response).toContain(MASK)
        expect(shown.request).toContain('POST /load')
      },
    ),
    { numRuns: 300 },
  )
})
