import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { resolve } from 'node:path'
import type { HashedPlan } from '../../core/compile/repository.ts'
import { SyncError } from '../../core/model/failure.ts'
import { clearCursor } from '../../store/cursor.ts'
import { claimTarget, connectionsInUse, removeApplied, savePlan, setAppliedPlan } from '../../store/plans.ts'
import { freeName, renameMapping } from '../../store/rename.ts'
import { putAlerts } from '../../temporal/alerts.ts'
import { ensureSearchAttributes } from '../../temporal/client.ts'
import { endDeadLetters, startDeadLetters } from '../../temporal/dead-letters.ts'
import { prefixText } from '../../temporal/names.ts'
import { type ApplyStamp, deleteSchedule, putSchedule } from '../../temporal/schedules.ts'
import { putWatches } from '../../temporal/watches.ts'
import { applyChannels, showChannelChanges } from '../channels.ts'
import { type Command, EXIT, type Invocation } from '../command.ts'
import { runMappings } from '../run-mappings.ts'
import type { Session } from '../session.ts'
import { type Situated, situateAll } from '../situation.ts'
import { wakeRuns } from '../wake-runs.ts'
import { withSession } from '../with-session.ts'
import { showChanges } from './plan.ts'

export const apply: Command = {
  positionals: '[FILE]',
  options: {
    prune: { type: 'boolean', help: 'remove schedules of mappings that are no longer in the files' },
    rewrite: { type: 'boolean', help: 'write records delivered before again, where the mapping changed' },
  },
  examples: [
    ['tidelock apply', 'brings Temporal and the store to the files'],
    ['tidelock apply change.plan', 'does that plan, and refuses when anything changed since'],
    ['tidelock apply --rewrite', 'lets a changed mapping reach the records it wrote before'],
  ],
  run: (invocation) =>
    withSession(invocation, async ({ session, workspace }) => {
      const { output, options, positionals, cwd } = invocation
      const situated = await situateAll(session, workspace)
      if (positionals[0] !== undefined) refuseStale(resolve(cwd, positionals[0]), session, situated)
      showChannelChanges(situated.channels, output)
      showChanges(situated.changes, output)
      if (situated.changes.some((change) => change.refusals.length > 0)) {
        output.error('Nothing was applied.')
        return EXIT.failed
      }
      await applyChannels(session, situated.wanted)
      await applyChanges(session, workspace.plans, situated, {
        prune: options['prune'] === true,
        stamp: stampOf(workspace.folder),
        output,
      })
      output.data({ applied: situated.changes, channels: situated.channels })
      output.line('Applied.')
      const rewritten = situated.changes
        .filter((change) => change.action === 'update')
        .map((change) => change.mapping)
      if (options['rewrite'] !== true || rewritten.length === 0) return EXIT.ok
      return (await runMappings(invocation, session, rewritten, { lane: 'backfill', only: null })).every(
        (run) => run.balanced,
      )
        ? EXIT.ok
        : EXIT.failed
    }),
}

/** A plan file is good for the state it was made of, and for no other. */
function refuseStale(path: string, session: Session, situated: Situated): void {
  const file = JSON.parse(readFileSync(path, 'utf8')) as { environment?: string; stateHash?: string }
  if (file.environment !== session.prefix.environment) {
    throw new SyncError(
      'invalid-plan',
      `${path} was made for the environment "${file.environment}", not "${session.prefix.environment}".`,
    )
  }
  if (file.stateHash !== situated.stateHash) {
    throw new SyncError(
      'invalid-plan',
      `${path} is stale: the files or what is live changed since it was made. Run tidelock plan again.`,
    )
  }
}

/** Plans into the store first, then schedules: a worker never meets a hash it cannot load. */
export async function applyChanges(
  session: Session,
  plans: readonly HashedPlan[],
  situated: Situated,
  options: { readonly prune: boolean; readonly stamp: ApplyStamp; readonly output: Invocation['output'] },
): Promise<void> {
  const { store, prefix } = session
  const project = prefixText(prefix)
  const temporal = await session.temporal()
  await store.transaction(async (trx) => {
    for (const { plan, hash, sourceMap } of plans) {
      await claimTarget(trx, plan.project, prefix.environment, targetName(plan.target.connection.settings))
      const movedFrom = situated.changes.find(({ mapping }) => mapping === plan.mapping)?.movedFrom ?? null
      if (movedFrom !== null) await renameMapping(trx, project, movedFrom, plan.mapping)
      await freeName(trx, project, plan.mapping)
      await savePlan(trx, { hash, plan, sourceMap, appliedAt: store.now(), ...options.stamp })
      await setAppliedPlan(trx, project, plan.mapping, hash, { appliedAt: store.now(), ...options.stamp })
    }
  })
  const { registered, commands } = await ensureSearchAttributes(temporal)
  if (!registered)
    options.output.note(
      `Search attributes could not be added; runs go on without them. Someone with the right can run:\n${commands.join('\n')}`,
    )
  for (const { plan, hash } of plans) {
    const change = situated.changes.find((candidate) => candidate.mapping === plan.mapping)
    if (change?.action === 'none') continue
    if (plan.schedule !== null) await putSchedule(temporal, prefix, plan, hash, options.stamp, registered)
    else if (change?.differences.includes('schedule: removed from the file') === true)
      await deleteSchedule(temporal, prefix, plan.mapping)
    if (change?.action === 'update')
      await store.transaction((trx) => clearCursor(trx, project, plan.mapping, 'backfill'))
  }
  await startDeadLetters(
    temporal,
    prefix,
    plans.map(({ plan }) => plan),
    registered,
  )
  const changed = situated.changes.filter((change) => change.hash !== change.appliedHash)
  await wakeRuns(
    session,
    changed.map(({ mapping }) => mapping),
    options.output,
  )
  for (const change of situated.changes) {
    if (change.movedFrom !== null) {
      await deleteSchedule(temporal, prefix, change.movedFrom).catch(() => {})
      await endDeadLetters(temporal, prefix, change.movedFrom)
    }
    if (change.action !== 'remove' || !options.prune) continue
    await deleteSchedule(temporal, prefix, change.mapping).catch(() => {})
    await endDeadLetters(temporal, prefix, change.mapping)
    await store.transaction((trx) => removeApplied(trx, project, change.mapping))
  }
  await putWatches(temporal, prefix, await connectionsInUse(store, project))
  await putAlerts(temporal, store, project)
}

function targetName(settings: Readonly<Record<string, unknown>>): string {
  return [settings['url'] ?? settings['shop'] ?? '', settings['database'] ?? ''].join('|')
}

/** Who applies, and the commit that the files stand at, where git knows. */
export function stampOf(folder: string): ApplyStamp {
  const git = (...args: string[]): string | null => {
    try {
      return (
        execFileSync('git', args, {
          cwd: folder,
          encoding: 'utf8',
          stdio: ['ignore', 'pipe', 'ignore'],
        }).trim() || null
      )
    } catch {
      return null
    }
  }
  return { commit: git('rev-parse', 'HEAD'), author: git('config', 'user.email') ?? userInfo().username }
}
