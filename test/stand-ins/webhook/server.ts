import type { IncomingHttpHeaders } from 'node:http'
import { type Armed, createFaults } from '../faults.ts'
import { type ReceiverOptions, startReceiver } from '../receiver.ts'
import type { TransportFault, TransportKind } from '../transport.ts'

export type WebhookFault =
  | (TransportFault & { readonly kind: TransportKind })
  /** Answers so instead of taking it. */
  | (Armed & {
      readonly kind: 'status'
      readonly status: number
      readonly headers?: Readonly<Record<string, string>>
      readonly text?: string
    })

export interface ReceivedPost {
  readonly at: number
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** Somebody's own receiver of posts: takes them all, answers 204. */
export interface WebhookReceiver {
  readonly url: string
  readonly host: string
  readonly control: {
    received(): Promise<readonly ReceivedPost[]>
    faults(faults: readonly WebhookFault[]): Promise<void>
    forget(): Promise<void>
  }
  close(): Promise<void>
}

export async function startWebhook(options: ReceiverOptions = {}): Promise<WebhookReceiver> {
  const faults = createFaults<WebhookFault>()
  let received: ReceivedPost[] = []
  const { origin, close } = await startReceiver(options, faults, ({ path, headers, body }, hits) => {
    for (const hit of hits)
      if (hit.kind === 'status')
        return {
          status: hit.status,
          headers: { 'content-type': 'text/plain', ...hit.headers },
          body: hit.text ?? '',
        }
    received.push({ at: Date.now(), path, headers, body })
    return { status: 204, headers: {}, body: '' }
  })
  return {
    url: `${origin}/tidelock`,
    host: new URL(origin).host,
    close,
    control: {
      received: async () => [...received],
      async faults(armed) {
        faults.set(armed)
      },
      async forget() {
        received = []
      },
    },
  }
}
