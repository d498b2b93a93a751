import { spawn } from 'node:child_process'
import { platform } from 'node:os'
import { type AuthSpec, secretsOf } from '../../core/model/auth.ts'
import type { ConnectionDefinition, Identity } from '../../core/model/connector.ts'
import { SyncError } from '../../core/model/failure.ts'
import type { JsonObject } from '../../core/model/json.ts'
import { parseDuration } from '../../core/parse/duration.ts'
import { applyEnvironment, type Repository } from '../../core/parse/repository.ts'
import { clearRefusal } from '../../store/connection-watch.ts'
import type { RunRow } from '../../store/runs.ts'
import { openRuns } from '../../store/waiting-runs.ts'
import { prefixText } from '../../temporal/names.ts'
import { signalRuns } from '../../temporal/signal-runs.ts'
import { CHECKS, noteUsage, openHost, usageEntry } from '../../transfer/connections.ts'
import { keepConsent } from '../../transfer/credentials/connect.ts'
import type { LegHost } from '../../transfer/host/host.ts'
import { type Command, EXIT, type Invocation, UsageError } from '../command.ts'
import { askConsent } from '../connect/consent.ts'
import { CONNECTORS } from '../connectors.ts'
import type { Session } from '../session.ts'
import { withSession } from '../with-session.ts'

/** Registered at the vendor exactly so. */
const REDIRECT = 'http://127.0.0.1:8723/callback'

export const connect: Command = {
  positionals: 'CONNECTION',
  options: {
    redirect: {
      type: 'string',
      value: 'URL',
      help: `where the browser comes back to, as registered at the vendor (default: ${REDIRECT})`,
    },
    timeout: { type: 'string', value: 'TIME', help: 'how long to wait for the browser (default: 5m)' },
    'no-browser': { type: 'boolean', help: 'only print the address to open' },
  },
  examples: [
    ['tidelock connect books', 'opens the browser, where you agree; runs that waited go on by themselves'],
    ['tidelock connect odoo', 'a key comes from its secret: says where from, and whether it is taken now'],
  ],
  run: (invocation) => {
    const [name, more] = invocation.positionals
    if (name === undefined || more !== undefined)
      throw new UsageError('connect needs the name of one connection')
    return withSession(
      invocation,
      async ({ session, workspace }) => {
        const { definition, limits } = endOf(workspace.repository!, session.prefix.environment, name)
        const connector = CONNECTORS[definition.connector]
        const spec = connector?.auth?.(definition) ?? null
        if (connector === undefined || spec === null)
          throw new SyncError('invalid-plan', `"${name}" needs no credentials.`)
        const dependencies = session.workerDependencies()
        const project = prefixText(session.prefix)
        const end = { connection: definition, limits }
        const host = openHost(dependencies, project, end, { mapping: CHECKS, priority: 'high' })
        try {
          if (spec.kind === 'authorization-code') await consent(invocation, session, name, spec, host)
          const connection = await connector.open(definition, host)
          const identity = (await connection.identify?.(invocation.signal)) ?? null
          await connection.close()
          const resumed = await goOn(session, name)
          return show(invocation, { definition, spec, identity, resumed })
        } finally {
          await noteUsage(session.store, [usageEntry(dependencies, project, end, CHECKS, host.usage)])
          await host.close()
        }
      },
      { filesMustBeSound: false },
    )
  },
}

function endOf(
  repository: Repository,
  environment: string,
  name: string,
): { readonly definition: ConnectionDefinition; readonly limits: JsonObject | null } {
  const connections = applyEnvironment(repository, environment)?.connections ?? {}
  const found = Object.hasOwn(connections, name) ? connections[name] : undefined
  if (found === undefined)
    throw new UsageError(
      `there is no connection "${name}"; there are ${Object.keys(connections).join(', ') || 'none'}`,
    )
  const { connector, settings, auth } = found as unknown as ConnectionDefinition
  const limits = (found['limits'] ?? null) as JsonObject | null
  return { definition: { name, connector, settings: settings ?? {}, auth: auth ?? {} }, limits }
}

async function consent(
  { options, output, signal }: Invocation,
  session: Session,
  connection: string,
  spec: Extract<AuthSpec, { kind: 'authorization-code' }>,
  host: LegHost,
): Promise<void> {
  const timeout = String(options['timeout'] ?? '5m')
  if (!/^\d{1,6}(s|m|h)$/.test(timeout)) throw new UsageError('--timeout is a time such as 5m')
  const { client } = spec
  const code = await askConsent({
    connection,
    spec,
    clientId: await session.secrets.value(client.id),
    clientSecret: client.secret === null ? '' : await session.secrets.value(client.secret),
    redirectUri: String(options['redirect'] ?? REDIRECT),
    timeoutMs: parseDuration(timeout),
    signal,
    show(address) {
      output.note(`Open this address and agree:\n${address}`)
      if (options['no-browser'] !== true) openBrowser(address)
    },
  })
  const keeper = { store: session.store, project: prefixText(session.prefix), connection }
  await keepConsent(keeper, spec, code, host, signal)
}

/** Best effort: the address was printed. */
function openBrowser(address: string): void {
  const [file, ...args] =
    platform() === 'darwin'
      ? ['open', address]
      : platform() === 'win32'
        ? ['rundll32', 'url.dll,FileProtocolHandler', address]
        : ['xdg-open', address]
  const child = spawn(file, args, { detached: true, stdio: 'ignore' })
  child.on('error', () => {})
  child.unref()
}

/** The credentials are taken: what waited for them goes on. Gives the runs that were told. */
async function goOn(session: Session, connection: string): Promise<readonly RunRow[]> {
  const project = prefixText(session.prefix)
  await session.store.transaction((trx) => clearRefusal(trx, project, connection))
  const waiting = await openRuns(session.store, project, { connection, state: 'awaiting-credentials' })
  if (waiting.length > 0) await signalRuns(await session.temporal(), waiting, 'credentialsRenewed')
  return waiting
}

function show(
  { output }: Invocation,
  found: {
    readonly definition: ConnectionDefinition
    readonly spec: AuthSpec
    readonly identity: Identity | null
    readonly resumed: readonly RunRow[]
  },
): number {
  const { definition, spec, identity, resumed } = found
  output.data({
    connection: definition.name,
    kind: spec.kind,
    account: identity?.account ?? null,
    endsAt: identity?.ends?.at ?? null,
    resumed: resumed.map(({ id, mapping }) => ({ run: id, mapping })),
  })
  const whom = identity === null ? '' : ` (${identity.account})`
  output.line(output.style('green', `${definition.name} is connected${whom}.`))
  if (spec.kind !== 'authorization-code')
    output.line(
      `It proves itself with ${secretsOf(spec)
        .map((name) => `"${name}"`)
        .join(
          ' and ',
        )}: temporal.yaml says where that comes from. A worker that took it from its environment reads it when it starts.`,
    )
  for (const { mapping } of resumed) output.line(`${mapping} goes on.`)
  return EXIT.ok
}
