import { type Env, fieldsOf, sudo, withContext } from './env.ts'
import { indexError, valueError } from './errors.ts'
import type { Field } from './fields.ts'
import { type Json, pythonText, pythonTuple } from './json.ts'
import { leafTest, NEGATIVE, OPERATORS } from './leaf.ts'
import { fieldValue } from './read.ts'
import type { Row } from './store.ts'

/** Values one of which a stored field must have for the domain to match. */
export interface Narrowing {
  readonly field: string
  readonly values: readonly Json[]
  /** How many rows have one of them. */
  readonly size: number
}

export interface Domain {
  readonly matches: (row: Row) => boolean
  /** First parts of the paths it asks for. */
  readonly fields: ReadonlySet<string>
  readonly narrowing: Narrowing | null
}

type Test = (row: Row) => boolean

interface Node {
  readonly test: Test
  readonly narrowing: Narrowing | null
}

/** A domain in prefix notation as a test of rows; throws what Odoo throws for a malformed one. */
export function compileDomain(env: Env, model: string, domain: Json): Domain {
  if (!Array.isArray(domain)) throw valueError(`Domain() invalid domain: ${pythonText(domain)}`)
  const items = domain as readonly Json[]
  const fields = new Set<string>()
  let at = 0
  const next = (): Node => {
    if (at >= items.length) throw valueError(`Domain() missing terms in ${pythonText(domain)}`)
    const item = items[at++]!
    if (item === '!') {
      const { test } = next()
      return { test: (row) => !test(row), narrowing: null }
    }
    if (item === '&') return both(next(), next())
    if (item === '|') {
      const [a, b] = [next(), next()]
      return { test: (row) => a.test(row) || b.test(row), narrowing: null }
    }
    return compileLeaf(env, model, item, fields)
  }
  let whole: Node = { test: () => true, narrowing: null }
  while (at < items.length) whole = both(whole, next())
  return { matches: whole.test, fields, narrowing: whole.narrowing }
}

function both(a: Node, b: Node): Node {
  const fewer =
    a.narrowing !== null && b.narrowing !== null
      ? a.narrowing.size <= b.narrowing.size
        ? a.narrowing
        : b.narrowing
      : (a.narrowing ?? b.narrowing)
  return { test: (row) => a.test(row) && b.test(row), narrowing: fewer }
}

function compileLeaf(env: Env, model: string, item: Json, used: Set<string>): Node {
  const is19 = env.db.version === '19.0'
  if (item === true || (Array.isArray(item) && item[0] === 1 && item[1] === '=' && item[2] === 1)) {
    return { test: () => true, narrowing: null }
  }
  if (Array.isArray(item) && item[0] === 0 && item[1] === '=' && item[2] === 1) {
    return { test: () => false, narrowing: null }
  }
  if (!Array.isArray(item) || item.length !== 3 || typeof item[0] !== 'string') {
    if (!is19 && typeof item === 'string') throw indexError('string index out of range')
    throw valueError(
      is19 ? `Domain() invalid item in domain: ${pythonText(item)}` : `Invalid leaf ${pythonText(item)}`,
    )
  }
  const leaf = item as readonly Json[]
  const [path, operator, value] = [String(leaf[0]), String(leaf[1]), leaf[2]!]
  if (!OPERATORS.has(operator)) {
    throw valueError(
      is19 ? `Invalid operator in condition ${pythonTuple(leaf)}` : `Invalid leaf ${pythonTuple(leaf)}`,
    )
  }
  const [first, ...rest] = path.split('.')
  used.add(first!)
  const field = fieldsOf(env, model).get(first!)
  if (field === undefined) {
    throw valueError(`Invalid field ${model}.${first} in ${is19 ? 'condition' : 'leaf'} ${pythonTuple(leaf)}`)
  }
  if (rest.length > 0 && field.relation !== null) {
    return { test: throughRelation(env, model, field, rest.join('.'), operator, value), narrowing: null }
  }
  const test = leafTest(env, field, operator, value)
  return {
    test: (row) => test(fieldValue(env, model, row, field)),
    narrowing: narrowingOf(env, model, field, operator, value),
  }
}

/** Any record behind the relation that matches; a negative operator is asked of the record, too. */
function throughRelation(
  env: Env,
  model: string,
  field: Field,
  path: string,
  operator: string,
  value: Json,
): Test {
  const relation = field.relation!
  const inner = compileDomain(withContext(sudo(env), { active_test: false }), relation, [
    [path, operator, value],
  ])
  return (row) => {
    const ids = fieldValue(env, model, row, field)
    const list = Array.isArray(ids) ? (ids as readonly Json[]) : ids === false ? [] : [ids]
    if (list.length === 0) return NEGATIVE.has(operator)
    return list.some((id) => {
      const other = env.db.store.get(relation, Number(id))
      return other !== undefined && inner.matches(other)
    })
  }
}

function narrowingOf(env: Env, model: string, field: Field, operator: string, value: Json): Narrowing | null {
  if (operator !== '=' && operator !== 'in') return null
  const values = operator === 'in' ? (Array.isArray(value) ? value : null) : [value]
  if (values === null) return null
  if (field.name === 'id') return { field: 'id', values, size: values.length }
  const hooks = env.db.hooks[model]
  const plain =
    field.stored &&
    hooks?.computed?.[field.name] === undefined &&
    field.type !== 'boolean' &&
    !field.companyDependent
  const direct = ['char', 'selection', 'integer', 'many2one', 'many2one_reference'].includes(field.type)
  const typed = values.every((one) =>
    field.type === 'char' || field.type === 'selection'
      ? typeof one === 'string' && one !== ''
      : typeof one === 'number' && one !== 0,
  )
  if (!plain || !direct || !typed) return null
  const size = values.reduce<number>((sum, one) => sum + env.db.store.having(model, field.name, one).size, 0)
  return { field: field.name, values, size }
}
