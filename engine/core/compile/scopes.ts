import { canonicalJson, isJsonObject, type JsonValue } from '../model/json.ts'
import type { FieldPlan } from '../model/plan.ts'
import type { RecordedSchema } from '../model/recorded.ts'
import type { Context } from './context.ts'
import type { Path } from './report.ts'

/** Operations in the order they are written. */
export const OPERATIONS = ['read', 'create', 'write', 'unlink'] as const
export type Operation = (typeof OPERATIONS)[number]

/** Scopes of a source: those of the resource, and of the fields that need one of their own. */
export function sourceScopes(
  schema: RecordedSchema,
  reads: Iterable<string>,
): readonly string[] | Readonly<Record<string, readonly string[]>> {
  const query = schema['x-query']
  if (!isJsonObject(query as JsonValue)) return { [schema.title]: ['read'] }
  const scopes = new Set<string>(((query as { scopes?: string[] }).scopes ?? []) as string[])
  for (const path of reads) {
    let properties: unknown = schema.properties
    for (const part of path.split('.')) {
      const node = isJsonObject(properties as JsonValue)
        ? (properties as Record<string, JsonValue>)[part]
        : undefined
      if (!isJsonObject(node)) break
      for (const scope of (node['x-scopes'] as string[] | undefined) ?? []) scopes.add(scope)
      const inner = isJsonObject(node['items'] ?? null) ? (node['items'] as Record<string, JsonValue>) : node
      properties = inner['properties']
    }
  }
  return [...scopes].sort()
}

/** Operations a mapping needs at its target, by resource. */
export function targetScopes(
  context: Context,
  fields: Readonly<Record<string, FieldPlan>>,
  extra: { readonly adjustProduct: string | null },
): Readonly<Record<string, readonly Operation[]>> {
  const needed = new Map<string, Set<Operation>>()
  const need = (resource: string, ...operations: Operation[]) => {
    const set = needed.get(resource) ?? new Set()
    for (const operation of operations) set.add(operation)
    needed.set(resource, set)
  }
  need(context.targetSchema.title, 'read', 'create', 'write')
  for (const plan of Object.values(fields)) {
    if (plan.kind === 'record') need(plan.shape.resource, 'read', 'create', 'write')
  }
  for (const [name, plan] of Object.entries(fields)) {
    if (plan.kind !== 'lines') continue
    const relation = context.targetSchema.properties[name]?.['x-relation']
    if (typeof relation !== 'string') continue
    need(relation, 'read', 'create', 'write')
    if (plan.blocks.some((block) => block.gone === 'remove')) need(relation, 'unlink')
  }
  for (const resource of context.uses.matched) need(resource, 'read')
  for (const mapping of context.uses.linked) {
    const linked = context.mappings[mapping]
    if (linked !== undefined) need(linked.resource, 'read')
  }
  for (const name of context.uses.refs) {
    const model = context.fixed[name]
    if (model !== undefined) need(model, 'read', 'create')
  }
  if (extra.adjustProduct !== null) need(extra.adjustProduct, 'read')
  return Object.fromEntries(
    [...needed]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([resource, operations]) => [
        resource,
        OPERATIONS.filter((operation) => operations.has(operation)),
      ]),
  )
}

/** A mapping that declares no rights at all. */
export function noScopes(context: Context, needed: Readonly<Record<string, JsonValue>>): void {
  context.report.add(
    'error',
    'missing-scopes',
    ['scopes'],
    `The mapping declares no scopes, and uses ${list(Object.keys(needed).map((name) => `"${name}"`))}.`,
    `Write scopes: ${flow(needed)}`,
    'key',
  )
}

/** Declared must equal needed: a missing right stops a run, a superfluous one is a door left open. */
export function compareScopes(
  context: Context,
  where: Path,
  declared: JsonValue | undefined,
  connection: string,
  needed: JsonValue,
): void {
  const fix = `Write ${connection}: ${flow(needed)}`
  if (declared === undefined) {
    context.report.add(
      'error',
      'missing-scopes',
      where,
      `The mapping uses "${connection}" and declares no scopes for it.`,
      fix,
      'key',
    )
    return
  }
  const found = entries(declared)
  const wanted = entries(needed)
  const missing = [...wanted].filter((scope) => !found.has(scope))
  const superfluous = [...found].filter((scope) => !wanted.has(scope))
  const at = [...where, connection]
  if (missing.length > 0) {
    const unused = superfluous.length > 0 ? ` It declares ${list(superfluous)} and never uses it.` : ''
    context.report.add(
      'error',
      'missing-scope',
      at,
      `The mapping needs ${list(missing)} at "${connection}", which it does not declare.${unused}`,
      fix,
      'key',
    )
  } else if (superfluous.length > 0) {
    context.report.add(
      'error',
      'superfluous-scope',
      at,
      `The mapping declares ${list(superfluous)} at "${connection}" and never uses it.`,
      fix,
      'key',
    )
  }
}

function entries(scopes: JsonValue): Set<string> {
  if (Array.isArray(scopes)) return new Set(scopes.map(String))
  if (!isJsonObject(scopes)) return new Set()
  return new Set(
    Object.entries(scopes).flatMap(([resource, operations]) =>
      (operations as readonly string[]).map((operation) => `${operation} on ${resource}`),
    ),
  )
}

function list(scopes: readonly string[]): string {
  return scopes.length === 1 ? scopes[0]! : `${scopes.slice(0, -1).join(', ')} and ${scopes.at(-1)}`
}

/** YAML flow style, for a fix that can be pasted. */
function flow(scopes: JsonValue): string {
  if (Array.isArray(scopes)) return `[${scopes.join(', ')}]`
  if (!isJsonObject(scopes)) return canonicalJson(scopes)
  return `{ ${Object.entries(scopes)
    .map(([resource, operations]) => `${resource}: ${flow(operations)}`)
    .join(', ')} }`
}
