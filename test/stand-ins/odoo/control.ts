import { findMethod } from './call.ts'
import { type Database, type Env, sudo } from './env.ts'
import type { OdooFault, OdooFaults } from './faults.ts'
import { changeField, type FieldChange } from './field-change.ts'
import type { Json, JsonObject } from './json.ts'
import { LOGINS } from './seed.ts'
import type { Held, UnderWay } from './under-way.ts'

export interface Stats {
  readonly calls: number
  /** Calls of load, create, write, unlink and action_*. */
  readonly writeCalls: number
  readonly byMethod: Readonly<Record<string, number>>
  /** By their kinds. */
  readonly faultsHit: Readonly<Record<string, number>>
  /** Calls whose client is gone and that are not done yet. */
  readonly goingOn: number
}

/** What a person does in Odoo, and what only a test may see. All in JSON, without credentials. */
export interface OdooControl {
  /** Records of each model. */
  counts(): Promise<Readonly<Record<string, number>>>
  /** Archived records, too. `fields` default to all; references are bare ids. */
  read(query: {
    readonly model: string
    readonly domain?: readonly Json[]
    readonly fields?: readonly string[]
    readonly ids?: readonly number[]
    readonly order?: string
    readonly limit?: number
  }): Promise<readonly JsonObject[]>
  /** As a person with all rights would in the user interface: what Odoo refuses is thrown. */
  create(change: { readonly model: string; readonly values: JsonObject }): Promise<number>
  write(change: {
    readonly model: string
    readonly ids: readonly number[]
    readonly values: JsonObject
  }): Promise<true>
  unlink(change: { readonly model: string; readonly ids: readonly number[] }): Promise<true>
  /** A button: `action_confirm`. */
  act(change: {
    readonly model: string
    readonly ids: readonly number[]
    readonly method: string
  }): Promise<Json>
  /** Stamps with microseconds, as the database has them. */
  stamps(query: { readonly model: string; readonly ids: readonly number[] }): Promise<readonly JsonObject[]>
  /** Replaces the faults, or adds some; gives what is left of them. */
  faults(set?: {
    readonly faults?: readonly OdooFault[]
    readonly add?: readonly OdooFault[]
  }): Promise<readonly OdooFault[]>
  /** Calls that are done and whose answer is held back; waits `within` ms for the first one. (Default: 0) */
  held(wait?: { readonly within?: number }): Promise<readonly Held[]>
  /** Lets the answers out. Gives how many. */
  release(): Promise<number>
  /** Does now what goes on without a client (`cut-working`, `cut-queued`). Gives how many calls. */
  finish(): Promise<number>
  stats(): Promise<Stats>
  resetStats(): Promise<true>
  /** Installs a language, or takes it away. */
  setLanguage(language: { readonly code: string; readonly installed: boolean }): Promise<true>
  /** The end of a user's key: `YYYY-MM-DD HH:MM:SS`, or null for never. */
  setKeyExpiry(key: { readonly login: string; readonly expires: string | null }): Promise<true>
  /** Who may make keys by program from now on. */
  setKeyMaking(to: { readonly mode: Database['keyMaking']['mode'] }): Promise<true>
  /** As an upgrade does: a field goes, or gets another name or type. */
  changeField(change: FieldChange): Promise<true>
  /** Moves the clock of the server. */
  advanceClock(by: { readonly ms: number }): Promise<true>
}

export interface Counter {
  count(model: string, method: string): void
  stats(): Omit<Stats, 'faultsHit' | 'goingOn'>
  reset(): void
}

const WRITES = /^(load|create|write|unlink|action_\w+)$/

export function createCounter(): Counter {
  let [calls, writeCalls] = [0, 0]
  let byMethod: Record<string, number> = {}
  return {
    count(model, method) {
      calls += 1
      if (WRITES.test(method)) writeCalls += 1
      const name = `${model}.${method}`
      byMethod[name] = (byMethod[name] ?? 0) + 1
    },
    stats: () => ({ calls, writeCalls, byMethod: { ...byMethod } }),
    reset() {
      ;[calls, writeCalls] = [0, 0]
      byMethod = {}
    },
  }
}

export function createControl(
  db: Database,
  faults: OdooFaults,
  underWay: UnderWay,
  counter: Counter,
  advance: (ms: number) => void,
): OdooControl {
  const person = (): Env => {
    const [uid] = db.store.having('res.users', 'login', LOGINS.settings)
    return { db, uid: uid ?? 1, su: false, context: { active_test: false }, stamp: db.stamp() }
  }
  const run = (
    model: string,
    method: string,
    ids: readonly number[],
    args: JsonObject,
    env = person(),
  ): Json => {
    if (!db.fields.has(model)) throw new Error(`no model ${model}`)
    const found = findMethod(env, model, method)
    if (found === null) throw new Error(`no method ${method} of ${model}`)
    return db.store.atomically(() => found.run(env, ids, args)) ?? null
  }
  return {
    counts: async () => Object.fromEntries(db.store.models().map((model) => [model, db.store.size(model)])),
    async read({ model, domain, fields, ids, order, limit }) {
      const leaves = [...(domain ?? []), ...(ids === undefined ? [] : [['id', 'in', ids]])]
      const args = {
        domain: leaves,
        fields: fields ?? [],
        order: order ?? 'id',
        limit: limit ?? null,
        load: '',
      }
      return run(model, 'search_read', [], args, sudo(person())) as readonly JsonObject[]
    },
    create: async ({ model, values }) => Number(run(model, 'create', [], { vals_list: values })),
    async write({ model, ids, values }) {
      run(model, 'write', ids, { vals: values })
      return true
    },
    async unlink({ model, ids }) {
      run(model, 'unlink', ids, {})
      return true
    },
    act: async ({ model, ids, method }) => run(model, method, ids, {}),
    stamps: async ({ model, ids }) =>
      ids.flatMap((id) => {
        const row = db.store.get(model, id)
        return row === undefined ? [] : [{ id, create_date: row.create_date!, write_date: row.write_date! }]
      }),
    async faults(set) {
      if (set?.faults !== undefined) faults.set(set.faults)
      if (set?.add !== undefined) faults.add(set.add)
      return faults.left()
    },
    held: async (wait) => underWay.held(wait?.within ?? 0),
    release: async () => underWay.release(),
    finish: async () => underWay.finish(),
    stats: async () => ({ ...counter.stats(), faultsHit: faults.hits(), goingOn: underWay.waiting() }),
    async resetStats() {
      counter.reset()
      faults.forgetHits()
      return true
    },
    async setLanguage({ code, installed }) {
      const [id] = db.store.having('res.lang', 'code', code)
      if (id === undefined) throw new Error(`no language ${code}`)
      run('res.lang', 'write', [id], { vals: { active: installed } })
      return true
    },
    async setKeyExpiry({ login, expires }) {
      const [userId] = db.store.having('res.users', 'login', login)
      const [id] = db.store.having('res.users.apikeys', 'user_id', userId ?? 0)
      if (id === undefined) throw new Error(`no key of ${login}`)
      db.store.put('res.users.apikeys', {
        ...db.store.get('res.users.apikeys', id)!,
        id,
        expiration_date: expires ?? false,
      })
      return true
    },
    async setKeyMaking({ mode }) {
      db.keyMaking.mode = mode
      return true
    },
    async changeField(change) {
      changeField(db, change)
      return true
    },
    async advanceClock({ ms }) {
      advance(ms)
      return true
    },
  }
}
