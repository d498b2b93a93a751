import type { Identity, KeyMaker } from '../../core/model/connector.ts'
import { SyncError } from '../../core/model/failure.ts'
import type { JsonObject } from '../../core/model/json.ts'
import type { Reply } from './call.ts'
import { type Client, createClient, rowsOf } from './client.ts'
import { instantOf } from './values.ts'

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
/** What Odoo allows users without Settings rights, unless their group says otherwise (observed on 19.0). */
const LONGEST_DAYS = 90

/** A key of the user, as its own list shows it. */
interface OwnKey {
  readonly name: string
  readonly endsAt: number
}

/**
 * The live keys of a user that have an end, the first one first. Everybody may read their own, and none of them shows which one we
 * carry. Empty where Odoo refuses.
 */
export async function ownKeys(
  client: Client,
  userId: number,
  signal: AbortSignal,
): Promise<readonly OwnKey[]> {
  const reply = await client.call({
    model: 'res.users.apikeys',
    method: 'search_read',
    args: {
      domain: [['user_id', '=', userId]],
      fields: ['name', 'expiration_date'],
      order: 'id',
      limit: 100,
    },
    bare: true,
    purpose: 'read',
    signal,
  })
  const rows = reply.ok ? rowsOf(client, 'res.users.apikeys', reply.value) : []
  const now = client.host.now()
  return rows
    .flatMap((row) => (typeof row.expiration_date === 'string' ? [row] : []))
    .map((row) => ({
      name: String(row.name),
      endsAt: Date.parse(instantOf(String(row.expiration_date))),
    }))
    .filter(({ endsAt }) => endsAt > now)
    .sort((a, b) => a.endsAt - b.endsAt)
}

/** The user behind the key, and which of its keys ends first. */
export async function identify(client: Client, signal: AbortSignal): Promise<Identity> {
  const id = await client.userId(signal)
  const reply = await client.call({
    model: 'res.users',
    method: 'search_read',
    args: { domain: [['id', '=', id]], fields: ['login'], limit: 1, order: 'id' },
    bare: true,
    purpose: 'read',
    signal,
  })
  const [user] = reply.ok ? rowsOf(client, 'res.users', reply.value) : []
  const [first] = await ownKeys(client, id, signal)
  return {
    account: typeof user?.login === 'string' ? user.login : `user ${id}`,
    ends:
      first === undefined
        ? null
        : { of: `API key "${first.name}"`, at: first.endsAt, steps: stepsOf(client.config.keySecret) },
  }
}

/** How a person changes the key. */
export function stepsOf(secret: string): string {
  return `In Odoo, as that user: My Profile, Account Security, New API Key. Put it where the secret "${secret}" comes from, restart the workers, and remove the old key in Odoo.`
}

/**
 * Keys over JSON-2: `generate` and `revoke` of res.users.apikeys, in later builds of 19.0. Builds without them answer 404, and older
 * versions make keys only for who types a password.
 */
export function createKeyMaker(client: Client): KeyMaker {
  const call = (method: string, args: JsonObject, signal: AbortSignal): Promise<Reply> =>
    client.call({ model: 'res.users.apikeys', method, args, bare: true, purpose: 'write', signal })
  const proves = async (value: string, signal: AbortSignal): Promise<boolean> => {
    try {
      return (await clientWith(client, value).userId(signal)) === (await client.userId(signal))
    } catch (error) {
      if (error instanceof SyncError && error.kind === 'auth-expired') return false
      throw error
    }
  }
  return {
    proves,
    beforeMs: client.config.rotates ? client.config.rotateBeforeMs : null,
    async make(name, signal) {
      if ((await client.server(signal)).protocol !== 'json-2') return { status: 'absent' }
      const key = (await client.credential.current(signal)).value
      for (let days = LONGEST_DAYS, first = true; ; first = false) {
        const endsAt = client.host.now() + days * DAY_MS - HOUR_MS
        const until = { expiration_date: new Date(endsAt).toISOString().slice(0, 19).replace('T', ' ') }
        const reply = await call('generate', { key, scope: 'rpc', name, ...until }, signal)
        if (reply.ok) return { status: 'made', value: String(reply.value), endsAt }
        const { kind, message } = reply.fault
        if (kind === 'absent') return { status: 'absent' }
        if (kind === 'busy') throw new SyncError('unavailable', `${message} No key was made.`)
        // “You cannot exceed 30.0 days.”
        const allowed = Math.floor(Number(/(\d+(?:\.\d+)?)\s/.exec(message)?.[1] ?? Number.NaN))
        if (!first || !(allowed >= 1 && allowed < days)) return { status: 'refused', message }
        days = allowed
      }
    },
    async revoke(value, signal) {
      // Odoo refuses to revoke what is no key (any more) as though we were refused.
      if (!(await proves(value, signal))) return true
      const reply = await call('revoke', { key: value }, signal)
      return reply.ok
    },
  }
}

/** The same connection with another key. */
function clientWith(client: Client, value: string): Client {
  const credential = { value, secrets: [client.config.keySecret], generation: 0 }
  return createClient(client.config, {
    ...client.host,
    credential: () => ({ current: async () => credential, renewed: async () => null }),
  })
}
