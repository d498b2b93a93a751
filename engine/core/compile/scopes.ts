import type { Pointer } from '../model/diagnostic.ts'
import { isJsonObject, type JsonValue } from '../model/json.ts'
import type { RecordedSchema } from '../model/recorded.ts'
import { type Context, pathsBelow } from './context.ts'
import type { Path } from './report.ts'

/** Operations in the order they are written. */
export const OPERATIONS = ['read', 'create', 'write', 'unlink'] as const
export type Operation = (typeof OPERATIONS)[number]

/** What a mapping must be allowed at one connection, and for each right the line that needs it. */
export interface Rights {
  readonly scopes: JsonValue
  /** By right, as `entriesOf` spells it. */
  readonly reasons: ReadonlyMap<string, Pointer>
}

/** Scopes of a source: those of the resource, and of the fields that need one of their own. */
export function sourceScopes(schema: RecordedSchema, as: string, reads: ReadonlyMap<string, Path>): Rights {
  const resource: Pointer = { path: ['source', 'resource'], message: `reads ${schema.title}` }
  const query = schema['x-query']
  if (!isJsonObject(query as JsonValue))
    return {
      scopes: { [schema.title]: ['read'] },
      reasons: new Map([[`read on ${schema.title}`, resource]]),
    }
  const own = ((query as { scopes?: string[] }).scopes ?? []) as string[]
  const scopes = new Map<string, Pointer>(own.map((scope) => [scope, resource]))
  for (const path of pathsBelow(as, reads)) {
    let properties: unknown = schema.properties
    for (const part of path.split('.')) {
      const node = isJsonObject(properties as JsonValue)
        ? (properties as Record<string, JsonValue>)[part]
        : undefined
      if (!isJsonObject(node)) break
      for (const scope of (node['x-scopes'] as string[] | undefined) ?? [])
        if (!scopes.has(scope)) scopes.set(scope, reason(reads, as, path))
      const inner = isJsonObject(node['items'] ?? null) ? (node['items'] as Record<string, JsonValue>) : node
      properties = inner['properties']
    }
  }
  return { scopes: [...scopes.keys()].sort(), reasons: scopes }
}

function reason(reads: ReadonlyMap<string, Path>, as: string, path: string): Pointer {
  const full = `${as}.${path}`
  return { path: reads.get(full) ?? ['source'], message: `reads ${full}` }
}

/** Operations a mapping needs at its target, by resource. */
export function targetScopes(
  context: Context,
  adjust: { readonly product: string | null; readonly path: Path },
): Rights {
  const needed = new Map<string, Set<Operation>>()
  const reasons = new Map<string, Pointer>()
  const need = (resource: string, path: Path, message: string, ...operations: Operation[]) => {
    const set = needed.get(resource) ?? new Set()
    for (const operation of operations) {
      const right = `${operation} on ${resource}`
      if (!set.has(operation)) reasons.set(right, { path, message: `${message} ${resource}` })
      set.add(operation)
    }
    needed.set(resource, set)
  }
  const { title } = context.targetSchema
  const { written, removed, matched, linked, refs } = context.uses
  need(title, ['target', 'resource'], 'writes', 'read', 'create', 'write')
  for (const [resource, path] of written) need(resource, path, 'writes', 'read', 'create', 'write')
  for (const [resource, path] of removed) need(resource, path, 'removes lines of', 'unlink')
  for (const [resource, path] of matched) need(resource, path, 'looks up', 'read')
  for (const [mapping, path] of linked) {
    const resource = context.mappings[mapping]?.resource
    if (resource !== undefined) need(resource, path, `links by "${mapping}" to`, 'read')
  }
  for (const [name, path] of refs) {
    const model = context.fixed[name]
    if (model !== undefined)
      need(model, path, `refers to "${name}", made when it is not there, in`, 'read', 'create')
  }
  if (adjust.product !== null)
    need(adjust.product, adjust.path, 'looks up the product of an adjustment in', 'read')
  const scopes = [...needed]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([resource, found]) => [resource, OPERATIONS.filter((operation) => found.has(operation))])
  return { scopes: Object.fromEntries(scopes), reasons }
}
