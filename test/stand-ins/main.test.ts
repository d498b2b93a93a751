import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'

const MAIN = join(import.meta.dirname, 'main.ts')

function start(...args: readonly string[]) {
  return spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
}

test('both stand-ins say where they are in one line, obey the control address, and go when told', async () => {
  const child = start('--customers', '5', '--products', '4', '--orders', '6')
  const lines: string[] = []
  const reader = createInterface({ input: child.stdout })
  reader.on('line', (line) => lines.push(line))
  await once(reader, 'line')
  const { odoo, shopify, control } = JSON.parse(lines[0]!)
  expect(odoo).toEqual({
    url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
    database: 'acme',
    login: expect.any(String),
    apiKey: expect.any(String),
  })
  expect(shopify).toEqual({
    url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
    shop: 'acme',
    accessToken: expect.any(String),
  })
  const post = async (path: string, body?: object) => {
    const response = await fetch(`${control.url}/${path}`, {
      method: 'POST',
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return [response.status, await response.json()] as const
  }
  expect(await post('shopify/counts')).toEqual([
    200,
    { customers: 5, products: 4, orders: 6, variants: expect.any(Number) },
  ])
  expect(await post('shopify/cancel', { order: '#9' })).toEqual([400, { error: 'There is no order #9.' }])
  expect((await post('shopify/nothing'))[0]).toBe(404)
  const listed = (await (await fetch(control.url)).json()) as { post: Record<string, string[]> }
  expect(Object.keys(listed.post)).toEqual(['odoo', 'shopify'])
  expect(listed.post['shopify']).toContain('changeFifty')
  child.kill('SIGTERM')
  const [code] = await once(child, 'exit')
  expect([code, lines.length]).toEqual([0, 1])
})

test('--help explains itself', async () => {
  const child = start('--help')
  let text = ''
  child.stdout.on('data', (part) => {
    text += part
  })
  const [code] = await once(child, 'close')
  expect(code).toBe(0)
  for (const option of ['--odoo-port', '--shopify-port', '--control-port', '--odoo-version', '--orders'])
    expect(text).toContain(option)
})
