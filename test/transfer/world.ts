import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { inject } from 'vitest'
import { CONNECTORS } from '../../engine/cli/connectors.ts'
import type { HashedPlan } from '../../engine/core/compile/repository.ts'
import type { Tally } from '../../engine/core/model/tally.ts'
import { hashOf } from '../../engine/core/transform/fingerprint.ts'
import { checkStore } from '../../engine/store/check/check.ts'
import { openStore, type Store } from '../../engine/store/open.ts'
import { savePlan, setAppliedPlan } from '../../engine/store/plans.ts'
import { saveSelection } from '../../engine/store/selections.ts'
import type { Lane } from '../../engine/transfer/context.ts'
import type { LegDependencies } from '../../engine/transfer/leg.ts'
import { runOneLeg } from '../../engine/transfer/run.ts'
import { compileFiles, filesOf } from '../core/compile/repository.ts'
import { emptyStore } from '../postgres/database.ts'
import { type OdooStandIn, startOdoo } from '../stand-ins/odoo/server.ts'
import { type ShopifyOptions, type ShopifyStandIn, startShopify } from '../stand-ins/shopify/server.ts'
import { stopped } from './stopped.ts'

/** A shop, an Odoo, a store of the project's dialect and the shipped mappings between them, without Temporal. */
export interface World {
  readonly shop: ShopifyStandIn
  readonly odoo: OdooStandIn
  readonly store: Store
  readonly dependencies: LegDependencies
  /** Applies the shipped mappings, with texts replaced in them. */
  apply(
    changes?: readonly (readonly [file: string, from: string, to: string])[],
  ): Promise<readonly HashedPlan[]>
  run(mapping: string, options?: { lane?: Lane; only?: readonly string[] }): Promise<Tally>
  /** All mappings in link order. */
  runAll(lane?: Lane): Promise<Record<string, Tally>>
  /** A clock of the world's own can be put ahead. */
  wait(ms: number): void
  /** From now on the worker's own clock differs by this much from the store's. */
  skew(ms: number): void
  /** Throws when the story left the store in a state that must not be. */
  close(): Promise<void>
}

