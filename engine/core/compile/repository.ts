import { type Diagnostic, sortDiagnostics } from '../model/diagnostic.ts'
import type { JsonValue } from '../model/json.ts'
import type { LinkPlan, Plan, SourceMap } from '../model/plan.ts'
import type { ParsedMapping, Repository } from '../parse/repository.ts'
import { hashOf } from '../transform/fingerprint.ts'
import { connectionFaults } from './connections.ts'
import { versionOf } from './context.ts'
import { type CompiledMapping, compileMapping, type Surroundings } from './mapping.ts'
import { nameFaults, namespaceOf } from './names.ts'
import { linkOrder } from './order.ts'

/** A plan with its hash and the places its parts were written at. */
export interface HashedPlan {
  readonly hash: string
  readonly plan: Plan
  readonly sourceMap: SourceMap
  /** The name the mapping had before, as `moved` says; the plan does not depend on it. */
  readonly movedFrom: string | null
}

export interface CompiledRepository {
  /** In `link` order; only mappings without errors. */
  readonly plans: readonly HashedPlan[]
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * `link` order, and among mappings that no link orders, those that write what others look up with `match` first: products before
 * orders. A wish, not a rule: where wishes go in a circle the links alone decide.
 */
function orderOf(
  compiled: ReadonlyMap<string, CompiledMapping>,
  known: Readonly<Record<string, { readonly resource: string }>>,
): readonly string[] {
  const links = Object.fromEntries([...compiled].map(([name, mapping]) => [name, mapping.links]))
  const wishes = Object.fromEntries(
    [...compiled].map(([name, mapping]) => {
      const writers = [...compiled.keys()].filter(
        (other) => other !== name && mapping.matches.includes(known[other]?.resource ?? ''),
      )
      return [name, [...mapping.links, ...writers]]
    }),
  )
  const wished = linkOrder(wishes)
  if ('order' in wished) return wished.order
  const linked = linkOrder(links)
  return 'order' in linked ? linked.order : [...compiled.keys()]
}

function isRecorded(
  { connection, resource }: { readonly connection: string; readonly resource: string },
  { connections, schemas }: Omit<Surroundings, 'mappings'>,
): boolean {
  const definition = connections[connection]?.definition
  return (
    definition !== undefined && schemas.schema(definition.connector, versionOf(definition), resource) !== null
  )
}

function linkPlanOf({ value }: ParsedMapping, surroundings: Omit<Surroundings, 'mappings'>): LinkPlan {
  const { source, target } = value
  const definition = surroundings.connections[source.connection]?.definition
  const schema =
    definition === undefined
      ? null
      : surroundings.schemas.schema(definition.connector, versionOf(definition), source.resource)
  const [field, ...further] = schema?.['x-key'] ?? []
  return {
    namespace: namespaceOf(value),
    // One that is misspelt is told where it is written; what it needs is not known.
    resource: isRecorded(value.target, surroundings) ? target.resource : '',
    bySourceKey: further.length === 0 && target.identity === `${source.as}.${field}`,
  }
}

/** What is not recorded of a connection concerns every mapping that uses it, and is told at the first. */
function onceEach(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const told = new Set<string>()
  return diagnostics.filter(({ code, message }) => {
    if (code !== 'unrecorded-version') return true
    if (told.has(message)) return false
    told.add(message)
    return true
  })
}

/** Compiles a mapping again only when its file or what it is compiled against has changed since the last time. */
export function rememberingCompiler(): typeof compileMapping {
  const last = new Map<
    string,
    { document: unknown; schemas: unknown; around: string; compiled: CompiledMapping }
  >()
  return (mapping, surroundings) => {
    const { document, value } = mapping
    const { schemas, project, mappings, connections } = surroundings
    const around = JSON.stringify([project, mappings, connections])
    const before = last.get(value.mapping)
    if (before?.document === document && before.schemas === schemas && before.around === around)
      return before.compiled
    const compiled = compileMapping(mapping, surroundings)
    last.set(value.mapping, { document, schemas, around, compiled })
    return compiled
  }
}

/** Compiles every mapping; a fault in one never hides another's. Same files, same hashes. */
export function compileRepository(
  {
    mappings: parsed,
    mappingNames,
    connections,
  }: Pick<Repository, 'mappings' | 'mappingNames' | 'connections'>,
  surroundings: Omit<Surroundings, 'mappings'>,
  compile: typeof compileMapping = compileMapping,
): CompiledRepository {
  const mappings = Object.values(parsed)
  const known = Object.fromEntries([
    // A mapping with faults of its own is there to link to; what it writes is not known yet.
    ...[...mappingNames].map(
      (name) => [name, { namespace: name, resource: '', bySourceKey: false }] as const,
    ),
    ...mappings.map((mapping) => [mapping.value.mapping, linkPlanOf(mapping, surroundings)] as const),
  ])
  const compiled = new Map<string, CompiledMapping>()
  for (const mapping of mappings)
    compiled.set(mapping.value.mapping, compile(mapping, { ...surroundings, mappings: known }))
  const diagnostics = [
    ...onceEach([...compiled.values()].flatMap((mapping) => mapping.diagnostics)),
    ...nameFaults(mappings, mappingNames),
    ...connectionFaults(connections, mappings, surroundings),
  ]
  const ordered = linkOrder(Object.fromEntries([...compiled].map(([name, mapping]) => [name, mapping.links])))
  if ('cycle' in ordered) {
    const first = mappings.find(({ value }) => value.mapping === ordered.cycle[0])!
    const place = first.document.placeOf(['mapping'])
    diagnostics.push({
      ...place,
      code: 'link-cycle',
      severity: 'error',
      message: `Mappings link in a circle: ${ordered.cycle.join(' → ')}. Nothing could be written first.`,
      hint: 'Remove one of the links.',
    })
  }
  const order = 'order' in ordered ? orderOf(compiled, known) : [...compiled.keys()]
  const plans = order.flatMap((name): HashedPlan[] => {
    const { plan, sourceMap } = compiled.get(name)!
    const movedFrom = parsed[name]?.value.moved?.from ?? null
    return plan === null ? [] : [{ hash: hashOf(plan as unknown as JsonValue), plan, sourceMap, movedFrom }]
  })
  return { plans, diagnostics: sortDiagnostics(diagnostics) }
}
