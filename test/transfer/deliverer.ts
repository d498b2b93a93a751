/** A worker of its own that is stopped between sending and noting: `node deliverer.ts URL FOLDER RECEIVER`. */

import { webhook } from '../../engine/notify/webhook/webhook.ts'
import { openStore } from '../../engine/store/open.ts'
import { deliverMessages } from '../../engine/transfer/outbox/deliver.ts'
import { SORTS, secretsOf } from '../notify/open.ts'

const [url = '', folder = ''] = process.argv.slice(2)
const store = await openStore(url, { folder })
await deliverMessages(
  {
    store,
    channels: {
      ...SORTS,
      webhook: {
        ...webhook,
        open: (definition, host) => ({
          async send(message, id, signal) {
            await webhook.open(definition, host).send(message, id, signal)
            process.stdout.write('sent\n')
            return new Promise(() => setTimeout(() => {}, 600_000))
          },
        }),
      },
    },
    secrets: secretsOf({}),
    now: Date.now,
    log() {},
  },
  'acme',
  { budgetMs: 60_000, signal: new AbortController().signal },
)
