import { type Env, fieldsOf } from './env.ts'
import { valueError } from './errors.ts'
import type { Field } from './fields.ts'
import { type Json, pythonText } from './json.ts'
import { displayName } from './read.ts'
import { stampOf, utcOf, wholeSecond } from './stamps.ts'

export const NEGATIVE: ReadonlySet<string> = new Set(['!=', '<>', 'not in', 'not like', 'not ilike'])

export const OPERATORS: ReadonlySet<string> = new Set([
  ...['=', '!=', '<>', '>', '>=', '<', '<=', 'in', 'not in'],
  ...['like', 'ilike', 'not like', 'not ilike', '=like', '=ilike', 'child_of', 'parent_of', '=?'],
])

/** Whether the value of a field satisfies a condition. */
export function leafTest(env: Env, field: Field, operator: string, asked: Json): (value: Json) => boolean {
  if (operator === '=?' && (asked === false || asked === null)) return () => true
  if (operator.includes('like')) return likeTest(env, field, operator, asked)
  if (field.type === 'datetime') return datetimeTest(env, operator, asked)
  if (operator === 'in' || operator === 'not in') {
    const list = Array.isArray(asked) ? (asked as readonly Json[]) : [asked]
    const texts = new Set(list.map((one) => comparable(one)))
    const names = field.type === 'many2one' && list.some((one) => typeof one === 'string')
    const among = (value: Json): boolean =>
      Array.isArray(value)
        ? value.length === 0
          ? texts.has(false)
          : value.some((one) => texts.has(comparable(one)))
        : texts.has(comparable(value)) || (names && list.includes(nameOf(env, field, value)))
    return operator === 'in' ? among : (value) => !among(value)
  }
  if (operator === '=' || operator === '=?') return (value) => equals(env, field, value, asked)
  if (operator === '!=' || operator === '<>') return (value) => !equals(env, field, value, asked)
  if (operator === 'child_of') return (value) => isBelow(env, field, value, asked)
  return (value) => {
    if (value === false || value === null) return false
    return inOrder(operator, compare(value, asked))
  }
}

/** '' and false are one thing to a filter, and so are 0 and false for numbers. */
function comparable(value: Json): Json {
  return value === null || value === '' ? false : value
}

function equals(env: Env, field: Field, value: Json, asked: Json): boolean {
  if (Array.isArray(value)) {
    if (asked === false || asked === null) return value.length === 0
    return Array.isArray(asked) ? asked.some((one) => value.includes(one)) : value.includes(asked)
  }
  if (field.type === 'boolean') return (value === true) === (asked === true || asked === 'True')
  if (field.type === 'many2one' && typeof asked === 'string') return nameOf(env, field, value) === asked
  if (field.type === 'integer' || field.type === 'float' || field.type === 'monetary') {
    return Number(value) === Number(asked)
  }
  if (comparable(value) === comparable(asked)) return true
  return typeof value === 'string' && typeof asked === 'number' && value === String(asked)
}

function nameOf(env: Env, field: Field, value: Json): string {
  const row = typeof value === 'number' ? env.db.store.get(field.relation!, value) : undefined
  return row === undefined ? '' : displayName(env, field.relation!, row)
}

function compare(a: Json, b: Json): number {
  if (typeof a === 'number') return a - Number(b)
  const [textA, textB] = [String(a), String(b)]
  return textA < textB ? -1 : textA > textB ? 1 : 0
}

function inOrder(operator: string, order: number): boolean {
  if (operator === '>') return order > 0
  if (operator === '>=') return order >= 0
  return operator === '<' ? order < 0 : order <= 0
}

function likeTest(env: Env, field: Field, operator: string, asked: Json): (value: Json) => boolean {
  const negative = operator.startsWith('not ')
  const pattern = asked === false || asked === null ? '' : String(asked)
  const wrapped = operator.startsWith('=') ? pattern : `%${pattern}%`
  const source = [...wrapped.matchAll(/\\.|[\s\S]/gu)]
    .map(([part]) => {
      if (part === '%') return '[\\s\\S]*'
      if (part === '_') return '[\\s\\S]'
      return (part.startsWith('\\') && part.length > 1 ? part.slice(1) : part).replace(
        /[$()*+.?[\\\]^{|}]/g,
        '\\$&',
      )
    })
    .join('')
  const regex = new RegExp(`^${source}$`, operator.includes('ilike') ? 'iu' : 'u')
  return (value) => {
    const text =
      field.type === 'many2one' ? nameOf(env, field, value) : typeof value === 'string' ? value : ''
    return regex.test(text) !== negative
  }
}

