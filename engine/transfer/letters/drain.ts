import { randomUUID } from 'node:crypto'
import { type Drain, type DrainedCluster, latestDrain, saveDrain } from '../../store/drains.ts'
import {
  clusterDueNow,
  judgedByOtherPlans,
  lettersDueNow,
  probeStates,
  settledSince,
} from '../../store/due-now.ts'
import { holdLock } from '../../store/locks.ts'
import type { Transaction } from '../../store/open.ts'

/** So many of a cause are tried before the rest: where all of them fail again as before, another plan did not help it. */
const PROBES = 3

/**
 * Tries again what was parked under another plan, cause by cause: begins when another plan is found to be applied, and is called after
 * every run that tried some. Gives how it stands.
 */
export async function advanceDrain(
  trx: Transaction,
  project: string,
  mapping: string,
  planHash: string,
): Promise<Drain> {
  await holdLock(trx, ['dead letters', project, mapping], 'alone')
  const latest = await latestDrain(trx, project, mapping)
  const drain =
    latest?.planHash === planHash
      ? latest
      : // Later than the one before, also within a millisecond.
        await begin(trx, project, mapping, planHash, Math.max(trx.now(), (latest?.beganAt ?? 0) + 1))
  if (drain.finishedAt !== null) return drain
  const clusters: DrainedCluster[] = []
  for (const cluster of drain.clusters) clusters.push(await advance(trx, project, drain, cluster))
  const over = clusters.every(({ state }) => state === 'drained' || state === 'stays')
  const advanced: Drain = { ...drain, clusters, finishedAt: over ? trx.now() : null }
  await saveDrain(trx, project, advanced)
  return advanced
}

async function begin(
  trx: Transaction,
  project: string,
  mapping: string,
  planHash: string,
  beganAt: number,
): Promise<Drain> {
  const found = await judgedByOtherPlans(trx, project, mapping, planHash, PROBES)
  return {
    id: randomUUID(),
    mapping,
    planHash,
    beganAt,
    finishedAt: null,
    clusters: found.map((cluster) => ({ ...cluster, state: 'probing', settled: 0, open: cluster.count })),
  }
}

async function advance(
  trx: Transaction,
  project: string,
  { mapping, planHash, beganAt }: Drain,
  cluster: DrainedCluster,
): Promise<DrainedCluster> {
  const { cluster: id } = cluster
  const settled = await settledSince(trx, project, mapping, id, beganAt)
  const counted = { ...cluster, settled, open: Math.max(0, cluster.count - settled) }
  if (cluster.state === 'probing') {
    const { untried, other } = await probeStates(trx, cluster.probes, planHash, id)
    if (untried.length > 0) {
      await lettersDueNow(trx, untried)
      return counted
    }
    if (other === 0) return { ...counted, state: 'stays' }
  }
  if (cluster.state === 'probing' || cluster.state === 'draining') {
    const left = await clusterDueNow(trx, project, mapping, planHash, id)
    return { ...counted, state: left === 0 ? 'drained' : 'draining' }
  }
  return counted
}
