import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { pino } from 'pino'
import { SyncError } from '../core/model/failure.ts'
import type { JsonObject } from '../core/model/json.ts'
import { parseDuration } from '../core/parse/duration.ts'
import { applyEnvironment, type Repository } from '../core/parse/repository.ts'
import { openStore, type Store } from '../store/open.ts'
import { type Keyring, parseKeys } from '../store/seal.ts'
import { takeWorkerPlace, type WorkerPlace } from '../store/worker-place.ts'
import type { ActivityDependencies } from '../temporal/activities.ts'
import { connectTemporal, type TemporalClient, type TemporalSettings } from '../temporal/client.ts'
import { type DevServer, ensureDevServer } from '../temporal/dev-server/server.ts'
import type { Prefix } from '../temporal/names.ts'
import type { SecretSource } from '../transfer/host/guard.ts'
import { CHANNEL_SORTS } from './channels.ts'
import { CONNECTORS } from './connectors.ts'
import { OPERATIONS_DOCS } from './diagnostics/docs.ts'
import { secretSource } from './secrets.ts'

/** One environment of a repository, opened as far as a command needs it. */
export interface Session {
  readonly prefix: Prefix
  readonly folder: string
  readonly store: Store
  readonly secrets: SecretSource
  /** Connects when first asked; starts the local dev server where the environment names no address. */
  temporal(): Promise<TemporalClient>
  /** The dev server, when the environment uses one and {@link temporal} was asked. */
  devServer(): DevServer | null
  /** Throws `unavailable` where the store has room for one worker process and another one has it. */
  takeWorkerPlace(): WorkerPlace
  workerDependencies(): ActivityDependencies
  readonly workerConcurrency: number
  close(): Promise<void>
}

export interface SessionOptions {
  readonly repository: Repository
  readonly folder: string
  readonly environment: string
  readonly processEnvironment: NodeJS.ProcessEnv
  say(message: string): void
  /** Whether the store is brought to the newest version. Default: yes. */
  readonly migrate?: boolean
}

/** Opens the store; Temporal only when asked. Throws `invalid-plan` for an environment that temporal.yaml does not have. */
export async function openSession(options: SessionOptions): Promise<Session> {
  const { repository, folder, environment } = options
  const applied = applyEnvironment(repository, environment)
  if (applied === null) {
    const names = Object.keys(repository.project.environments)
    throw new SyncError(
      'invalid-plan',
      `temporal.yaml has no environment "${environment}"; it has ${names.join(', ')}.`,
    )
  }
  const secrets = secretSource(repository.project.secrets, folder, options.processEnvironment)
  const url = await storeUrl(applied.store, secrets)
  const keys = await keysOf(applied.keys, url, environment, secrets)
  const store = await openStore(url, {
    folder,
    migrate: options.migrate ?? true,
    ...(keys === null ? {} : { keys }),
  })
  const prefix = { project: repository.project.name, environment }
  const worker = repository.project.worker as {
    legBudget?: string
    concurrency?: number
    heartbeat?: string
  } | null
  const heartbeatMs = parseDuration(worker?.heartbeat ?? '30s')
  let client: Promise<TemporalClient> | null = null
  let devServer: DevServer | null = null

  const connect = async (): Promise<TemporalClient> => {
    const written = applied.temporal
    const namespace = written.namespace ?? 'default'
    const taskQueue = `${written.taskQueue ?? 'tidelock'}`
    const address = written.address ?? options.processEnvironment['TEMPORAL_ADDRESS'] ?? null
    if (address !== null)
      return connectTemporal({
        address,
        namespace,
        taskQueue,
        heartbeatMs,
        tls: await tlsOf(written, secrets),
      })
    devServer = await ensureDevServer({
      folder,
      namespace,
      environment: options.processEnvironment,
      say: options.say,
    })
    return connectTemporal({ address: devServer.address, namespace, taskQueue, heartbeatMs, tls: null })
  }
  return {
    prefix,
    folder,
    store,
    secrets,
    temporal: () => (client ??= connect()),
    devServer: () => devServer,
    workerConcurrency: worker?.concurrency ?? 4,
    takeWorkerPlace: () => takeWorkerPlace(url, folder),
    workerDependencies: () => {
      const log = workerLog(folder)
      return {
        store,
        connectors: CONNECTORS,
        channels: CHANNEL_SORTS,
        alertLinks: { temporalUi: uiOf(applied.temporal, devServer), docs: OPERATIONS_DOCS },
        secrets,
        now: Date.now,
        log: (message: string, fields?: JsonObject) => log.info(fields ?? {}, message),
        // A worker that fell silent has lost its work long before.
        leaseMs: 6 * heartbeatMs,
        heartbeatMs,
        legBudgetMs: parseDuration(worker?.legBudget ?? '60s'),
      }
    },
    async close() {
      if (client !== null) await (await client).close()
      await store.close()
    },
  }
}

/** Temporal's UI at the namespace: of the dev server, or as temporal.yaml says. */
function uiOf(
  written: { readonly ui?: string; readonly namespace?: string },
  devServer: DevServer | null,
): string | null {
  const ui = devServer?.ui ?? written.ui ?? null
  return ui === null ? null : `${ui.replace(/\/$/, '')}/namespaces/${written.namespace ?? 'default'}`
}

/** The worker's own log: `.tidelock/worker.log`, one JSON line an entry. Free of payloads. */
function workerLog(folder: string) {
  mkdirSync(join(folder, '.tidelock'), { recursive: true })
  return pino(
    { base: null, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ dest: join(folder, '.tidelock', 'worker.log'), sync: true }),
  )
}

async function storeUrl(written: unknown, secrets: SecretSource): Promise<string> {
  if (typeof written === 'string') return written
  const url = (written as { url?: unknown } | null)?.url
  if (typeof url === 'string') return url
  const secret = (url as { secret?: string } | undefined)?.secret
  return secret === undefined ? 'sqlite:.tidelock/store.db' : secrets.value(secret)
}

/** A SQLite store makes its own keys beside it. Those of PostgreSQL are shared by machines, and so is what it seals. */
async function keysOf(
  written: { readonly secret: string } | null,
  url: string,
  environment: string,
  secrets: SecretSource,
): Promise<Keyring | null> {
  if (written !== null) return parseKeys(await secrets.value(written.secret), `secret "${written.secret}"`)
  if (url.startsWith('sqlite:')) return null
  throw new SyncError(
    'scope-violation',
    `The environment "${environment}" keeps its store on PostgreSQL and has no keys to seal personal data with. Add keys: { secret: store-keys } to it in temporal.yaml (docs/store.md, keys).`,
    { maybeSent: false },
  )
}

async function tlsOf(written: { tls?: unknown }, secrets: SecretSource): Promise<TemporalSettings['tls']> {
  const tls = written.tls as { cert?: { secret: string }; key?: { secret: string } } | undefined
  if (tls?.cert === undefined || tls.key === undefined) return null
  return { cert: await secrets.value(tls.cert.secret), key: await secrets.value(tls.key.secret) }
}
