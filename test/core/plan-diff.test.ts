import { expect, test } from 'vitest'
import { diffMappings } from '../../engine/core/diff/plan-diff.ts'
import { changed, compileFiles, filesOf } from './compile/repository.ts'

const shipped = filesOf('.')
const orders = 'mappings/shopify-orders.yaml'
const desiredOf = (files: Readonly<Record<string, string>>) =>
  compileFiles(files).plans.map(({ plan, hash }) => ({ plan, hash, timing: 'every 300 s' }))
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

test('a changed identity is refused with the number of records it would double', () => {
  const refused = changeOf(changed(shipped, orders, 'identity: order.id', 'identity: order.name'))
  expect(refused.refusals.join()).toContain('1,234 records')
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
