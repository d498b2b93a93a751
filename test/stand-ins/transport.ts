import type { ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Armed } from './faults.ts'

/** What goes wrong between a server and its client, whatever the server is. */
export type TransportKind =
  /** Waits `ms` before the request is served. */
  | 'latency'
  /** Takes the request and never answers; nothing is done. The connection ends with the client, or after `ms`. */
  | 'stall'
  /** The connection is reset before the request is read; nothing is done. */
  | 'cut-before'
  /** Closes the connection when the request is read; nothing is done. */
  | 'cut-read'
  /** Serves the request, then closes the connection without an answer. */
  | 'cut-after'
  /** Serves the request, then breaks off in the middle of the answer. */
  | 'half'
  /** Serves the request; the answer has its full length and is not what it should be (`body`). */
  | 'garbled'
  /** The answer's Date header is off by `ms`. */
  | 'date'

export interface TransportFault extends Armed {
  readonly ms?: number
  /** `truncated`: text that ends too early. `other`: JSON of another shape. `type`: another content type. (Default: truncated) */
  readonly body?: 'truncated' | 'other' | 'type'
}

type Hits = readonly TransportFault[]

export interface HttpReply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** What comes before a request is served. False: it is not, and its connection has been seen to. */
export async function admitted(hits: Hits, response: ServerResponse): Promise<boolean> {
  const latency = hitOf(hits, 'latency')
  if (latency !== undefined) await sleep(latency.ms ?? 0)
  const { socket } = response
  const stall = hitOf(hits, 'stall')
  if (stall !== undefined) {
    if (stall.ms !== undefined) setTimeout(() => socket?.destroy(), stall.ms).unref()
    return false
  }
  // What a system does with a connection that is closed while data lies unread.
  if (hitOf(hits, 'cut-before') !== undefined) socket?.resetAndDestroy()
  else if (hitOf(hits, 'cut-read') !== undefined) socket?.destroy()
  else return true
  return false
}

/** Sends an answer, as far as the faults let it through. `now`: the server's clock. */
export function deliver(response: ServerResponse, reply: HttpReply, hits: Hits, now: number): void {
  if (hitOf(hits, 'cut-after') !== undefined) return void response.socket?.destroy()
  const garbled = hitOf(hits, 'garbled')
  const { status, headers, body } = garbled === undefined ? reply : garble(reply, garbled.body ?? 'truncated')
  const bytes = Buffer.from(body)
  response.writeHead(status, {
    ...headers,
    date: new Date(now + (hitOf(hits, 'date')?.ms ?? 0)).toUTCString(),
    'content-length': bytes.length,
  })
  if (hitOf(hits, 'half') === undefined) response.end(bytes)
  else response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => response.socket?.destroy())
}

function garble(reply: HttpReply, as: NonNullable<TransportFault['body']>): HttpReply {
  switch (as) {
    case 'truncated':
      return { ...reply, body: reply.body.slice(0, Math.floor(reply.body.length / 2)) }
    case 'other':
      return { ...reply, body: '{"status":"ok"}' }
    case 'type':
      return { ...reply, headers: { ...reply.headers, 'content-type': 'text/plain; charset=utf-8' } }
  }
}

function hitOf(hits: Hits, kind: TransportKind): TransportFault | undefined {
  return hits.find((fault) => fault.kind === kind)
}