export async function createWorld(
  options: {
    /** Mappings of this folder in place of the shipped ones of that name. */ folder?: string
    version?: '18.0' | '19.0'
    shop?: ShopifyOptions
    leaseMs?: number
  } = {},
): Promise<World> {
  const version = options.version ?? '19.0'
  // The shop's changes lie a minute back, so that none falls into the second that is not over yet.
  const shop = await startShopify({
    now: () => Date.now() - 60_000,
    seed: { customers: 40, products: 20, orders: 120 },
    ...options.shop,
  })
  const odoo = await startOdoo({ version, database: 'acme' })
  const folder = mkdtempSync(join(tmpdir(), 'tidelock-world-'))
  let ahead = 0
  let skewed = 0
  const now = () => Date.now() + ahead
  const url = inject('dialect') === 'sqlite' ? 'sqlite:store.db' : await emptyStore()
  const store = await openStore(url, { folder, now })
  const values: Record<string, string> = { 'odoo-key': odoo.apiKey, 'shopify-token': shop.accessToken }
  const hosts: Record<string, string> = {
    'odoo-key': new URL(odoo.url).host,
    'shopify-token': new URL(shop.url).host,
  }
  const dependencies: LegDependencies = {
    store,
    connectors: CONNECTORS,
    secrets: {
      value: async (name) => values[name]!,
      hosts: (name) => (hosts[name] === undefined ? [] : [hosts[name]]),
    },
    now: () => now() + skewed,
    // Nobody waits for a budget: the world's clock is put ahead.
    async pause(ms) {
      ahead += ms
    },
    ...(options.leaseMs === undefined ? {} : { leaseMs: options.leaseMs }),
    log() {},
  }
  const connections = connectionFiles(shop, odoo, version)
  let plans: readonly HashedPlan[] = []

  const run: World['run'] = async (mapping, { lane = 'live', only } = {}) => {
    const plan = plans.find((candidate) => candidate.plan.mapping === mapping)!
    const runId = randomUUID()
    const selectionId =
      only === undefined ? null : await store.transaction((trx) => saveSelection(trx, 'acme', only, now()))
    for (let refusals = 0; ; ) {
      const progress = await runOneLeg(dependencies, {
        project: 'acme',
        mapping,
        lane: only === undefined ? lane : 'retry',
        planHash: plan.hash,
        selectionId,
        runId,
        workflowId: runId,
        budgetMs: 60_000,
        lastAttempt: true,
        signal: new AbortController().signal,
        progress() {},
      })
      if (progress.state === 'done') return progress.tally
      if (progress.state === 'throttled' && progress.until !== null) {
        // As the durable timer of the workflow does.
        ahead += Math.max(0, progress.until - now())
      } else if (progress.state === 'busy') {
        if (++refusals > 500) throw new Error(`${mapping} is busy`)
        await sleep(20)
      } else if (progress.state !== 'more') throw await stopped(store, 'acme', runId)
    }
  }
  return {
    shop,
    odoo,
    store,
    dependencies,
    async apply(changes = []) {
      const { 'mappings/channels.yaml': channels, ...written } = {
        ...filesOf('.'),
        ...(options.folder === undefined ? {} : filesOf(options.folder)),
      }
      const files: Record<string, string> = {
        ...written,
        ...connections,
        ...(channels === undefined ? {} : { 'mappings/channels.yaml': CHANNELS }),
      }
      for (const [file, from, to] of changes) {
        if (!files[file]!.includes(from)) throw new Error(`${file} does not hold ${from}`)
        files[file] = files[file]!.replaceAll(from, to)
      }
      const compiled = compileFiles(files)
      if (compiled.plans.length === 0)
        throw new Error(
          compiled.diagnostics.map(({ file, line, message }) => `${file}:${line} ${message}`).join('\n'),
        )
      plans = compiled.plans
      const stamp = { appliedAt: now(), author: null, commit: null }
      await store.transaction(async (trx) => {
        for (const { plan, hash, sourceMap } of plans) {
          await savePlan(trx, { hash, plan, sourceMap, ...stamp })
          await setAppliedPlan(trx, 'acme', plan.mapping, hash, stamp)
        }
      })
      return plans
    },
    run,
    async runAll(lane = 'live') {
      const tallies: Record<string, Tally> = {}
      for (const { plan } of plans) tallies[plan.mapping] = await run(plan.mapping, { lane })
      return tallies
    },
    wait(ms) {
      ahead += ms
    },
    skew(ms) {
      skewed = ms
    },
    async close() {
      const { findings } = await checkStore(store, hashOf)
      await store.close()
      await Promise.all([shop.close(), odoo.close()])
      rmSync(folder, { recursive: true, force: true })
      if (findings.length > 0) throw new Error(`The store is not sound: ${JSON.stringify(findings, null, 1)}`)
    },
  }
}

/** Channels without secrets of their own. */
const CHANNELS =
  'tidelock: 1\nchannels:\n  ops: { webhook: { url: "http://127.0.0.1:9/ops" } }\n  finance: { webhook: { url: "http://127.0.0.1:9/finance" } }\n'

function connectionFiles(shop: ShopifyStandIn, odoo: OdooStandIn, version: string): Record<string, string> {
  return {
    'mappings/connections/shopify.yaml': `tidelock: 1\nconnection: shopify\nconnector: shopify\nsettings: { url: "${shop.url}", shop: ${shop.shop}, apiVersion: "2026-07" }\nauth: { accessToken: { secret: shopify-token } }\n`,
    'mappings/connections/odoo.yaml': `tidelock: 1\nconnection: odoo\nconnector: odoo\nsettings:\n  url: ${odoo.url}\n  database: ${odoo.database}\n  version: "${version}"\n  company: 1\n  language: en_US\n  timezone: Europe/Brussels\n  fixed:\n    tidelock.web_guest: { model: res.partner, values: { name: Web guest } }\nauth: { login: ${odoo.login}, apiKey: { secret: odoo-key } }\n`,
    'temporal.yaml': `tidelock: 1\nproject: acme\nenvironments:\n  default: { store: "sqlite:store.db" }\nsecrets:\n  odoo-key: { from: "env:A", to: [127.0.0.1] }\n  shopify-token: { from: "env:B", to: [127.0.0.1] }\n`,
  }
}
