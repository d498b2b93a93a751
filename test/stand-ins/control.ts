import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

type Control = Readonly<Record<string, (body: never) => Promise<unknown>>>

/** One address for both stand-ins' controls: POST /shopify/changeFifty with a JSON body. GET / lists what there is. */
export async function startControl(
  controls: Readonly<Record<string, object>>,
  port: number,
): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    void (async () => {
      const parts: Buffer[] = []
      for await (const part of request) parts.push(part as Buffer)
      const answer = (status: number, value: unknown) => {
        response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' })
        response.end(JSON.stringify(value ?? null))
      }
      const list = Object.fromEntries(
        Object.entries(controls).map(([name, control]) => [name, Object.keys(control)]),
      )
      if (request.method !== 'POST') return answer(200, { post: list })
      const [, system = '', name = ''] = (request.url ?? '').split('/')
      const run = (controls[system] as Control | undefined)?.[name]
      if (typeof run !== 'function')
        return answer(404, { error: `There is no ${system}/${name}.`, post: list })
      try {
        const text = Buffer.concat(parts).toString('utf8')
        answer(200, await run((text === '' ? {} : JSON.parse(text)) as never))
      } catch (error) {
        answer(400, { error: error instanceof Error ? error.message : String(error) })
      }
    })()
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}
