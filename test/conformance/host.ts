import type { Host, HttpRequest, Rate } from '../../engine/core/model/connector.ts'
import { SyncError } from '../../engine/core/model/failure.ts'
import type { CredentialKeeper } from '../../engine/transfer/credentials/source.ts'
import { createHost, type HostUsage, type LegHost } from '../../engine/transfer/host/host.ts'

/** The host of the product (paced, guarded, counted), which remembers what went out and what was told of the budget. */
export interface TestHost extends Host, Pick<LegHost, 'conceal'> {
  readonly sent: readonly HttpRequest[]
  readonly rates: readonly Rate[]
  readonly usage: HostUsage
  close(): Promise<void>
}

/** `secrets` by name; all of them may go to `url` and nowhere else. `keeper`: where tokens are kept. */
export function createTestHost(
  url: string,
  secrets: Readonly<Record<string, string>>,
  now: () => number = Date.now,
  keeper: CredentialKeeper | null = null,
): TestHost {
  const host = createHost({
    connection: 'test',
    limits: null,
    secrets: {
      async value(name) {
        const value = secrets[name]
        if (value === undefined) throw new SyncError('scope-violation', `There is no secret "${name}".`)
        return value
      },
      hosts: () => [new URL(url).host],
    },
    ...(keeper === null ? {} : { keeper }),
    now,
    log() {},
  })
  const sent: HttpRequest[] = []
  const rates: Rate[] = []
  return {
    ...host,
    sent,
    rates,
    request(request, signal) {
      sent.push(request)
      return host.request(request, signal)
    },
    reportRate(rate) {
      rates.push(rate)
      host.reportRate(rate)
    },
  }
}
