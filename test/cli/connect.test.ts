import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, onTestFinished, test, vi } from 'vitest'
import { credentialOf } from '../../engine/store/credentials.ts'
import { openStore } from '../../engine/store/open.ts'
import { freePort } from '../../engine/temporal/dev-server/server.ts'
import { ROOT } from '../core/compile/repository.ts'
import { startOdoo } from '../stand-ins/odoo/server.ts'
import { startShopify } from '../stand-ins/shopify/server.ts'

// Several processes a story, on machines that do other things too.
vi.setConfig({ testTimeout: 120_000 })

async function start() {
  const shop = await startShopify({ seed: false })
  const odoo = await startOdoo({ version: '19.0' })
  const folder = mkdtempSync(join(tmpdir(), 'tidelock-connect-'))
  onTestFinished(async () => {
    await Promise.all([shop.close(), odoo.close()])
    rmSync(folder, { recursive: true, force: true })
  })
  mkdirSync(join(folder, 'mappings/connections'), { recursive: true })
  const write = (file: string, text: string) => writeFileSync(join(folder, file), text)
  write(
    'mappings/connections/shopify.yaml',
    `tidelock: 1
connection: shopify
connector: shopify
settings: { shop: acme, url: "${shop.url}", apiVersion: "2026-07" }
auth: { oauth: { clientId: { secret: id }, clientSecret: { secret: key }, scopes: [read_orders] } }
`,
  )
  write(
    'mappings/connections/odoo.yaml',
    `tidelock: 1
connection: odoo
connector: odoo
settings: { url: "${odoo.url}", database: acme, version: "19.0" }
auth: { apiKey: { secret: odoo-key } }
`,
  )
  write(
    'temporal.yaml',
    `tidelock: 1
project: acme
environments: { default: {} }
secrets:
  id: { from: "env:SHOP_ID", to: [127.0.0.1] }
  key: { from: "env:SHOP_KEY", to: [127.0.0.1] }
  odoo-key: { from: "env:ODOO_KEY", to: [127.0.0.1] }
`,
  )
  const tidelock = (args: readonly string[], environment: Record<string, string> = {}) => {
    const secrets = { SHOP_ID: shop.clientId, SHOP_KEY: shop.clientSecret, ODOO_KEY: odoo.apiKey }
    const child = spawn(
      process.execPath,
      [join(ROOT, 'engine/cli/bin.js'), ...args, '--folder', folder, '--json'],
      { env: { ...process.env, ...secrets, ...environment }, stdio: ['ignore', 'pipe', 'pipe'] },
    )
    const said = { stdout: '', stderr: '' }
    child.stdout.on('data', (part) => (said.stdout += part))
    child.stderr.on('data', (part) => (said.stderr += part))
    return { child, said, closed: once(child, 'close').then(([code]) => Number(code)) }
  }
  return { shop, odoo, folder, tidelock }
}

test('an app is connected in the browser; its token is kept sealed and is not shown', async () => {
  const { shop, folder, tidelock } = await start()
  const { child, said, closed } = tidelock([
    'connect',
    'shopify',
    '--no-browser',
    '--redirect',
    `http://127.0.0.1:${await freePort()}/callback`,
  ])
  for await (const line of createInterface({ input: child.stderr })) {
    if (!line.startsWith('http')) continue
    expect(new URL(line).searchParams.get('scope')).toBe('read_orders')
    expect((await fetch(line)).status).toBe(200)
    break
  }
  expect(await closed).toBe(0)
  expect(JSON.parse(said.stdout)).toEqual({
    ...{ connection: 'shopify', kind: 'authorization-code', account: 'acme.myshopify.com' },
    ...{ endsAt: null, resumed: [] },
  })
  const store = await openStore('sqlite:.tidelock/store.db', { folder })
  onTestFinished(store.close)
  const kept = await credentialOf(store, { project: 'acme', connection: 'shopify' })
  expect(kept).toMatchObject({ generation: 1, secret: { refreshToken: expect.stringMatching(/^shprt_/) } })
  expect(JSON.stringify(said)).not.toContain(String(kept!.secret!['accessToken']))
  expect((await shop.control.stats()).calls).toBe(1)
})

test('a key is looked at where it comes from, and a wrong one says which secret', async () => {
  const { odoo, tidelock } = await start()
  const right = tidelock(['connect', 'odoo'])
  expect(await right.closed).toBe(0)
  expect(JSON.parse(right.said.stdout)).toMatchObject({
    kind: 'key',
    account: odoo.login,
    endsAt: expect.any(Number),
  })
  const wrong = tidelock(['connect', 'odoo'], { ODOO_KEY: 'f'.repeat(40) })
  expect(await wrong.closed).toBe(2)
  expect(wrong.said.stderr).toContain('refuses the API key "odoo-key"')
  expect(wrong.said.stderr).not.toContain('f'.repeat(40))
})

test('a connection that is not there is named', async () => {
  const { tidelock } = await start()
  const { said, closed } = tidelock(['connect', 'books'])
  expect([await closed, said.stderr]).toEqual([2, expect.stringContaining('there are odoo, shopify')])
})
