import type { Connection } from '../core/model/connector.ts'
import { SyncError } from '../core/model/failure.ts'
import type { Plan } from '../core/model/plan.ts'
import { addUsage } from '../store/usage.ts'
import type { LegContext } from './context.ts'
import { createHost, type HostUsage, type LegHost } from './host/host.ts'
import type { LegDependencies } from './leg.ts'

/** What the connections of a leg used. */
export interface Meters {
  /** Calls since it was read last, for the run's counters; noted as usage of the day too. */
  read(context: LegContext): Promise<{ readonly calls: number; readonly writeCalls: number }>
}

/** Opens both sides of a plan, each behind a host of its own. */
export async function openConnections(
  dependencies: LegDependencies,
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
  const seen: HostUsage[] = hosts.map(() => ({ calls: 0, writeCalls: 0, bytesIn: 0, bytesOut: 0 }))
  return {
    source,
    target,
    targetHost: hosts[1]!.host,
    meters: {
      async read(context) {
        let calls = 0
        let writeCalls = 0
        for (const [index, { name, host }] of hosts.entries()) {
          const last = seen[index]!
          const now = { ...host.usage }
          seen[index] = now
          calls += now.calls - last.calls
          writeCalls += now.writeCalls - last.writeCalls
          await addUsage(context.store, {
            project: context.scope,
            connection: name,
            mapping: plan.mapping,
            calls: now.calls - last.calls,
            writeCalls: now.writeCalls - last.writeCalls,
            bytesIn: now.bytesIn - last.bytesIn,
            bytesOut: now.bytesOut - last.bytesOut,
            refusals: 0,
          })
        }
        return { calls, writeCalls }
      },
    },
    async close() {
      await Promise.allSettled([source.close(), target.close()])
      await Promise.allSettled(hosts.map(({ host }) => host.close()))
    },
  }
}
