import { setFlagsFromString } from 'node:v8'
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker'
import { type ActivityDependencies, createActivities } from './activities.ts'
import type { TemporalSettings } from './client.ts'
import { workflowCode } from './workflow-code.ts'

export interface WorkerOptions {
  readonly temporal: TemporalSettings
  readonly dependencies: ActivityDependencies
  /** Legs at the same time. */
  readonly concurrency: number
}

/** A worker that runs until it is shut down. */
export interface RunningWorker {
  /** Resolves when the worker has ended, rejects when it broke. */
  readonly ended: Promise<void>
  stop(): Promise<void>
}

/**
 * How much garbage V8 lets old space gather before it looks for it, in percent of what lives. By itself it takes up to 300 where a
 * machine has memory, so that a long run grew for a minute without keeping anything; a page's records are garbage after its commit.
 */
const GARBAGE_PERCENT = 50

let runtimeInstalled = false

/** Temporal's own log goes to stderr, errors only: a failed activity is a step of ours, and stands in our own log. */
function installRuntime(): void {
  if (runtimeInstalled) return
  runtimeInstalled = true
  setFlagsFromString(`--heap-growing-percent=${GARBAGE_PERCENT}`)
  Runtime.install({
    logger: new DefaultLogger('ERROR', ({ level, message }) =>
      process.stderr.write(`temporal ${level.toLowerCase()}: ${message}\n`),
    ),
    shutdownSignals: [],
  })
}

export async function startWorker({
  temporal,
  dependencies,
  concurrency,
}: WorkerOptions): Promise<RunningWorker> {
  installRuntime()
  const connection = await NativeConnection.connect({
    address: temporal.address,
    ...(temporal.tls === null
      ? {}
      : {
          tls: {
            clientCertPair: { crt: Buffer.from(temporal.tls.cert), key: Buffer.from(temporal.tls.key) },
          },
        }),
  })
  const worker = await Worker.create({
    connection,
    namespace: temporal.namespace,
    taskQueue: temporal.taskQueue,
    workflowBundle: await workflowCode(),
    activities: createActivities(dependencies),
    maxConcurrentActivityTaskExecutions: concurrency,
    shutdownGraceTime: '10 seconds',
  })
  const ended = worker.run().finally(() => connection.close())
  ended.catch(() => {})
  return {
    ended,
    async stop() {
      if (worker.getState() === 'RUNNING') worker.shutdown()
      await ended.catch(() => {})
    },
  }
}
