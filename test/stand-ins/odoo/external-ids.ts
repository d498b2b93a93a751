import type { Env } from './env.ts'
import type { Row } from './store.ts'

export const XIDS = 'ir.model.data'

/** `module.name` in its two parts; without a dot Odoo takes the module `__import__`. */
export function splitXid(xid: string): readonly [module: string, name: string] {
  const dot = xid.indexOf('.')
  return dot < 0 ? ['__import__', xid] : [xid.slice(0, dot), xid.slice(dot + 1)]
}

/** The row of an external id; it may point to a record that is gone. */
export function findXid(env: Env, xid: string): Row | null {
  const [module, name] = splitXid(xid)
  for (const id of env.db.store.having(XIDS, '_xid', `${module}.${name}`)) {
    return env.db.store.get(XIDS, id)!
  }
  return null
}

/** External ids of a record, the oldest first. */
export function xidsOf(env: Env, model: string, id: number): readonly Row[] {
  return [...env.db.store.having(XIDS, '_target', `${model},${id}`)]
    .sort((a, b) => a - b)
    .map((row) => env.db.store.get(XIDS, row)!)
}

export function forgetExternalIds(env: Env, model: string, id: number): void {
  for (const row of xidsOf(env, model, id)) env.db.store.remove(XIDS, row.id)
}

/** A new external id, without rights: `load` may do it for everybody. */
export function addXid(env: Env, xid: string, model: string, id: number, noupdate = false): void {
  const [module, name] = splitXid(xid)
  const row = env.db.store.nextId(XIDS)
  const stamps = { create_date: env.stamp, create_uid: env.uid, write_date: env.stamp, write_uid: env.uid }
  env.db.store.put(XIDS, {
    ...{ id: row, module, name, model, res_id: id, noupdate, ...stamps },
    ...{ _xid: `${module}.${name}`, _target: `${model},${id}` },
  })
}
