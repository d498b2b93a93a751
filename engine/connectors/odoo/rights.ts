import type { Needs } from '../../core/model/connector.ts'
import type { JsonValue } from '../../core/model/json.ts'
import { isJsonObject } from '../../core/model/json.ts'
import type { Client } from './client.ts'
import { failureOfRead } from './fault.ts'

export const OPERATIONS = ['read', 'create', 'write', 'unlink'] as const
export type Operation = (typeof OPERATIONS)[number]

/** Whether the user may do this to records of the model at all; null when there is no such model. */
export async function isAllowed(
  client: Client,
  model: string,
  operation: Operation,
  signal: AbortSignal,
): Promise<boolean | null> {
  const { protocol } = await client.server(signal)
  const reply = await client.call({
    model,
    ...(protocol === 'json-2'
      ? { method: 'has_access', args: { operation } }
      : { method: 'check_access_rights', args: { operation, raise_exception: false } }),
    purpose: 'read',
    signal,
  })
  if (reply.ok) return reply.value === true
  if (reply.fault.kind === 'access') return false
  // An unknown model: 19 says NotFound, 18 a UserError.
  if (reply.fault.kind === 'absent' || reply.fault.kind === 'refused') return null
  throw failureOfRead(reply.fault, `say what may be done to ${model}`)
}

/** The models that a mapping needs, each with its operations. */
export function neededOperations(needs: Needs): ReadonlyMap<string, readonly Operation[]> {
  const needed = new Map<string, readonly Operation[]>()
  if (!isJsonObject(needs.scopes)) return needed
  for (const [model, operations] of Object.entries(needs.scopes)) {
    const named = Array.isArray(operations) ? operations : []
    needed.set(
      model,
      OPERATIONS.filter((operation) => named.includes(operation)),
    )
  }
  return needed
}

/** What the user may do to each model the mapping names, in the form of `scopes:`. */
export async function grantedScopes(client: Client, needs: Needs, signal: AbortSignal): Promise<JsonValue> {
  const granted: Record<string, JsonValue> = {}
  for (const model of neededOperations(needs).keys()) {
    const operations: string[] = []
    for (const operation of OPERATIONS) {
      if ((await isAllowed(client, model, operation, signal)) === true) operations.push(operation)
    }
    granted[model] = operations
  }
  return granted
}
