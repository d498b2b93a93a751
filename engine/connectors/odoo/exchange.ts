import type { Exchange } from '../../core/model/connector.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/model/json.ts'
import type { Call, Reply } from './call.ts'
import { type Client, contextOf } from './client.ts'
import { readable } from './fault.ts'

/** A call that was about one record alone, and what Odoo answered, for people. The arguments go by their names, whatever the protocol. */
export async function exchangeOf(client: Client, call: Call, reply: Reply): Promise<Exchange> {
  const { protocol } = await client.server(call.signal)
  const where =
    protocol === 'json-2'
      ? `POST /json/2/${call.model}/${call.method}`
      : `POST /jsonrpc ${call.model} ${call.method}`
  const context = contextOf(client.config, call)
  const sent = { ...(call.ids === undefined ? {} : { ids: call.ids }), ...call.args, context }
  return { request: `${where}\n${JSON.stringify(sent)}`, response: responseOf(reply) }
}

function responseOf(reply: Reply): string {
  if (reply.ok) return `HTTP 200\n${JSON.stringify(said(reply.value))}`
  const { name, answer } = reply.fault
  return answer.text === ''
    ? `HTTP ${answer.status}`
    : `HTTP ${answer.status}\n${JSON.stringify({ name, message: answer.text })}`
}

/** What `load` says of rows and fields, and what a method gives; without lists of choices, windows to open, and rows of the database. */
function said(value: JsonValue): JsonValue {
  if (!isJsonObject(value)) return value
  const { messages } = value
  const told = Array.isArray(messages) ? { messages: messages.filter(isJsonObject).map(plain) } : {}
  return { ...plain(value), ...told }
}

function plain(value: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]) =>
      typeof member === 'object' ? [] : [[name, typeof member === 'string' ? readable(member) : member]],
    ),
  )
}
