import type { ActOutcome, ActRequest } from '../../core/model/connector.ts'
import { SyncError } from '../../core/model/failure.ts'
import { isJsonObject, type JsonObject } from '../../core/model/json.ts'
import type { Call, Reply } from './call.ts'
import type { Client } from './client.ts'
import { exchangeOf } from './exchange.ts'
import { idOf } from './values.ts'

/** Without it, 18.0 answers with a wizard and cancels nothing. 19.0 cancels at once. */
const CONTEXTS: Readonly<Record<string, JsonObject>> = { action_cancel: { disable_cancel_warning: true } }

/**
 * Calls a method on all records at once; where that is refused, on each alone. Throws when nothing was done and trying
 * again may help.
 */
export async function act(client: Client, request: ActRequest): Promise<readonly ActOutcome[]> {
  const ids = request.ids.map(idOf)
  const known = [...new Set(ids.filter((id) => id !== null))]
  if (known.length === 0) return ids.map(() => NO_RECORD)
  const together = await actOn(client, request, known)
  if (together === 'busy') {
    throw new SyncError('unavailable', `Odoo was busy and rolled ${request.action} back.`, {
      maybeSent: false,
    })
  }
  const outcomes = new Map<number, ActOutcome>()
  if (together.status !== 'rejected' || known.length === 1) {
    for (const id of known) outcomes.set(id, together)
  } else {
    for (const id of known) outcomes.set(id, await actAlone(client, request, id, outcomes))
  }
  return ids.map((id) => (id === null ? NO_RECORD : outcomes.get(id)!))
}

const NO_RECORD: ActOutcome = { status: 'rejected', message: 'There is no record with such an id in Odoo.' }

async function actAlone(
  client: Client,
  request: ActRequest,
  id: number,
  sofar: ReadonlyMap<number, ActOutcome>,
): Promise<ActOutcome> {
  for (const outcome of sofar.values()) {
    if (outcome.status === 'unknown')
      return { status: 'unknown', message: 'Not tried: the one before was interrupted.' }
  }
  try {
    const outcome = await actOn(client, request, [id])
    return outcome === 'busy' ? { status: 'unknown', message: 'Odoo was busy and rolled it back.' } : outcome
  } catch (error) {
    if (!(error instanceof SyncError)) throw error
    return { status: 'unknown', message: error.message }
  }
}

async function actOn(
  client: Client,
  request: ActRequest,
  ids: readonly number[],
): Promise<ActOutcome | 'busy'> {
  try {
    const call: Call = {
      model: request.resource,
      method: request.action,
      ids,
      context: CONTEXTS[request.action] ?? {},
      purpose: 'write',
      signal: request.signal,
    }
    const reply = await client.call(call)
    const outcome = outcomeOf(reply)
    if (outcome === 'busy' || outcome.status !== 'rejected' || ids.length > 1) return outcome
    return { ...outcome, exchange: await exchangeOf(client, call, reply) }
  } catch (error) {
    if (error instanceof SyncError && error.kind === 'unavailable' && error.maybeSent) {
      return { status: 'unknown', message: error.message }
    }
    throw error
  }
}

function outcomeOf(reply: Reply): ActOutcome | 'busy' {
  if (reply.ok) return isJsonObject(reply.value) ? outcomeOfWindow(reply.value) : { status: 'done' }
  return reply.fault.kind === 'busy' ? 'busy' : { status: 'rejected', message: reply.fault.message }
}

/** A window to open instead of a result: nothing was done, a person would now have to choose. No method gives other objects. */
function outcomeOfWindow(action: JsonObject): ActOutcome {
  if (!String(action.type).startsWith('ir.actions.'))
    return { status: 'unknown', message: 'Odoo did not say whether it was done.' }
  const title = typeof action.name === 'string' && action.name !== '' ? ` ("${action.name}")` : ''
  return {
    status: 'rejected',
    message: `Odoo asks for a decision${title} and has done nothing: do it there by hand.`,
  }
}
