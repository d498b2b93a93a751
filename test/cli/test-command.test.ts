import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ROOT } from '../core/compile/repository.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidelock-tests-'))
  for (const part of ['mappings', 'temporal.yaml'])
    cpSync(join(ROOT, part), join(folder, part), { recursive: true })
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const orders = () => join(folder, 'mappings', 'shopify-orders.yaml')

function tidelock(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(ROOT, 'engine/cli/bin.js'), 'test', ...args, '--folder', folder],
    { encoding: 'utf8' },
  )
  return { code: status, stdout, stderr }
}

function edit(from: string, to: string): void {
  const text = readFileSync(orders(), 'utf8')
  if (!text.includes(from)) throw new Error(`no ${from}`)
  writeFileSync(
    orders(),
    text.replace(from, () => to),
  )
}

test('a changed mapping fails the tests it breaks, with the values; an update takes them', () => {
  edit('price_unit: ship.discountedPriceSet', 'price_unit: ship.originalPriceSet')
  edit('price_unit: 12.00', 'price_unit: 1')
  const failed = tidelock('--junit', join(folder, 'junit.xml'))
  expect(failed).toMatchObject({
    code: 1,
    stdout: expect.stringMatching(
      /✗ a paid order.*\n.*shopify-orders\.yaml:\d+\n\s+order_line\.4\.price_unit: expected 1, found "12"/,
    ),
  })
  expect(readFileSync(join(folder, 'junit.xml'), 'utf8')).toMatch(
    /<testsuite name="shopify-orders" tests="2" failures="1">/,
  )
  expect(tidelock('--update')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('1 updated: review them'),
  })
  const passed = tidelock('shopify-orders', '--json')
  expect(passed.code).toBe(0)
  expect(JSON.parse(passed.stdout)).toMatchObject({ passed: 2, failed: 0 })
})

test('files with errors are not tested, and say so', () => {
  edit('client_order_ref: order.name', 'client_order_ref: order.nmae')
  expect(tidelock()).toMatchObject({
    code: 2,
    stdout: expect.stringContaining('unknown-field'),
    stderr: expect.stringContaining('mend them first'),
  })
})

test('a mapping that is not there is told with the nearest name', () => {
  expect(tidelock('shopify-order')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('Did you mean "shopify-orders"?'),
  })
})
