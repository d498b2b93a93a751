import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../engine/core/model/json.ts'
import { MASK, maskLetter, maskText } from '../../../engine/core/personal/mask.ts'
import { type PersonalPlan, personalValues } from '../../../engine/core/personal/values.ts'

const PLAN: PersonalPlan = {
  source: {
    selection: {
      id: { type: 'text' },
      name: { type: 'text' },
      note: { type: 'text', personal: true },
      tags: { type: 'text', list: 'plain' },
      customer: {
        type: 'object',
        fields: {
          id: { type: 'text' },
          displayName: { type: 'text', personal: true },
          addresses: {
            type: 'object',
            list: 'plain',
            fields: { zip: { type: 'text', personal: true }, countryCode: { type: 'text' } },
          },
        },
      },
      contact: { type: 'object', personal: true, fields: { email: { type: 'text' } } },
    },
  },
  target: {
    label: { cel: 'order.name' },
    shape: {
      resource: 'res.partner',
      fields: {
        name: { type: 'text', personal: true },
        comment: { type: 'html' },
        ref: { type: 'text' },
        active: { type: 'boolean' },
      },
    },
  },
}

const DATA: JsonObject = {
  id: 'gid://shopify/Order/94607',
  name: '#1042',
  note: 'Ring twice',
  tags: ['vip', 'mara quill'],
  customer: {
    id: 'gid://shopify/Customer/7',
    displayName: 'Mara Quill',
    addresses: [{ zip: '94607', countryCode: 'US' }],
  },
  contact: { email: 'mara@quill.example' },
}
const MAPPED: JsonObject = { name: 'Quill, Mara', comment: 'For Mara Quill', ref: '#1042', active: true }

test('personal values are those of marked fields, and of all below a marked one, on both sides', () => {
  expect(personalValues(PLAN, { data: DATA, mapped: MAPPED })).toEqual([
    'Ring twice',
    'Mara Quill',
    '94607',
    'mara@quill.example',
    'Quill, Mara',
  ])
  expect(personalValues(PLAN, { data: null, mapped: null })).toEqual([])
})

describe('a text is masked', () => {
  const long = 'Please leave the parcel with the neighbour at number twelve, "Jan", not in the garden shed'
  const note = 'Ring a@b.c at two'
  const values = ['Mara Quill', 'Quill', 'An', '94607', long, note, '1980-01-31T12:00:00Z']
  test.each([
    ['where it quotes a value', 'No res.partner is "Mara Quill".', `No res.partner is "${MASK}".`],
    ['in capitals or not', 'MARA  QUILL is twice there', `${MASK} is twice there`],
    ['in whole words only', 'Quilling an Angle', 'Quilling an Angle'],
    ['of short names as they are written', 'An is an odd name', `${MASK} is an odd name`],
    ['of numbers', '94607 is in no table', `${MASK} is in no table`],
    ['not within other numbers', '194607 is not 94607.00 or 1.94607', '194607 is not 94607.00 or 1.94607'],
    ['of any address', 'Several fit a@b.c, (else@where.example).', `Several fit ${MASK}, (${MASK}).`],
    ['of any telephone with its country', 'phone +32 (0)2 555-12 12 is none', `phone ${MASK} is none`],
    ['not of amounts with a sign', 'differs by +12345678.90', 'differs by +12345678.90'],
    ['as JSON quotes it', `note ${JSON.stringify(long)} is too long`, `note "${MASK}" is too long`],
    [
      'where it is cut short',
      `note ${JSON.stringify(long).slice(0, 77)}… is too long`,
      `note "${MASK}… is too long`,
    ],
    ['behind a line feed as JSON writes it', JSON.stringify({ note: 'x\nQuill' }), `{"note":"x\\n${MASK}"}`],
    ['in a key', 'tidelock.acme/people/Mara%20Quill/7', `tidelock.acme/people/${MASK}/7`],
    ['in a part of a key', 'tidelock.acme/people/Tom%20Quill', `tidelock.acme/people/Tom%20${MASK}`],
    ['that has an address in it', 'note: Ring a@b.c at two.', `note: ${MASK}.`],
    ['of an instant as Odoo writes it', 'born 1980-01-31 12:00:00, it says', `born ${MASK}, it says`],
    ['not where another text is cut short', 'a list such as A, B, …', 'a list such as A, B, …'],
  ])('%s', (_, text, masked) => {
    expect(maskText(text, values)).toBe(masked)
    expect(maskText(masked, values)).toBe(masked)
  })

  test('without any values too', () => {
    expect(maskText('mail a@b.example', [])).toBe(`mail ${MASK}`)
  })

  test('whatever signs a value has', () => {
    const odd = '(a+b) [c] {d} | e.$^*?\\/'
    expect(maskText(`is "${odd}" there`, [odd])).toBe(`is "${MASK}" there`)
  })
})

