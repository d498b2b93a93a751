import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { DEMO_MAPPINGS, prepareDemoFolder } from '../../engine/cli/demo/folder.ts'
import { findTemporal } from '../../engine/temporal/dev-server/binary.ts'
import { freePort } from '../../engine/temporal/dev-server/server.ts'
import { edit as editFile } from '../day/prepare.ts'
import { createProcesses, type ProcessOptions } from '../kill/processes.ts'
import { type OdooOptions, startOdoo } from '../stand-ins/odoo/server.ts'
import { type ShopifyOptions, startShopify } from '../stand-ins/shopify/server.ts'

/**
 * A shop, an Odoo 19.0, a real Temporal, and the demo's repository with nothing applied yet; commands and workers are processes.
 * `environment`: for them, when the folder is there.
 */
export async function openDemoWorld({
  seed,
  odoo: options = {},
  environment = () => ({}),
}: {
  readonly seed: NonNullable<ShopifyOptions['seed']>
  readonly odoo?: Partial<OdooOptions>
  readonly environment?: (folder: string) => NonNullable<ProcessOptions['environment']>
}) {
  // The shop's changes lie a minute back, so that none falls into the second that is not over yet.
  const shop = await startShopify({ seed, now: () => Date.now() - 60_000 })
  const odoo = await startOdoo({ version: '19.0', ...options })
  const folder = mkdtempSync(join(tmpdir(), 'tidelock-world-'))
  prepareDemoFolder(folder, { odoo, shopify: shop, control: { url: '' } }, '19.0')
  const port = await freePort()
  const processes = createProcesses({
    ...{ folder, port, temporal: await findTemporal(process.env, () => {}) },
    environment: environment(folder),
  })
  await processes.temporal()
  const edit = (file: string, from: string | RegExp, to: string) =>
    editFile(folder, file, (text) => text.replace(from, to))
  return {
    ...{ shop, odoo, folder, port, processes },
    /** Changes a file of the repository. Throws where there is nothing to change. */
    edit,
    /** Nothing runs but what is run. */
    stopSchedules(): void {
      for (const mapping of DEMO_MAPPINGS) edit(`mappings/${mapping}.yaml`, /^schedule: .*$/m, '')
    },
    async close(): Promise<void> {
      processes.stop()
      await Promise.all([shop.close(), odoo.close()])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
export type DemoWorld = Awaited<ReturnType<typeof openDemoWorld>>

/** Waits until something is found. */
export async function until<T>(find: () => Promise<T | null | undefined | false>): Promise<T> {
  for (;;) {
    const found = await find()
    if (found) return found
    await sleep(50)
  }
}
