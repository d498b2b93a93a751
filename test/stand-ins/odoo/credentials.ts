import type { Database } from './env.ts'
import type { Row } from './store.ts'

/** The user of a live key, or null: unknown, expired, of another scope, or of an archived user. */
export function userOfKey(db: Database, key: string): Row | null {
  for (const id of db.store.having('res.users.apikeys', '_key', key)) {
    const row = db.store.get('res.users.apikeys', id)!
    const { expiration_date: expires, scope, user_id: userId } = row
    const live = expires === false || String(expires) > db.stamp().slice(0, 19)
    const user = db.store.get('res.users', Number(userId))
    if (live && (scope === false || scope === 'rpc') && user !== undefined && user.active !== false)
      return user
  }
  return null
}

/** Login with a password or a key of that very user. */
export function authenticate(db: Database, login: string, secret: string): number | false {
  for (const id of db.store.having('res.users', 'login', login)) {
    if (isSecretOf(db, id, secret)) return id
  }
  return false
}

export function isSecretOf(db: Database, uid: number, secret: string): boolean {
  if (secret === '') return false
  const user = db.store.get('res.users', uid)
  return user?._password === secret || userOfKey(db, secret)?.id === uid
}
