import { type ScheduleDescription, ScheduleNotFoundError, ScheduleOverlapPolicy } from '@temporalio/client'
import type { Plan, SchedulePlan } from '../core/model/plan.ts'
import type { TemporalClient } from './client.ts'
import { type Prefix, prefixText, scheduleId } from './names.ts'
import { searchAttributes, staticDetails, staticSummary, syncInput } from './start.ts'

/** A schedule as Temporal has it now. */
export interface LiveSchedule {
  readonly mapping: string
  readonly planHash: string | null
  readonly timing: string
  readonly overlap: string
  readonly paused: boolean
  readonly pauseNote: string | null
  readonly commit: string | null
  readonly author: string | null
  readonly nextAt: number | null
}

/** What `apply` says of itself in the schedule's memo. */
export interface ApplyStamp {
  readonly commit: string | null
  readonly author: string | null
}

/** How the timing of a plan reads: the same text for the same timing, files and Temporal alike. */
export function timingText(schedule: SchedulePlan | null): string {
  if (schedule === null) return 'by hand'
  const jitter = schedule.jitter > 0 ? `, jitter ${schedule.jitter / 1000} s` : ''
  return 'every' in schedule
    ? `every ${schedule.every / 1000} s${jitter}`
    : `cron ${schedule.cron} (${schedule.timezone})${jitter}`
}

function optionsOf(
  temporal: TemporalClient,
  prefix: Prefix,
  plan: Plan,
  planHash: string,
  stamp: ApplyStamp,
  attributes: boolean,
) {
  const schedule = plan.schedule!
  return {
    spec: {
      ...('every' in schedule
        ? { intervals: [{ every: schedule.every }] }
        : { cronExpressions: [schedule.cron], timezone: schedule.timezone }),
      ...(schedule.jitter > 0 ? { jitter: schedule.jitter } : {}),
    },
    action: {
      type: 'startWorkflow' as const,
      workflowType: 'sync',
      workflowId: scheduleId(prefix, plan.mapping),
      taskQueue: temporal.settings.taskQueue,
      args: [syncInput(prefixText(prefix), plan, planHash, 'live', temporal.settings.heartbeatMs)],
      staticSummary: staticSummary(plan),
      staticDetails: staticDetails(plan, planHash),
      memo: { plan: planHash, timing: timingText(schedule), ...stamp },
      ...(attributes ? { typedSearchAttributes: searchAttributes(plan, planHash, 0) } : {}),
    },
    policies: {
      overlap: ScheduleOverlapPolicy.SKIP,
      // One interval: what was missed longer ago is covered by the next run anyway, since it reads from its cursor.
      catchupWindow: 'every' in schedule ? Math.max(schedule.every, 60_000) : 3_600_000,
    },
  }
}

/** Creates the schedule of a plan, or brings it to the plan. A pause that a person made stays. */
export async function putSchedule(
  temporal: TemporalClient,
  prefix: Prefix,
  plan: Plan,
  planHash: string,
  stamp: ApplyStamp,
  attributes: boolean,
): Promise<void> {
  const id = scheduleId(prefix, plan.mapping)
  const options = optionsOf(temporal, prefix, plan, planHash, stamp, attributes)
  const handle = temporal.client.schedule.getHandle(id)
  try {
    await handle.update((previous) => ({ ...options, state: previous.state }))
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error
    await temporal.client.schedule.create({ ...options, scheduleId: id })
  }
}

export async function deleteSchedule(
  temporal: TemporalClient,
  prefix: Prefix,
  mapping: string,
): Promise<void> {
  await temporal.client.schedule.getHandle(scheduleId(prefix, mapping)).delete()
}

/** All schedules of this project and environment, by mapping, read back from Temporal. */
export async function liveSchedules(
  temporal: TemporalClient,
  prefix: Prefix,
): Promise<ReadonlyMap<string, LiveSchedule>> {
  const start = `${prefixText(prefix)}/sync/`
  const live = new Map<string, LiveSchedule>()
  for await (const summary of temporal.client.schedule.list()) {
    if (!summary.scheduleId.startsWith(start)) continue
    const mapping = summary.scheduleId.slice(start.length)
    const described = await temporal.client.schedule.getHandle(summary.scheduleId).describe()
    live.set(mapping, liveOf(mapping, described))
  }
  return live
}

function liveOf(mapping: string, described: ScheduleDescription): LiveSchedule {
  const { action, state, spec, policies } = described
  const [input] = (action.args ?? []) as [{ planHash?: string }?]
  const memo = (action.memo ?? {}) as { commit?: string | null; author?: string | null }
  return {
    mapping,
    planHash: input?.planHash ?? null,
    timing: liveTiming(spec),
    overlap: policies.overlap ?? 'SKIP',
    paused: state.paused,
    pauseNote: state.note ?? null,
    commit: memo.commit ?? null,
    author: memo.author ?? null,
    nextAt: described.info.nextActionTimes[0]?.getTime() ?? null,
  }
}

/** Temporal gives a cron back as a calendar; it is told apart by the comment it keeps of the original. */
function liveTiming(spec: ScheduleDescription['spec']): string {
  const jitter = spec.jitter === undefined || spec.jitter === 0 ? 0 : Number(spec.jitter)
  const [interval] = spec.intervals ?? []
  if (interval !== undefined && (spec.calendars ?? []).length === 0)
    return timingText({ every: Number(interval.every), jitter })
  const comments = (spec.calendars ?? [])
    .map((calendar) => calendar.comment ?? '')
    .filter((comment) => comment !== '')
  return timingText({ cron: comments[0] ?? 'changed by hand', timezone: spec.timezone ?? 'UTC', jitter })
}
