import { randomBytes } from 'node:crypto'
import { userKind } from '../access.ts'
import { userOfKey } from '../credentials.ts'
import type { Env, Hooks, Values } from '../env.ts'
import { accessDenied, accessError, userError, validationError } from '../errors.ts'
import type { Json } from '../json.ts'
import type { Row } from '../store.ts'
import { datetimeOf } from '../values.ts'

/** base.programmatic_api_keys_limit */
const MOST_KEYS = 10
/** Of groups that say nothing else (group.api_key_duration). */
const LONGEST_DAYS = 90
const DAY_MS = 86_400_000

/**
 * Keys of others are not seen, not even by an administrator. `generate` and `revoke` are in later builds of 19.0 only; in the one that
 * was measured first they are not (docs of 19.0; run as a backport).
 */
export const apiKeys: Hooks = {
  order: 'id',
  rule: (env, row) => row.user_id === env.uid,
  methods: {
    generate: {
      of: 'model',
      parameters: ['key', 'scope', 'name', 'expiration_date'],
      isThere: (db) => db.keyMaking.mode !== 'absent',
      run(env, _ids, args) {
        if (env.db.keyMaking.mode !== 'everybody' && userKind(env) !== 'settings')
          throw userError('Programmatic API keys are not enabled')
        if (userOfKey(env.db, String(args.key))?.id !== env.uid) throw accessDenied()
        const expires = expiryOf(env, args)
        if (liveKeys(env).length >= MOST_KEYS)
          throw userError(`Limit of ${MOST_KEYS} API keys is reached for programmatic creation`)
        const key = randomBytes(20).toString('hex')
        env.db.keyMaking.made.push(key)
        const id = env.db.store.nextId('res.users.apikeys')
        env.db.store.put('res.users.apikeys', {
          ...{ id, name: args.name as Json, user_id: env.uid, scope: args.scope ?? false },
          ...{ expiration_date: expires, create_date: env.stamp, _key: key },
        })
        return key
      },
    },
    revoke: {
      of: 'model',
      parameters: ['key'],
      isThere: (db) => db.keyMaking.mode !== 'absent',
      run(env, _ids, args) {
        const [id] = env.db.store.having('res.users.apikeys', '_key', String(args.key))
        const row = id === undefined ? undefined : env.db.store.get('res.users.apikeys', id)
        if (row === undefined) throw accessDenied()
        if (row.user_id !== env.uid && userKind(env) !== 'settings')
          throw accessError('You are not allowed to revoke this API key.')
        env.db.store.remove('res.users.apikeys', row.id)
        return true
      },
    },
  },
}

/** A past date is taken and gives a dead key. */
function expiryOf(env: Env, { expiration_date: given }: Values): string | false {
  const isSettings = userKind(env) === 'settings'
  if (given === null || given === false) {
    if (isSettings) return false
    throw validationError('The API key must have an expiration date')
  }
  const expires = String(datetimeOf(given ?? null))
  const now = Date.parse(`${env.stamp.slice(0, 19).replace(' ', 'T')}Z`)
  if (!isSettings && Date.parse(`${expires.replace(' ', 'T')}Z`) > now + LONGEST_DAYS * DAY_MS)
    throw validationError(`You cannot exceed ${LONGEST_DAYS}.0 days.`)
  return expires
}

function liveKeys(env: Env): readonly Row[] {
  return [...env.db.store.having('res.users.apikeys', 'user_id', env.uid)]
    .map((id) => env.db.store.get('res.users.apikeys', id)!)
    .filter((row) => row.expiration_date === false || String(row.expiration_date) > env.stamp.slice(0, 19))
}
