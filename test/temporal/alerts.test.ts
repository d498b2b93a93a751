import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client, Connection } from '@temporalio/client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { AlertMessage } from '../../engine/core/alert/message.ts'
import { alertsId, wakeAlerts } from '../../engine/temporal/alerts.ts'
import { killed } from '../kill/processes.ts'
import { startWebhook, type WebhookReceiver } from '../stand-ins/webhook/server.ts'
import { type DemoWorld, openDemoWorld } from './demo-world.ts'

/** A rule from the failure to the message: a real Temporal, two workers, one of them after the other killed. */
let world: DemoWorld
let hook: WebhookReceiver
let connection: Connection
let client: Client

beforeAll(async () => {
  world = await openDemoWorld({ seed: { customers: 5, products: 2, orders: 3 } })
  const { folder, port } = world
  hook = await startWebhook()
  writeFileSync(
    join(folder, 'mappings', 'channels.yaml'),
    `tidelock: 1\nchannels: { ops: { webhook: { url: "${hook.url}" } } }\n`,
  )
  appendFileSync(
    join(folder, 'mappings', 'shopify-orders.yaml'),
    '\nalerts:\n  - { failures: { atLeast: 3, within: 45s, of: records }, notify: [ops] }\n',
  )
  connection = await Connection.connect({ address: `127.0.0.1:${port}` })
  client = new Client({ connection })
})

afterAll(async () => {
  await connection.close()
  await hook.close()
  await world.close()
})

const BY = ['--by', 'ana@acme.example', '--reason', 'looked at it']

/** An order whose total Odoo does not come to. */
async function badOrder(name: string): Promise<void> {
  await world.shop.control.createOrder({
    name,
    tip: 500,
    lines: [{ sku: 'SKU-1-1', quantity: 1, unit: 500 }],
  })
}

async function messages(count: number): Promise<readonly AlertMessage[]> {
  for (;;) {
    const posts = await hook.control.received()
    if (posts.length >= count) return posts.map(({ body }) => JSON.parse(body) as AlertMessage)
    await sleep(100)
  }
}

async function looks() {
  const found = []
  const query = `WorkflowType = 'alerts' AND ExecutionStatus = 'Completed'`
  for await (const look of client.workflow.list({ query })) found.push(look)
  return found
}

test('one message when it holds and one when it is over, whoever works and whoever dies in between', {
  timeout: 300_000,
}, async () => {
  expect(await world.processes.ended(['apply'])).toMatchObject({ code: 0 })
  const first = [world.processes.worker(), world.processes.worker()]
  for (const mapping of ['shopify-customers', 'shopify-products', 'shopify-orders'])
    expect(await world.processes.ended(['run', mapping])).toMatchObject({ code: 0 })
  for (const name of ['#bad-1', '#bad-2', '#bad-3']) await badOrder(name)
  await world.processes.ended(['run', 'shopify-orders'])
  const [raised] = await messages(1)
  expect(raised).toMatchObject({
    change: 'raised',
    mapping: 'shopify-orders',
    severity: 'warning',
    count: 3,
    rule: 'failures of records: 3 within 45s',
  })
  expect(raised!.examples.map(({ label, class: kind }) => `${label} ${kind}`).sort()).toEqual([
    '#bad-1 disagrees',
    '#bad-2 disagrees',
    '#bad-3 disagrees',
  ])
  await Promise.all(first.map(killed))
  world.processes.worker()
  world.processes.worker()
  await badOrder('#bad-4')
  await world.processes.ended(['run', 'shopify-orders'])
  const both = await messages(2)
  expect(both[1]).toMatchObject({ change: 'recovered', ruleId: raised!.ruleId, since: raised!.since })
  expect(both[1]!.at - raised!.since).toBe(45_000)

  const before = (await looks()).length
  await wakeAlerts(client.schedule, 'acme')
  while ((await looks()).length === before) await sleep(200)
  expect(await messages(2)).toHaveLength(2)
  for (const { historyLength, workflowId } of await looks()) {
    // 11 where nothing is to be sent, 17 where something is; a worker that dies takes a task with it.
    expect(historyLength).toBeLessThanOrEqual(24)
    expect(workflowId.startsWith(alertsId('acme'))).toBe(true)
  }
  const tested = await world.processes.ended(['alerts', 'test', 'shopify-orders/failures', '--since', '1h'])
  expect(JSON.parse(tested.stdout)).toMatchObject({
    applied: true,
    fired: 1,
    firingNow: false,
    firings: [{ raisedAt: raised!.at, recoveredAt: both[1]!.at }],
  })
  const ofConnection = await world.processes.ended([
    'alerts',
    'test',
    'credentialsRefused/shopify',
    '--since',
    '1h',
  ])
  expect(JSON.parse(ofConnection.stdout)).toMatchObject({ mapping: null, applied: true, fired: 0 })
  const listed = await world.processes.ended(['alerts', 'list'])
  expect(JSON.parse(listed.stdout)).toMatchObject([
    { mapping: 'shopify-orders', kind: 'failures', state: 'quiet', notify: ['ops'] },
    { mapping: 'shopify-orders', kind: 'halted', severity: 'critical' },
    { rule: 'credentialsRefused/shopify' },
    { rule: 'credentialsEnd/shopify', severity: 'warning' },
    { rule: 'credentialsRefused/odoo' },
    { rule: 'credentialsEnd/odoo' },
  ])
})

test('what nobody decided on for longer than the mapping allows is told, once', {
  timeout: 120_000,
}, async () => {
  const told = (await hook.control.received()).length
  const file = join(world.folder, 'mappings', 'shopify-orders.yaml')
  const text = readFileSync(file, 'utf8')
  expect(text).toContain('escalate: 1d')
  writeFileSync(file, text.replace('escalate: 1d', 'escalate: 1s'))
  expect(await world.processes.ended(['apply'])).toMatchObject({ code: 0 })
  const escalated = (await messages(told + 1))[told]!
  expect(escalated).toMatchObject({
    ...{
      kind: 'openTooLong',
      change: 'escalated',
      severity: 'critical',
      mapping: 'shopify-orders',
      count: 4,
    },
    advice: { commands: ['npx tidelock dead-letters list --mapping shopify-orders'] },
  })
  expect(escalated.examples.map(({ label }) => label).sort()).toEqual(['#bad-1', '#bad-2', '#bad-3'])
  const again = await world.processes.ended([
    'dead-letters',
    'retry',
    '--mapping',
    'shopify-orders',
    '--yes',
    ...BY,
  ])
  expect(again).toMatchObject({ code: 0 })
  const before = (await looks()).length
  await wakeAlerts(client.schedule, 'acme')
  while ((await looks()).length === before) await sleep(200)
  expect(await messages(told + 1)).toHaveLength(told + 1)
})

test('without rules nobody looks any more', { timeout: 120_000 }, async () => {
  const file = join(world.folder, 'mappings', 'shopify-orders.yaml')
  writeFileSync(file, readFileSync(file, 'utf8').replace(/\nalerts:\n.*\n$/, '\n'))
  expect(await world.processes.ended(['apply'])).toMatchObject({ code: 0 })
  await wakeAlerts(client.schedule, 'acme')
  const schedules = async () => {
    const ids = []
    for await (const { scheduleId } of client.schedule.list()) ids.push(scheduleId)
    return ids
  }
  while ((await schedules()).includes(alertsId('acme'))) await sleep(200)
  expect(await schedules()).toContain('acme/sync/shopify-orders')
})
