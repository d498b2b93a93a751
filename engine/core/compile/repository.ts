import { type Diagnostic, sortDiagnostics } from '../model/diagnostic.ts'
import type { Plan, SourceMap } from '../model/plan.ts'
import type { JsonValue } from '../model/json.ts'
import type { Repository } from '../parse/repository.ts'
import { hashOf } from '../transform/fingerprint.ts'
import { type CompiledMapping, compileMapping, type Surroundings } from './mapping.ts'
import { linkOrder } from './order.ts'

/** A plan with its hash and the places its parts were written at. */
export interface HashedPlan {
  readonly hash: string
  readonly plan: Plan
  readonly sourceMap: SourceMap
}

export interface CompiledRepository {
  /** In `link` order; only mappings without errors. */
  readonly plans: readonly HashedPlan[]
  readonly diagnostics: readonly Diagnostic[]
}

/** Compiles every mapping; a fault in one never hides another's. Same files, same hashes. */
export function compileRepository({ mappings: parsed, mappingNames }: Pick<Repository, 'mappings' | 'mappingNames'>, surroundings: Omit<Surroundings, 'mappings'>): CompiledRepository {
  const mappings = Object.values(parsed)
  const known = Object.fromEntries([
    // A mapping with faults of its own is there to link to; what it writes is not known yet.
    ...[...mappingNames].map((name) => [name, { namespace: name, resource: '' }] as const),
    ...mappings.map(({ value }) => [value.mapping, { namespace: value.keys ?? value.mapping, resource: value.target.resource }] as const),
  ])
  const compiled = new Map<string, CompiledMapping>()
  for (const mapping of mappings) compiled.set(mapping.value.mapping, compileMapping(mapping, { ...surroundings, mappings: known }))
  const diagnostics = [...compiled.values()].flatMap((mapping) => mapping.diagnostics)
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
  const order = 'order' in ordered ? ordered.order : [...compiled.keys()]
  const plans = order.flatMap((name): HashedPlan[] => {
    const { plan, sourceMap } = compiled.get(name)!
    return plan === null ? [] : [{ hash: hashOf(plan as unknown as JsonValue), plan, sourceMap }]
  })
  return { plans, diagnostics: sortDiagnostics(diagnostics) }
}
