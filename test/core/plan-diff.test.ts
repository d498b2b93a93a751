import { describe, expect, test } from 'vitest'
import { diffMappings } from '../../engine/core/diff/plan-diff.ts'
import { changed, compileFiles, filesOf } from './compile/repository.ts'

const shipped = filesOf('.')
const orders = 'mappings/shopify-orders.yaml'
const desiredOf = (files: Readonly<Record<string, string>>) =>
  compileFiles(files).plans.map(({ plan, hash, movedFrom }) => ({
    plan,
    hash,
    movedFrom,
    timing: 'every 300 s',
  }))
const before = desiredOf(shipped).find(({ plan }) => plan.mapping === 'shopify-orders')!
const applied = { 'shopify-orders': { plan: before.plan, hash: before.hash, delivered: 1_234 } }
const live = { planHash: before.hash, timing: 'every 300 s', paused: false, pauseNote: null }

function changeOf(files: Readonly<Record<string, string>>, scheduled = live) {
  const desired = desiredOf(files)
  return diffMappings({ desired, applied, scheduled: { 'shopify-orders': scheduled } }).find(
    ({ mapping }) => mapping === 'shopify-orders',
  )!
}

test('what did not change is no difference', () => {
  expect(changeOf(shipped)).toMatchObject({ action: 'none', differences: [], refusals: [] })
})

test('a field that was added is one line, and says whom it does not reach', () => {
  const added = changeOf(
    changed(
      shipped,
      orders,
      '  client_order_ref: order.name',
      '  client_order_ref: order.name\n  origin: order.sourceName',
    ),
  )
  expect(added).toMatchObject({ action: 'update', differences: ['fields.origin: added order.sourceName'] })
  expect(added.consequences.join()).toContain('1,234 records')
})

test.each([
  ['the identity', 'identity: order.id', 'identity: order.name', 'Put the old identity back.'],
  ['the keys', 'mapping: shopify-orders', 'mapping: shopify-orders\nkeys: web', 'keys: shopify-orders'],
  [
    'the identity of lines',
    'identity: coalesce(ship.id, ship.title)',
    'identity: ship.title',
    'lines "ship" of order_line changed',
  ],
])('%s changed is refused with the number of records it would double', (_what, from, to, told) => {
  const { refusals } = changeOf(changed(shipped, orders, from, to))
  expect(refusals).toHaveLength(1)
  expect(refusals[0]).toContain('1,234 records')
  expect(refusals[0]).toContain(told)
})

test('lines under another name are refused; lines taken out or added are not', () => {
  const { [orders]: text, ...others } = shipped
  const renamed = {
    ...others,
    [orders]: text!.replaceAll('ship.', 'freight.').replace('as: ship', 'as: freight'),
  }
  expect(changeOf(renamed).refusals.join()).toContain('"ship" of order_line are called "freight" now')
  const start = text!.indexOf('    - each: order.shippingLines')
  const end = text!.indexOf('\nagree:')
  const without = { ...others, [orders]: `${text!.slice(0, start)}${text!.slice(end)}` }
  expect(changeOf(without)).toMatchObject({ action: 'update', refusals: [] })
  const shorter = desiredOf(without).find(({ plan }) => plan.mapping === 'shopify-orders')!
  const added = diffMappings({
    desired: desiredOf(shipped),
    applied: { 'shopify-orders': { plan: shorter.plan, hash: shorter.hash, delivered: 5 } },
    scheduled: {},
  }).find(({ mapping }) => mapping === 'shopify-orders')
  expect(added).toMatchObject({ action: 'update', refusals: [] })
})

describe('a mapping under another name', () => {
  const { [orders]: text, ...others } = shipped
  const renamed = (extra: string) => ({
    ...others,
    'mappings/web-orders.yaml': text!.replace('mapping: shopify-orders', `mapping: web-orders${extra}`),
  })
  const changesOf = (files: Readonly<Record<string, string>>, scheduled = live) =>
    diffMappings({ desired: desiredOf(files), applied, scheduled: { 'shopify-orders': scheduled } }).filter(
      ({ mapping }) => mapping.endsWith('-orders'),
    )

  test('that says so goes on with what it delivered', () => {
    const [change, ...more] = changesOf(renamed('\nmoved: { from: shopify-orders }'))
    expect(more).toEqual([])
    expect(change).toMatchObject({
      mapping: 'web-orders',
      movedFrom: 'shopify-orders',
      action: 'update',
      refusals: [],
    })
    expect(change!.consequences[0]).toContain('1,234 records')
    const [plan] = desiredOf(renamed('\nmoved: { from: shopify-orders }')).filter(
      (desired) => desired.plan.mapping === 'web-orders',
    )
    expect(plan!.plan.namespace).toBe('shopify-orders')
  })

  test('that does not say so is refused: everything would be created again', () => {
    const changes = changesOf(renamed(''))
    expect(changes.map(({ mapping, action }) => [mapping, action])).toEqual([
      ['shopify-orders', 'remove'],
      ['web-orders', 'create'],
    ])
    expect(changes[1]!.refusals.join()).toContain('moved: { from: shopify-orders }')
    expect(changes[1]!.refusals.join()).toContain('1,234 records')
  })

  test('is refused while its schedule is paused', () => {
    const [change] = changesOf(renamed('\nmoved: { from: shopify-orders }'), {
      ...live,
      paused: true,
      pauseNote: 'stocktaking' as never,
    })
    expect(change!.refusals.join()).toContain('stocktaking')
  })
})

test.each([
  ['a timing', { ...live, timing: 'every 60 s' }, 'schedule in Temporal: every 60 s → every 300 s'],
  [
    'a plan',
    { ...live, planHash: 'abcdef0123456789' },
    `plan of the schedule: abcdef012345 → ${before.hash.slice(0, 12)}`,
  ],
])('%s edited in Temporal is a difference', (_what, scheduled, line) => {
  expect(changeOf(shipped, scheduled)).toMatchObject({ action: 'update', differences: [line] })
})

test('a pause that a person made is said and kept', () => {
  expect(
    changeOf(shipped, { ...live, paused: true, pauseNote: 'stocktaking' as never }).consequences.join(),
  ).toContain('stocktaking')
})

test('a mapping that left the files is told, and nothing is removed by itself', () => {
  const { [orders]: _gone, ...rest } = shipped
  expect(changeOf(rest)).toMatchObject({
    action: 'remove',
    consequences: [expect.stringContaining('--prune')],
  })
})
