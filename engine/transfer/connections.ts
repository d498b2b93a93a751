import type { Connection } from '../core/model/connector.ts'
import { SyncError } from '../core/model/failure.ts'
import type { Plan } from '../core/model/plan.ts'
import type { UsageEntry } from '../store/usage.ts'
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
): Promise<{
  source: Connection
  target: Connection
  targetHost: LegHost
  meters: Meters
  close(): Promise<void>
}> {
  const hosts = [plan.source, plan.target].map((end) => ({
    name: end.connection.name,
    host: createHost({
      connection: end.connection.name,
      limits: end.limits,
      secrets: dependencies.secrets,
      keeper: { store: dependencies.store, project, connection: end.connection.name },
      now: dependencies.now,
      log: dependencies.log,
    }),
  }))
  const open = (index: 0 | 1): Promise<Connection> => {
    const definition = (index === 0 ? plan.source : plan.target).connection
    const connector = dependencies.connectors[definition.connector]
    if (connector === undefined)
      throw new SyncError('invalid-plan', `This worker has no connector "${definition.connector}".`)
    return connector.open(definition, hosts[index]!.host)
  }
  const source = await open(0)
  const target = await open(1)
  let noted: readonly HostUsage[] = hosts.map(() => ({ calls: 0, writeCalls: 0, bytesIn: 0, bytesOut: 0 }))
  return {
    source,
    target,
    targetHost: hosts[1]!.host,
    meters: {
      used: (project) => {
        const now = hosts.map(({ host }) => ({ ...host.usage }))
        const usage = hosts.map(({ name }, index) => ({
          project,
          connection: name,
          mapping: plan.mapping,
          ...difference(now[index]!, noted[index]!),
          refusals: 0,
        }))
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
    async close() {
      await Promise.allSettled([source.close(), target.close()])
      await Promise.allSettled(hosts.map(({ host }) => host.close()))
    },
  }
}

function difference(now: HostUsage, before: HostUsage): HostUsage {
  return {
    calls: now.calls - before.calls,
    writeCalls: now.writeCalls - before.writeCalls,
    bytesIn: now.bytesIn - before.bytesIn,
    bytesOut: now.bytesOut - before.bytesOut,
  }
}
