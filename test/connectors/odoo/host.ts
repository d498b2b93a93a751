import { Agent, type Dispatcher, request } from 'undici'
import type { Host, HttpReply, HttpRequest } from '../../../engine/core/model/connector.ts'
import { SyncError } from '../../../engine/core/model/failure.ts'
import { createCredentialSource } from '../../../engine/transfer/credentials/source.ts'

/** A host that really sends, remembers what it sent, and knows the secrets it is given. */
export interface TestHost extends Host {
  readonly sent: readonly HttpRequest[]
  close(): Promise<void>
}

export function createTestHost(secrets: Readonly<Record<string, string>>): TestHost {
  const agent: Dispatcher = new Agent({ connections: 4 })
  const sent: HttpRequest[] = []
  const host: TestHost = {
    sent,
    async request(asked, signal): Promise<HttpReply> {
      sent.push(asked)
      try {
        const answer = await request(asked.url, {
          method: asked.method,
          headers: asked.headers,
          ...(asked.body === undefined ? {} : { body: asked.body }),
          dispatcher: agent,
          signal,
        })
        const headers: Record<string, string> = {}
        for (const [name, value] of Object.entries(answer.headers)) headers[name] = String(value)
        return { status: answer.statusCode, headers, body: await answer.body.text() }
      } catch (error) {
        const code = (error as { code?: string }).code ?? ''
        const maybeSent = !['ECONNREFUSED', 'ENOTFOUND', 'UND_ERR_CONNECT_TIMEOUT'].includes(code)
        throw new SyncError('unavailable', `${asked.url} gave no answer (${code}).`, {
          maybeSent,
          cause: error,
        })
      }
    },
    reportRate() {},
    reportRefusal() {},
    now: () => Date.now(),
    async secret(name) {
      const value = secrets[name]
      if (value === undefined) throw new SyncError('bug', `No secret ${name}.`)
      return value
    },
    credential: (spec) =>
      createCredentialSource(spec, { ...host, secretAgain: host.secret }, null, 'the token'),
    log() {},
    close: () => agent.close(),
  }
  return host
}
