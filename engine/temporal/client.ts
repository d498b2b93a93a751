import { hostname } from 'node:os'
import { Client, Connection } from '@temporalio/client'
import proto from '@temporalio/proto'
import { SEARCH_ATTRIBUTES } from '../../workflows/messages.ts'
import { SyncError } from '../core/model/failure.ts'

const { IndexedValueType, TaskQueueKind, TaskQueueType } = proto.temporal.api.enums.v1

/** Where Temporal is, and how it is spoken to. `tls` null: not encrypted (the local dev server). */
export interface TemporalSettings {
  readonly address: string
  readonly namespace: string
  readonly taskQueue: string
  readonly tls: { readonly cert: string; readonly key: string } | null
  /** How long a worker may be silent before its work is given to another one. */
  readonly heartbeatMs: number
}

export interface TemporalClient {
  readonly client: Client
  readonly settings: TemporalSettings
  close(): Promise<void>
}

/** Throws `unavailable` when nothing answers at the address. */
export async function connectTemporal(settings: TemporalSettings): Promise<TemporalClient> {
  const connection = await Connection.connect({
    address: settings.address,
    connectTimeout: '10 seconds',
    ...(settings.tls === null
      ? {}
      : {
          tls: {
            clientCertPair: { crt: Buffer.from(settings.tls.cert), key: Buffer.from(settings.tls.key) },
          },
        }),
  }).catch((cause: unknown) => {
    throw new SyncError('unavailable', `Temporal does not answer at ${settings.address}.`, { cause })
  })
  return {
    client: new Client({ connection, namespace: settings.namespace }),
    settings,
    close: () => connection.close(),
  }
}

/** Whether a worker seems to ask for work. Temporal remembers one for some minutes after it ended; of this machine's own it is known. */
export async function workerIsUp({ client, settings }: TemporalClient): Promise<boolean> {
  const answer = await client.workflowService.describeTaskQueue({
    namespace: settings.namespace,
    taskQueue: { name: settings.taskQueue, kind: TaskQueueKind.TASK_QUEUE_KIND_NORMAL },
    taskQueueType: TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
  })
  const now = Date.now()
  return (answer.pollers ?? []).some(
    (poller) =>
      now - Number(poller.lastAccessTime?.seconds ?? 0) * 1000 < 75_000 && !endedHere(poller.identity ?? ''),
  )
}

/** Workers call themselves `<pid>@<host>`. */
function endedHere(identity: string): boolean {
  const [pid, host] = identity.split('@')
  if (host !== hostname() || !/^\d+$/.test(pid ?? '')) return false
  try {
    process.kill(Number(pid), 0)
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH'
  }
}

/** Adds the search attributes that are missing. Where that is not allowed, gives the commands a person can run instead. */
export async function ensureSearchAttributes({
  client,
  settings,
}: TemporalClient): Promise<{ readonly registered: boolean; readonly commands: readonly string[] }> {
  const known = await client.connection.operatorService.listSearchAttributes({
    namespace: settings.namespace,
  })
  const missing = Object.entries(SEARCH_ATTRIBUTES).filter(
    ([name]) => known.customAttributes?.[name] === undefined,
  )
  if (missing.length === 0) return { registered: true, commands: [] }
  const wanted = {
    KEYWORD: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
    INT: IndexedValueType.INDEXED_VALUE_TYPE_INT,
    KEYWORD_LIST: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD_LIST,
  }
  try {
    await client.connection.operatorService.addSearchAttributes({
      namespace: settings.namespace,
      searchAttributes: Object.fromEntries(missing.map(([name, type]) => [name, wanted[type]])),
    })
    return { registered: true, commands: [] }
  } catch {
    const names = { KEYWORD: 'Keyword', INT: 'Int', KEYWORD_LIST: 'KeywordList' } as const
    return {
      registered: false,
      commands: missing.map(
        ([name, type]) =>
          `temporal operator search-attribute create --namespace ${settings.namespace} --name ${name} --type ${names[type]}`,
      ),
    }
  }
}
