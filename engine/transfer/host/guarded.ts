import type { Connection, Exchange } from '../../core/model/connector.ts'
import { excerptOf } from './excerpt.ts'
import type { LegHost } from './host.ts'

/** A connection of which refusals are told by an excerpt of what was sent and answered: cut, and without a secret. */
export function guarded(connection: Connection, { conceal }: Pick<LegHost, 'conceal'>): Connection {
  const excerpted = <Told extends { readonly exchange?: Exchange }>(outcome: Told): Told =>
    outcome.exchange === undefined ? outcome : { ...outcome, exchange: excerptOf(outcome.exchange, conceal) }
  return {
    ...connection,
    upsert: async (request) =>
      (await connection.upsert(request)).map((outcome) =>
        outcome.status === 'rejected' ? excerpted(outcome) : outcome,
      ),
    act: async (request) =>
      (await connection.act(request)).map((outcome) =>
        outcome.status === 'rejected' ? excerpted(outcome) : outcome,
      ),
  }
}
