import { afterAll, beforeAll, expect, test } from 'vitest'
import { dryRecords } from '../../engine/transfer/dry.ts'
import { explain } from '../../engine/transfer/explain.ts'
import { createWorld, type World } from './world.ts'

/** What says something of this customer anywhere. */
const PERSONAL = /ida|brandt|kanaal|9000|gent\b|470 ?12/i
const { signal } = new AbortController()

let world: World
let ida: string
let dependencies: Parameters<typeof explain>[0]
let request: Omit<Parameters<typeof explain>[1], 'key' | 'open'>

beforeAll(async () => {
  world = await createWorld({ shop: { seed: false } })
  const address = { firstName: 'Ida', lastName: 'Brandt', address1: 'Kanaal 12', zip: '9000', city: 'Gent' }
  const phone = '+32470123456'
  ida = (
    await world.shop.control.createCustomer({
      ...{ firstName: 'Ida', lastName: 'Brandt', email: 'ida.brandt@example.com', phone },
      address: { ...address, countryCodeV2: 'BE' },
    })
  ).id
  const plans = await world.apply([
    // What becomes of a name is personal as it is.
    [
      'mappings/shopify-customers.yaml',
      '  phone: coalesce',
      '  ref: upper(customer.displayName)\n  phone: coalesce',
    ],
  ])
  await world.run('shopify-customers')
  const {
    plan,
    hash: planHash,
    sourceMap,
  } = plans.find(({ plan: { mapping } }) => mapping === 'shopify-customers')!
  dependencies = world.dependencies
  request = { scope: 'acme', plan, planHash, sourceMap, signal }
  const [partner] = await world.odoo.control.read({
    ...{ model: 'res.partner', domain: [['email', '=', 'ida.brandt@example.com']], fields: ['id'] },
  })
  await world.odoo.control.write({
    ...{ model: 'res.partner', ids: [Number(partner!['id'])], values: { street: 'Kanaal 14' } },
  })
})

afterAll(() => world.close())

test('explained, a record shows which values there are and what is not personal', async () => {
  const shown = await explain(dependencies, { ...request, key: ida, open: false })
  expect(JSON.stringify(shown)).not.toMatch(PERSONAL)
  const byTarget = new Map(shown!.record.fields.map((line) => [line.target, line.result]))
  expect(byTarget.get('name')).toEqual({ status: 'value', value: '•••' })
  expect(byTarget.get('ref')).toEqual({ status: 'value', value: '•••' })
  expect(byTarget.get('street2')).toEqual({ status: 'value', value: null })
  expect(shown).toMatchObject({
    label: '•••',
    sourceKey: ida,
    would: 'leave',
    target: { fields: { street: '•••' } },
  })
  const opened = await explain(dependencies, { ...request, key: ida, open: true })
  expect(opened).toMatchObject({ label: 'Ida Brandt', target: { fields: { street: 'Kanaal 14' } } })
  expect(opened!.record.fields.find(({ target }) => target === 'ref')?.result).toEqual({
    ...{ status: 'value', value: 'IDA BRANDT' },
  })
})

test('a dry run shows what would be written beside what is there, masked on both sides', async () => {
  await world.shop.control.updateCustomer({ email: 'ida.brandt@example.com', firstName: 'Ada' })
  const dry = (open: boolean) =>
    dryRecords(dependencies, { ...request, limit: 5, only: null, compare: true, open })
  const shown = await dry(false)
  expect(JSON.stringify(shown)).not.toMatch(/ada brandt|ida|kanaal/i)
  expect(shown).toMatchObject([
    { would: 'update', fields: { name: '•••', ref: '•••' }, now: { name: '•••' } },
  ])
  expect(await dry(true)).toMatchObject([{ fields: { name: 'Ada Brandt' }, now: { name: 'Ida Brandt' } }])
})

test('a record that would be parked is masked where it says why', async () => {
  const parking = {
    ...request.plan,
    fields: {
      ...request.plan.fields,
      country_id: {
        ...{ kind: 'value' as const, firstTimeOnly: false },
        value: { cel: 'match("res.country", "code", customer.displayName)' },
      },
    },
  }
  const shown = await explain(dependencies, { ...request, plan: parking, key: ida, open: false })
  expect(shown).toMatchObject({ would: 'park', why: expect.stringContaining('•••') })
  expect(JSON.stringify(shown)).not.toMatch(/ada|brandt|kanaal/i)
  const opened = await explain(dependencies, { ...request, plan: parking, key: ida, open: true })
  expect(opened!.why).toContain('Ada Brandt')
})
