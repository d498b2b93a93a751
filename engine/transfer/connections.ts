import type { Connection } from '../core/model/connector.ts'
import { SyncError } from '../core/model/failure.ts'
import type { JsonObject } from '../core/model/json.ts'
import type { Plan } from '../core/model/plan.ts'
import { readLimits } from '../core/pace/limits.ts'
import { periodAt } from '../core/pace/period.ts'
import type { Priority } from '../core/pace/queue.ts'
import type { Store } from '../store/open.ts'
import { addUsage, type UsageEntry } from '../store/usage.ts'
import { storeBook } from './host/book.ts'
import { guarded } from './host/guarded.ts'
import { createHost, type HostUsage, type LegHost } from './host/host.ts'
import type { LegDependencies } from './leg.ts'

/** What the connections of a leg used since it was noted last. */
export interface Used {
  readonly calls: number
  readonly writeCalls: number
  /** The same by connection, as usage of the day. */
  readonly usage: readonly UsageEntry[]
  /** It stands in the store now. */
  isNoted(): void
}

export interface Meters {
  used(project: string): Used
}

/** Opens both sides of a plan, each behind a host of its own. */
export async function openConnections(
  dependencies: LegDependencies,
  project: string,
  plan: Plan,
  priority?: Priority,
): Promise<{
  source: Connection
  target: Connection
  targetHost: LegHost
  meters: Meters
  /** Called when a request had to wait for its budget, before it is sent. */
  afterWaiting(renew: (writes: boolean) => Promise<void>): void
  close(): Promise<void>
}> {
  const hosts = [plan.source, plan.target].map((end) => ({
    end,
    host: openHost(dependencies, project, end, {
      mapping: plan.mapping,
      priority: priority ?? plan.priority,
    }),
  }))
  const open = async (index: 0 | 1): Promise<Connection> => {
    const definition = (index === 0 ? plan.source : plan.target).connection
    const connector = dependencies.connectors[definition.connector]
    if (connector === undefined)
      throw new SyncError('invalid-plan', `This worker has no connector "${definition.connector}".`)
    const { host } = hosts[index]!
    return guarded(await connector.open(definition, host), host)
  }
  const source = await open(0)
  const target = await open(1)
  let noted: readonly HostUsage[] = hosts.map(() => NOTHING_USED)
  return {
    source,
    target,
    targetHost: hosts[1]!.host,
    meters: {
      used: (project) => {
        const now = hosts.map(({ host }) => ({ ...host.usage }))
        const usage = hosts.map(({ end }, index) =>
          usageEntry(dependencies, project, end, plan.mapping, difference(now[index]!, noted[index]!)),
        )
        return {
          calls: usage.reduce((sum, { calls }) => sum + calls, 0),
          writeCalls: usage.reduce((sum, { writeCalls }) => sum + writeCalls, 0),
          usage,
          isNoted() {
            noted = now
          },
        }
      },
    },
    afterWaiting(renew) {
      for (const { host } of hosts) host.afterWaiting((purpose) => renew(purpose === 'write'))
    },
    async close() {
      await Promise.allSettled([source.close(), target.close()])
      await Promise.allSettled(hosts.map(({ host }) => host.close()))
    },
  }
}

/** A connection to be called, with its `limits:`. */
export interface End {
  readonly connection: { readonly name: string }
  readonly limits: JsonObject | null
}

/** Looks at connections that no mapping asked for, in place of its name. */
export const CHECKS = '(checks)'

/** A host that shares the connection's budget with all who call it. */
export function openHost(
  dependencies: LegDependencies,
  project: string,
  { connection: { name }, limits }: End,
  { mapping, priority }: { readonly mapping: string; readonly priority: Priority },
): LegHost {
  return createHost({
    connection: name,
    limits,
    secrets: dependencies.secrets,
    keeper: { store: dependencies.store, project, connection: name },
    now: dependencies.now,
    budget: { book: storeBook(dependencies.store, project, name), mapping, priority },
    ...(dependencies.pause === undefined ? {} : { pause: dependencies.pause }),
    log: dependencies.log,
  })
}

/** Asks one end of a plan something before its legs; what that used is noted. */
export async function withConnection<T>(
  dependencies: LegDependencies,
  project: string,
  plan: Pick<Plan, 'mapping' | 'priority'>,
  end: Plan['source'] | Plan['target'],
  ask: (connection: Connection) => Promise<T>,
): Promise<T> {
  const { connection: definition } = end
  const connector = dependencies.connectors[definition.connector]
  if (connector === undefined)
    throw new SyncError('invalid-plan', `This worker has no connector "${definition.connector}".`)
  const host = openHost(dependencies, project, end, plan)
  try {
    const connection = await connector.open(definition, host)
    const answer = await ask(connection)
    await connection.close()
    return answer
  } finally {
    await noteUsage(dependencies.store, [usageEntry(dependencies, project, end, plan.mapping, host.usage)])
    await host.close()
  }
}

/** What was used of a connection on behalf of a mapping, as usage of the day that its limits count. */
export function usageEntry(
  { store }: Pick<LegDependencies, 'store'>,
  project: string,
  { connection, limits }: End,
  mapping: string,
  usage: HostUsage,
): UsageEntry {
  const day = periodAt('day', store.now(), readLimits(limits).zone).name
  return { project, connection: connection.name, mapping, day, ...usage }
}

/** Calls were made whatever became of what they were made for. */
export async function noteUsage(store: Store, usage: readonly UsageEntry[]): Promise<void> {
  if (usage.every(({ calls }) => calls === 0)) return
  await store
    .transaction(async (trx) => {
      for (const entry of usage) await addUsage(trx, entry)
    })
    .catch(() => {})
}

const NOTHING_USED: HostUsage = { calls: 0, writeCalls: 0, bytesIn: 0, bytesOut: 0, refusals: 0 }

function difference(now: HostUsage, before: HostUsage): HostUsage {
  return {
    calls: now.calls - before.calls,
    writeCalls: now.writeCalls - before.writeCalls,
    bytesIn: now.bytesIn - before.bytesIn,
    bytesOut: now.bytesOut - before.bytesOut,
    refusals: now.refusals - before.refusals,
  }
}
