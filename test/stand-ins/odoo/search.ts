import { checkAccess, isVisible } from './access.ts'
import { compileDomain, type Narrowing } from './domain.ts'
import { type Env, fieldsOf, hooksOf, type Values } from './env.ts'
import { databaseError, valueError } from './errors.ts'
import type { Json } from './json.ts'
import { fieldNamed, fieldValue } from './read.ts'
import type { Row } from './store.ts'

/** Ids that match, in order. Archived records are left out unless the context or the domain asks for them. */
export function searchRecords(env: Env, model: string, args: Values): readonly Row[] {
  checkAccess(env, model, 'read')
  const domain = compileDomain(env, model, args.domain ?? [])
  const { active } = activeFilter(env, model, domain.fields)
  const rows: Row[] = []
  for (const row of candidates(env, model, domain.narrowing)) {
    if (active && row.active === false) continue
    if (domain.matches(row) && isVisible(env, model, row)) rows.push(row)
  }
  const ordered = sorted(env, model, rows, orderOf(env, model, args.order ?? null))
  const offset = integer(args.offset ?? 0) ?? 0
  const limit = integer(args.limit ?? null)
  return ordered.slice(offset, limit === null ? undefined : offset + limit)
}

function activeFilter(env: Env, model: string, used: ReadonlySet<string>): { readonly active: boolean } {
  const active =
    fieldsOf(env, model).has('active') && env.context.active_test !== false && !used.has('active')
  return { active }
}

/** The rows to look at: few, where the domain asks for certain values of a field. */
function* candidates(env: Env, model: string, narrowing: Narrowing | null): Iterable<Row> {
  const { store } = env.db
  if (narrowing === null) {
    yield* store.all(model)
    return
  }
  const ids = new Set<number>()
  for (const value of narrowing.values) {
    if (narrowing.field === 'id') ids.add(Number(value))
    else for (const id of store.having(model, narrowing.field, value)) ids.add(id)
  }
  for (const id of [...ids].sort((a, b) => a - b)) {
    const row = store.get(model, id)
    if (row !== undefined) yield row
  }
}

function integer(value: Json): number | null {
  if (value === null || value === false) return null
  if (typeof value === 'number') return value
  throw databaseError(
    'InvalidTextRepresentation',
    `invalid input syntax for type bigint: "${String(value)}"\n`,
  )
}

interface OrderTerm {
  readonly name: string
  readonly descending: boolean
}

function orderOf(env: Env, model: string, order: Json): readonly OrderTerm[] {
  const text = typeof order === 'string' && order.trim() !== '' ? order : (hooksOf(env, model).order ?? 'id')
  return text.split(',').map((term) => {
    const match = /^\s*"?(\w+)"?(?:\.\w+)?(?:\s+(asc|desc))?(?:\s+nulls\s+(?:first|last))?\s*$/i.exec(term)
    if (match === null) throw valueError(`Invalid "order" specified (${text}).`)
    const name = match[1]!
    if (!fieldsOf(env, model).has(name)) throw valueError(`Invalid field '${name}' on model '${model}'`)
    return { name, descending: match[2]?.toLowerCase() === 'desc' }
  })
}

/** As PostgreSQL sorts: empty values last, first when descending. */
function sorted(env: Env, model: string, rows: Row[], terms: readonly OrderTerm[]): readonly Row[] {
  const [first] = terms
  if (terms.length === 1 && first?.name === 'id' && !first.descending) {
    return rows.sort((a, b) => a.id - b.id)
  }
  const fields = terms.map(({ name }) => fieldNamed(env, model, name))
  const keyed = rows.map((row) => ({ row, keys: fields.map((field) => fieldValue(env, model, row, field)) }))
  keyed.sort((a, b) => {
    for (const [index, { descending }] of terms.entries()) {
      const order = compare(a.keys[index]!, b.keys[index]!, fields[index]!.type === 'boolean')
      if (order !== 0) return descending ? -order : order
    }
    return a.row.id - b.row.id
  })
  return keyed.map(({ row }) => row)
}

function compare(a: Json, b: Json, boolean: boolean): number {
  if (boolean) return Number(a === true) - Number(b === true)
  const emptyA = a === false || a === null
  const emptyB = b === false || b === null
  if (emptyA || emptyB) return Number(emptyA) - Number(emptyB)
  if (typeof a === 'number' && typeof b === 'number') return a - b
  const [textA, textB] = [String(a), String(b)]
  return textA < textB ? -1 : textA > textB ? 1 : 0
}