describe('a dead letter', () => {
  const letter = {
    id: 'd1',
    key: 'gid:%2F%2Fshopify%2FOrder%2F94607',
    label: 'Mara Quill',
    message: 'Mara Quill (mara@quill.example) fits several',
    payload: { key: 'gid://shopify/Order/94607', stamp: 's', data: DATA },
    mapped: MAPPED,
  }

  test('shows what is there and not what it is; its key stays', () => {
    expect(maskLetter(PLAN, letter)).toEqual({
      id: 'd1',
      key: letter.key,
      label: MASK,
      message: `${MASK} (${MASK}) fits several`,
      payload: {
        key: letter.payload.key,
        stamp: 's',
        data: {
          id: letter.payload.key,
          name: '#1042',
          note: MASK,
          tags: ['vip', MASK],
          customer: {
            id: 'gid://shopify/Customer/7',
            displayName: MASK,
            addresses: [{ zip: MASK, countryCode: 'US' }],
          },
          contact: { email: MASK },
        },
      },
      mapped: { name: MASK, comment: `For ${MASK}`, ref: '#1042', active: true },
    })
  })

  test.each([
    ['order.name', '#1042', '#1042'],
    ['coalesce(order.customer.displayName, order.name)', 'Mara Quill', MASK],
    ['order.customer.id', '7', '7'],
    ['first(order.customer.addresses).zip', '94607', MASK],
    ['order.contact.email', 'mara', MASK],
  ])('whose record was pruned is called %s: %s', (cel, label, shown) => {
    const plan = { ...PLAN, target: { ...PLAN.target, label: { cel } } }
    expect(maskLetter(plan, { ...letter, label, payload: null, mapped: null })).toMatchObject({
      label: shown,
    })
  })

  test('masks what its plan does not read any more', () => {
    const payload = { ...letter.payload, data: { former: { email: 'a', on: true }, name: '#1' } }
    expect(maskLetter(PLAN, { ...letter, payload, mapped: { former: 'a' } })).toMatchObject({
      payload: { data: { former: { email: MASK, on: true }, name: '#1' } },
      mapped: { former: MASK },
    })
  })

  test('whose key is a person is masked there too', () => {
    const key = 'mara@quill.example'
    const payload = { key, stamp: 's', data: DATA }
    const waitsFor = { mapping: 'm', key }
    expect(maskLetter(PLAN, { ...letter, key, sourceKey: key, payload, waitsFor })).toMatchObject({
      key: MASK,
      sourceKey: MASK,
      payload: { key: MASK },
      waitsFor: { mapping: 'm', key: MASK },
    })
  })

  test('of a plan that is not known any more shows neither payload nor label', () => {
    expect(maskLetter(null, letter)).toMatchObject({ payload: null, mapped: null, label: null })
  })

  test('shows what is absent as absent', () => {
    const data = { ...DATA, note: null, customer: null }
    const shown = maskLetter(PLAN, { ...letter, payload: { ...letter.payload, data }, mapped: null })
    expect(shown).toMatchObject({ payload: { data: { note: null, customer: null } }, mapped: null })
  })
})
