import { createServer as createPlain, type IncomingMessage, type RequestListener } from 'node:http'
import { createServer as createTls } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Armed, Faults } from './faults.ts'
import { admitted, deliver, type HttpReply } from './transport.ts'

export interface ReceiverOptions {
  /** (Default: any free one) */
  readonly port?: number
  /** Given: https under the name `localhost`. */
  readonly tls?: { readonly key: string | Buffer; readonly cert: string }
}

export interface Post {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** A server that takes posts: the part that is the same whoever receives them. Transport faults happen as they are armed. */
export async function startReceiver<F extends Armed>(
  options: ReceiverOptions,
  faults: Faults<F>,
  answer: (post: Post, hits: readonly F[]) => HttpReply,
): Promise<{ readonly origin: string; close(): Promise<void> }> {
  const listener: RequestListener = (request, response) => {
    void (async () => {
      const parts: Buffer[] = []
      for await (const part of request) parts.push(part as Buffer)
      const hits = faults.hitting(() => true)
      if (!(await admitted(hits, response))) return
      const post = {
        method: request.method ?? '',
        path: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(parts).toString('utf8'),
      }
      deliver(response, answer(post, hits), hits, Date.now())
    })().catch(() => response.destroy())
  }
  const server = options.tls === undefined ? createPlain(listener) : createTls(options.tls, listener)
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    origin: options.tls === undefined ? `http://127.0.0.1:${port}` : `https://localhost:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}
