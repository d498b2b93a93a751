import type { ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { Client, Connection } from '@temporalio/client'
import { defineSearchAttributeKey } from '@temporalio/common'
import { expect } from 'vitest'
import { openStore } from '../../engine/store/open.ts'
import { type RunRow, runById } from '../../engine/store/runs.ts'
import { openRuns } from '../../engine/store/waiting-runs.ts'
import type { ShopifyOptions } from '../stand-ins/shopify/server.ts'
import { openDemoWorld, until } from './demo-world.ts'

/** The one mapping that runs. */
export const CUSTOMERS = 'shopify-customers'
const FILE = `mappings/${CUSTOMERS}.yaml`

/**
 * Runs of the shop's customers that wait: a real Temporal, a worker and commands as processes. Nothing runs but what the test runs,
 * and a failure that counted as an attempt would end it. `errors`: the rest of the mapping's `errors`.
 */
export async function openRunWorld({ seed, errors }: Pick<ShopifyOptions, 'seed'> & { errors?: string }) {
  const world = await openDemoWorld({ seed: seed ?? false })
  const { shop, odoo, folder, port, processes } = world
  world.stopSchedules()
  const rest = errors === undefined ? '' : `, ${errors}`
  world.edit(FILE, /^fields:/m, `errors: { retry: { attempts: 1 }${rest} }\n\nfields:`)
  const store = await openStore('sqlite:.tidelock/store.db', { folder, now: Date.now })
  const client = new Client({ connection: await Connection.connect({ address: `127.0.0.1:${port}` }) })

  return {
    shop,
    odoo,
    processes,
    store,
    client,
    /** Changes the mapping's file. */
    edit: (from: string | RegExp, to: string) => world.edit(FILE, from, to),
    async apply(): Promise<void> {
      expect(await processes.ended(['apply'])).toMatchObject({ code: 0 })
    },
    worker: (): ChildProcess => processes.worker(),
    waitingAs: (state: RunRow['state']) =>
      until(async () => (await openRuns(store, 'acme')).find((run) => run.state === state)),
    ended: (id: string) =>
      until(async () => {
        const run = await runById(store, 'acme', id)
        return run?.finishedAt === null ? null : run
      }),
    stateShown: (run: RunRow, state: string) =>
      until(async () => {
        const described = await client.workflow.getHandle(run.workflowId).describe()
        const attributes = described.typedSearchAttributes.getAll()
        return attributes.some(({ key, value }) => key.name === 'TidelockState' && value === state)
      }),
    /** A run as a schedule starts one. */
    begin: (looks = {}) =>
      client.workflow.start('sync', {
        taskQueue: 'tidelock',
        workflowId: `acme/sync/${randomUUID()}`,
        typedSearchAttributes: [
          { key: defineSearchAttributeKey('TidelockState', 'KEYWORD'), value: 'Running' },
          { key: defineSearchAttributeKey('TidelockParked', 'INT'), value: 0 },
        ],
        args: [
          {
            ...{ project: 'acme', mapping: CUSTOMERS, lane: 'live', planHash: '', selectionId: null, looks },
            retry: { firstMs: 1_000, maxMs: 1_000, attempts: 1 },
          },
        ],
      }),
    /** What the Temporal UI shows of a run. */
    details: async (run: RunRow): Promise<string> =>
      String(
        await client.workflow
          .getHandle(run.workflowId)
          .query('__temporal_workflow_metadata')
          .then(JSON.stringify),
      ),
    async close(): Promise<void> {
      await store.close()
      await client.connection.close()
      await world.close()
    },
  }
}
export type RunWorld = Awaited<ReturnType<typeof openRunWorld>>
