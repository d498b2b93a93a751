import type { ChannelDefinition } from '../core/alert/channel.ts'
import type { HashedPlan } from '../core/compile/repository.ts'
import type { ChannelChange } from '../core/diff/channel-diff.ts'
import {
  type AppliedMapping,
  diffMappings,
  type MappingChange,
  type ScheduledMapping,
} from '../core/diff/plan-diff.ts'
import type { JsonValue } from '../core/model/json.ts'
import { hashOf } from '../core/transform/fingerprint.ts'
import { ledgerCounts } from '../store/ledger.ts'
import { appliedPlans } from '../store/plans.ts'
import { prefixText } from '../temporal/names.ts'
import { liveSchedules, timingText } from '../temporal/schedules.ts'
import { channelChanges, channelsOf } from './channels.ts'
import type { Session } from './session.ts'
import type { Workspace } from './workspace.ts'

/** The difference between the files and what is live, and a hash of both sides by which a plan file is known to be stale. */
export interface Situated {
  readonly changes: readonly MappingChange[]
  readonly stateHash: string
}

/** The same with what is of the whole environment and no mapping: its channels. */
export async function situateAll(
  session: Session,
  { plans, repository }: Workspace,
): Promise<
  Situated & { readonly wanted: readonly ChannelDefinition[]; readonly channels: readonly ChannelChange[] }
> {
  const { changes, stateHash } = await situate(session, plans)
  const wanted = channelsOf(repository!)
  const channels = await channelChanges(session, wanted)
  return {
    changes,
    wanted,
    channels,
    stateHash: hashOf([stateHash, wanted, channels] as unknown as JsonValue),
  }
}

/** Reads store and Temporal and compares both with the files. */
export async function situate(session: Session, plans: readonly HashedPlan[]): Promise<Situated> {
  const { store, prefix } = session
  const applied: Record<string, AppliedMapping> = {}
  for (const row of await appliedPlans(store, prefixText(prefix))) {
    const delivered = await ledgerCounts(store, prefixText(prefix), row.plan.namespace)
    applied[row.plan.mapping] = { plan: row.plan, hash: row.hash, delivered: delivered.delivered }
  }
  const scheduled: Record<string, ScheduledMapping> = Object.fromEntries(
    await liveSchedules(await session.temporal(), prefix),
  )
  const desired = plans.map(({ plan, hash, movedFrom }) => ({
    plan,
    hash,
    movedFrom,
    timing: timingText(plan.schedule),
  }))
  const changes = diffMappings({ desired, applied, scheduled })
  const stateHash = hashOf({
    desired: desired.map(({ hash }) => hash),
    applied: Object.fromEntries(Object.entries(applied).map(([name, { hash }]) => [name, hash])),
    scheduled: Object.fromEntries(
      Object.entries(scheduled).map(([name, { planHash, timing }]) => [name, [planHash, timing]]),
    ),
  })
  return { changes, stateHash }
}
