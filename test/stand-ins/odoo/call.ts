import { type Env, hooksOf, type Method, type Values } from './env.ts'
import { accessError, attributeError, type OdooError, userError, valueError } from './errors.ts'
import { isObject, type Json, type JsonObject, pythonText } from './json.ts'
import { commonMethods } from './methods.ts'
import { isInstalled } from './values.ts'

const methodsByModel = new Map<string, Readonly<Record<string, Method>>>()

export function findMethod(env: Env, model: string, method: string): Method | null {
  let common = methodsByModel.get(model)
  if (common === undefined) methodsByModel.set(model, (common = commonMethods(model)))
  const own = hooksOf(env, model).methods
  const found = own !== undefined && Object.hasOwn(own, method) ? own[method] : undefined
  if (found?.isThere?.(env.db) === false) return null
  return found ?? (Object.hasOwn(common, method) ? common[method]! : null)
}

const PRIVATE_19: ReadonlySet<string> = new Set([
  ...['init', 'browse', 'exists', 'mapped', 'filtered', 'sudo', 'with_context', 'with_user', 'fetch'],
  ...['search_fetch', 'check_access', 'lock_for_update'],
])

/** The refusal of a method that only the server itself may call, or null. */
export function privateRefusal(env: Env, model: string, method: string): OdooError | null {
  const is19 = env.db.version === '19.0'
  if (!method.startsWith('_') && !(is19 && PRIVATE_19.has(method))) return null
  return accessError(
    is19
      ? `Private methods (such as '${model}.${method}') cannot be called remotely.`
      : `Private methods (such as ${method}) cannot be called remotely.`,
  )
}

/** The context of a call; null and nothing are an empty one. Throws for what Odoo refuses in it. */
export function contextOf(value: Json | undefined): JsonObject {
  if (value === undefined || value === null || value === false) return {}
  if (isObject(value)) return value
  if (typeof value === 'string') {
    throw valueError('dictionary update sequence element #0 has length 1; 2 is required')
  }
  throw attributeError(`${pythonText(value)} is no context`)
}

/** Languages that are not installed and companies of others are refused with the first thing that is read. */
export function checkContext(env: Env): void {
  const { lang, allowed_company_ids: companies } = env.context
  if (typeof lang === 'string' && lang !== '' && !isInstalled(env, lang)) {
    throw userError(`Invalid language code: ${lang}`)
  }
  if (!Array.isArray(companies)) return
  const user = env.db.store.get('res.users', env.uid)
  const own = (user?.company_ids ?? []) as readonly Json[]
  if (companies.some((id) => !own.includes(id))) {
    throw accessError('Access to unauthorized or invalid companies.')
  }
}

/** Runs a method as one transaction: it changes everything or nothing. */
export function runMethod(env: Env, method: Method, ids: readonly number[], args: Values): Json | undefined {
  return env.db.store.atomically(() => {
    checkContext(env)
    return method.run(env, ids, args)
  })
}
