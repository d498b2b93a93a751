import type { Client } from '@temporalio/client'
import type { Text } from './search.ts'

/** All that Temporal kept of the executions of a namespace, with payloads opened. */
export async function* histories(client: Client): AsyncGenerator<Text> {
  for await (const { workflowId, runId, raw } of client.workflow.list()) {
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory()
    yield {
      where: `history of ${workflowId} (${runId})`,
      text: [workflowId, ...textsIn(raw), ...textsIn(history)].join('\n'),
    }
  }
}

/** Every text in a message of Temporal's, keys of maps included; bytes read as text. */
export function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  if (value instanceof Uint8Array) return [Buffer.from(value).toString('utf8')]
  if (Array.isArray(value)) return value.flatMap(textsIn)
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => [key, ...textsIn(inner)])
}
