import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { request } from 'undici'

/** When the connection is lost: before the request reached Odoo, or after Odoo had answered (and committed). */
export type Cut = 'before' | 'after'

/** A way to Odoo that loses the connection when told to, once a time, on requests whose address or body holds a text. */
export interface CuttingProxy {
  readonly url: string
  cutNext(cut: Cut, holding: string): void
  close(): Promise<void>
}

export async function startCuttingProxy(target: string): Promise<CuttingProxy> {
  let armed: { readonly cut: Cut; readonly holding: string } | null = null
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = []
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
    incoming.on('end', async () => {
      const body = Buffer.concat(chunks)
      const hit =
        armed !== null && `${incoming.url} ${body.toString('utf8')}`.includes(armed.holding)
          ? armed.cut
          : null
      if (hit !== null) armed = null
      if (hit === 'before') {
        incoming.socket.destroy()
        return
      }
      const { connection: _, host: __, ...headers } = incoming.headers
      const answer = await request(`${target}${incoming.url}`, {
        method: incoming.method === 'GET' ? 'GET' : 'POST',
        headers,
        body: body.length === 0 ? null : body,
      })
      const text = await answer.body.text()
      if (hit === 'after') {
        incoming.socket.destroy()
        return
      }
      response.writeHead(answer.statusCode, {
        'content-type': String(answer.headers['content-type']),
        connection: 'close',
      })
      response.end(text)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cutNext(cut, holding) {
      armed = { cut, holding }
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}