/**
 * 18.0 compares to the microsecond and ignores zones. 19.0 compares whole seconds, refuses zones, knows relative dates, and
 * takes a date alone as midnight in the user's zone (observed).
 */
function datetimeTest(env: Env, operator: string, asked: Json): (value: Json) => boolean {
  if (operator === 'in' || operator === 'not in') {
    const tests = (Array.isArray(asked) ? (asked as readonly Json[]) : [asked]).map((one) =>
      datetimeTest(env, '=', one),
    )
    return (value) => tests.some((test) => test(value)) === (operator === 'in')
  }
  if (asked === false || asked === null || asked === '') {
    return (value) => (value === false) === (operator === '=')
  }
  const is19 = env.db.version === '19.0'
  const point = is19 ? pointOf19(env, String(asked)) : pointOf18(env, String(asked))
  const negative = operator === '!=' || operator === '<>'
  return (value) => {
    if (value === false || value === null) return negative
    const text = is19
      ? wholeSecond(String(value))
      : String(value).padEnd(26, '.000000'.slice(String(value).length - 19))
    const order = compare(text, point)
    if (negative) return order !== 0
    return operator === '=' ? order === 0 : inOrder(operator, order)
  }
}

function pointOf18(env: Env, asked: string): string {
  if (asked === 'yesterday' || asked === 'today' || asked === 'tomorrow') {
    const days = { yesterday: -1, today: 0, tomorrow: 1 }[asked]
    return `${stampOf(Date.parse(`${env.stamp.slice(0, 10)}T00:00:00Z`) + days * 86_400_000)}`
  }
  if (asked === 'now') return env.stamp
  const match = /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d)(:\d\d)?(\.\d{1,6})?)?\s*(?:Z|[+-]\d\d:?\d\d)?$/.exec(
    asked,
  )
  if (match === null) throw valueError(`invalid input syntax for type timestamp: "${asked}"`)
  const fraction = (match[4] ?? '.').padEnd(7, '0')
  return `${match[1]} ${match[2] ?? '00:00'}${match[3] ?? ':00'}${fraction}`
}

function pointOf19(env: Env, asked: string): string {
  if (/[\d:](?:Z|[+-]\d\d:?\d\d)$/.test(asked) && /\d:\d/.test(asked)) {
    throw valueError(`expecting only datetimes with no timezone: ${pythonText(asked)}`)
  }
  const zone = zoneOf(env)
  if (/^\d{4}-\d\d-\d\d$/.test(asked)) return utcOf(`${asked} 00:00:00`, zone)
  const match = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d)(:\d\d)?(?:\.\d{1,6})?$/.exec(asked)
  if (match !== null) return `${match[1]} ${match[2]}${match[3] ?? ':00'}`
  if (asked === 'now') return wholeSecond(env.stamp)
  if (asked === 'today') return utcOf(`${env.stamp.slice(0, 10)} 00:00:00`, zone)
  const relative = /^([+-]\d+)([dwHM])$/.exec(asked)
  if (relative !== null) {
    const unit = { d: 86_400_000, w: 604_800_000, H: 3_600_000, M: 60_000 }[
      relative[2] as 'd' | 'w' | 'H' | 'M'
    ]
    const now = Date.parse(`${wholeSecond(env.stamp).replace(' ', 'T')}Z`)
    return wholeSecond(stampOf(now + Number(relative[1]) * unit))
  }
  throw valueError(`Invalid term ${pythonText(asked)} in expression date: ${pythonText(asked)}`)
}

/** The zone of the context, or that of the user. */
export function zoneOf(env: Env): string {
  if (typeof env.context.tz === 'string' && env.context.tz !== '') return env.context.tz
  const user = env.db.store.get('res.users', env.uid)
  const partner = env.db.store.get('res.partner', Number(user?.partner_id))
  return typeof partner?.tz === 'string' ? partner.tz : 'UTC'
}

function isBelow(env: Env, field: Field, value: Json, asked: Json): boolean {
  const wanted = new Set(Array.isArray(asked) ? (asked as readonly Json[]) : [asked])
  const model = field.relation ?? ''
  const parent = env.db.fields.has(model) && fieldsOf(env, model).has('parent_id')
  for (let id = value, steps = 0; typeof id === 'number' && steps < 100; steps++) {
    if (wanted.has(id)) return true
    id = parent ? (env.db.store.get(model, id)?.parent_id ?? false) : false
  }
  return false
}
