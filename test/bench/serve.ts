import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A server of the bench: a process of its own that says its address, answers until it is stopped, and counts what it is asked. */
export interface Served {
  /** Answers one call of the system that is measured. Gives what the call is counted as. */
  answer(path: string, body: string, response: ServerResponse): string
  /** What arrived so far, told beside the counts. */
  totals(): object
  reset(): void
}

/** Under this path the bench itself asks: not part of what is measured. */
const CONTROL = '/bench/'

export async function serve(served: Served): Promise<void> {
  let calls: Record<string, number> = {}
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const path = request.url ?? '/'
      if (path.startsWith(CONTROL)) {
        const told = { calls, ...served.totals() }
        if (path === `${CONTROL}reset`) {
          calls = {}
          served.reset()
        }
        sendJson(response, told)
        return
      }
      const name = served.answer(path, body, response)
      calls[name] = (calls[name] ?? 0) + 1
    })
  })
  server.keepAliveTimeout = 60_000
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  process.stdout.write(
    `${JSON.stringify({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })}\n`,
  )
  process.once('SIGTERM', () => process.exit(0))
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return Buffer.concat(parts).toString()
}

export function send(
  response: ServerResponse,
  headers: Readonly<Record<string, string>>,
  body: string | Buffer,
): void {
  response.writeHead(200, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    ...headers,
  })
  response.end(body)
}

export function sendJson(
  response: ServerResponse,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  send(response, headers, JSON.stringify(value))
}
