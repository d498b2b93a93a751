/** A process of its own that asks for a token when it is told to: `node token-asker.ts STORE_URL FOLDER VENDOR_URL`. */
import { once } from 'node:events'
import { openStore } from '../../engine/store/open.ts'
import { createHost } from '../../engine/transfer/host/host.ts'

const [url = '', folder = '', vendor = '', id = '', secret = ''] = process.argv.slice(2)
const values: Readonly<Record<string, string>> = { id, secret }
const place = { project: 'acme', connection: 'books' }
const store = await openStore(url, { folder })
const host = createHost({
  connection: place.connection,
  limits: null,
  secrets: { value: async (name) => values[name]!, hosts: () => [new URL(vendor).host] },
  keeper: { ...place, store },
  now: Date.now,
  log() {},
})
const source = host.credential({
  kind: 'client-credentials',
  client: {
    tokenUrl: `${vendor}/token`,
    id: 'id',
    secret: 'secret',
    scopes: [],
    sentBy: 'form',
    hosts: [new URL(vendor).host],
    graceMs: 0,
  },
})
process.stdout.write('ready\n')
await once(process.stdin, 'data')
const { value } = await source.current(new AbortController().signal)
process.stdout.write(`${value}\n`)
await host.close()
await store.close()
process.stdin.destroy()
