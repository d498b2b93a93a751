import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { odoo } from '../../../engine/connectors/odoo/index.ts'
import type { Connection } from '../../../engine/core/model/connector.ts'
import { createTestHost, type TestHost } from './host.ts'

/** A request as it reached the server. */
export interface Received {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

export interface Answer {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  /** Text as it is; anything else as JSON. */
  readonly body: unknown
}

/** An address that gives recorded answers, and a connection to it. `cut`: the socket is closed without an answer. */
export interface Scripted {
  readonly url: string
  readonly connection: Connection
  readonly host: TestHost
  readonly received: readonly Received[]
  close(): Promise<void>
}

export async function startScripted(
  answer: (request: Received) => Answer | 'cut',
  settings: Readonly<Record<string, string | number>> = {},
): Promise<Scripted> {
  const received: Received[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8')
    request.on('data', (chunk: string) => {
      body += chunk
    })
    request.on('end', () => {
      const got = { method: request.method ?? '', path: request.url ?? '', headers: request.headers, body }
      received.push(got)
      const given = answer(got)
      if (given === 'cut') {
        request.socket.destroy()
        return
      }
      const text = typeof given.body === 'string' ? given.body : JSON.stringify(given.body)
      const type = typeof given.body === 'string' ? 'text/html' : 'application/json'
      response.writeHead(given.status ?? 200, { 'content-type': type, connection: 'close', ...given.headers })
      response.end(text)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const host = createTestHost({ 'odoo-key': 'k-123' })
  const connection = await odoo.open(
    {
      name: 'erp',
      connector: 'odoo',
      settings: { url, database: 'acme', version: '19.0', ...settings },
      auth: { apiKey: { secret: 'odoo-key' }, login: 'sync' },
    },
    host,
  )
  return {
    url,
    connection,
    host,
    received,
    async close() {
      await host.close()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** The same, until the test that asks for it is over. */
export async function scriptedForTest(...args: Parameters<typeof startScripted>): Promise<Scripted> {
  const scripted = await startScripted(...args)
  onTestFinished(scripted.close)
  return scripted
}

/** What Odoo 19 answers to anybody. */
export const VERSION_19: Answer = { body: { version_info: [19, 0, 0, 'final', 0, ''], version: '19.0' } }
/** What Odoo 18 answers to the same question. */
export const NOT_FOUND_18: Answer = { status: 404, body: '<!DOCTYPE html>\n<title>404 Not Found</title>' }

export function fault19(status: number, name: string, message: string): Answer {
  return {
    status,
    body: {
      name,
      message,
      arguments: [message],
      context: {},
      debug: 'Traceback (most recent call last): /opt/odoo',
    },
  }
}

export function fault18(name: string, message: string): Answer {
  const data = {
    name,
    debug: 'Traceback (most recent call last): /opt/odoo',
    message,
    arguments: [message],
    context: {},
  }
  return { body: { jsonrpc: '2.0', id: 1, error: { code: 200, message: 'Odoo Server Error', data } } }
}

/** An Odoo 19 whose version is known and whose calls are answered by `model/method`. */
export function answer19(calls: (path: string, body: Record<string, unknown>) => Answer | 'cut') {
  return (request: Received): Answer | 'cut' => {
    if (request.path === '/web/version') return VERSION_19
    return calls(request.path.replace('/json/2/', ''), JSON.parse(request.body) as Record<string, unknown>)
  }
}

/** An Odoo 18 with user 6 whose `execute_kw` is answered by method. */
export function answer18(
  calls: (method: string, args: unknown[], kwargs: Record<string, unknown>) => Answer | 'cut',
) {
  return (request: Received): Answer | 'cut' => {
    if (request.path !== '/jsonrpc') return NOT_FOUND_18
    const { params } = JSON.parse(request.body) as { params: { method: string; args: unknown[] } }
    if (params.method === 'version')
      return { body: { jsonrpc: '2.0', id: 1, result: { server_serie: '18.0' } } }
    if (params.method === 'authenticate') return { body: { jsonrpc: '2.0', id: 1, result: 6 } }
    return calls(
      `${params.args[3]}/${params.args[4]}`,
      params.args[5] as unknown[],
      params.args[6] as Record<string, unknown>,
    )
  }
}
