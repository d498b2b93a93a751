import type { References, Resolution } from '../core/expression/compile.ts'
import type { Connection } from '../core/model/connector.ts'
import type { LinkPlan, Plan } from '../core/model/plan.ts'
import { joinKey } from '../core/model/record-key.ts'
import type { LinkTarget } from '../store/ledger.ts'

/** Where a leg's look-ups are answered from: the target (`match`, `ref`) and the ledger (`link`). */
export interface ReferenceSources {
  readonly plan: Plan
  readonly target: Connection
  /** Target ids by key of what another mapping wrote. */
  linkTargets(namespace: string, keys: readonly string[]): Promise<ReadonlyMap<string, LinkTarget>>
  /** Has another mapping deliver these records of its source now, where it can; their keys at the source. */
  deliverLinked(mapping: string, keys: readonly string[]): Promise<void>
  readonly signal: AbortSignal
}

/**
 * Answers look-ups in batches. Expressions ask synchronously; what is not known yet is `pending` and noted; `resolve` then asks
 * for all of it, one call a model and field. Hits are kept for the leg, misses for the page.
 */
export interface ReferenceBook extends References {
  /** Answers everything that was pending. False when nothing was. */
  resolve(): Promise<boolean>
  /** A page is done: what was missing may exist by now. */
  forgetMisses(): void
}

interface MatchQuestion {
  readonly resource: string
  readonly field: string
  readonly where: Readonly<Record<string, string | number | boolean>>
  readonly values: Set<string>
}

export function createReferenceBook(sources: ReferenceSources): ReferenceBook {
  const { plan } = sources
  const known = new Map<string, Resolution>()
  const matches = new Map<string, MatchQuestion>()
  const links = new Map<string, Set<string>>()
  const refs = new Set<string>()

  const answer = (id: string, ask: () => void): Resolution => {
    const resolution = known.get(id)
    if (resolution !== undefined) return resolution
    ask()
    return { status: 'pending' }
  }

  return {
    match({ resource, field, value, where }) {
      const question = `${resource}\u0000${field}\u0000${JSON.stringify(where)}`
      return answer(`match\u0000${question}\u0000${value}`, () => {
        const asked = matches.get(question) ?? { resource, field, where, values: new Set() }
        asked.values.add(value)
        matches.set(question, asked)
      })
    },
    link(mapping, key) {
      return answer(`link\u0000${mapping}\u0000${key}`, () => {
        const asked = links.get(mapping) ?? new Set()
        asked.add(key)
        links.set(mapping, asked)
      })
    },
    ref(name) {
      return answer(`ref\u0000${name}`, () => refs.add(name))
    },
    async resolve() {
      const any = matches.size + links.size + refs.size > 0
      for (const [question, asked] of matches) {
        const values = [...asked.values].sort()
        const found = await sources.target.lookUp({
          resource: asked.resource,
          by: { kind: 'field', field: asked.field },
          values,
          where: asked.where,
          fields: [],
          signal: sources.signal,
        })
        const idsByValue = Map.groupBy(found, (record) => record.value)
        for (const value of values) {
          const ids = [...new Set((idsByValue.get(value) ?? []).map((record) => record.id))]
          known.set(`match\u0000${question}\u0000${value}`, resolutionOf(ids))
        }
      }
      for (const [mapping, keys] of links) {
        const linked = plan.links[mapping]
        const targets =
          linked === undefined
            ? new Map<string, LinkTarget>()
            : await linkTargets(sources, mapping, linked, [...keys])
        for (const key of keys)
          known.set(
            `link\u0000${mapping}\u0000${key}`,
            linkResolution(mapping, key, targets.get(joinKey([key]))),
          )
      }
      if (refs.size > 0) {
        const found = await sources.target.lookUp({
          resource: '',
          by: { kind: 'key' },
          values: [...refs],
          where: {},
          fields: [],
          signal: sources.signal,
        })
        const ids = new Map(found.map((record) => [record.value, record.id]))
        for (const name of refs) {
          const id = ids.get(name)
          known.set(`ref\u0000${name}`, id === undefined ? { status: 'missing' } : { status: 'found', id })
        }
      }
      matches.clear()
      links.clear()
      refs.clear()
      return any
    },
    forgetMisses() {
      for (const [id, resolution] of known) if (resolution.status !== 'found') known.delete(id)
    },
  }
}

/** What the linked mapping never met is asked of it by key, all of a page at once; what it parked or left out is not. */
async function linkTargets(
  sources: ReferenceSources,
  mapping: string,
  linked: LinkPlan,
  keys: readonly string[],
): Promise<ReadonlyMap<string, LinkTarget>> {
  const ledgerKey = (key: string): string => joinKey([key])
  const known = await sources.linkTargets(linked.namespace, keys.map(ledgerKey))
  const unmet = linked.bySourceKey ? keys.filter((key) => !known.has(ledgerKey(key))) : []
  if (unmet.length === 0) return known
  await sources.deliverLinked(mapping, unmet)
  return new Map([...known, ...(await sources.linkTargets(linked.namespace, unmet.map(ledgerKey)))])
}

function resolutionOf(ids: readonly string[]): Resolution {
  if (ids.length === 0) return { status: 'missing' }
  return ids.length === 1 ? { status: 'found', id: ids[0]! } : { status: 'ambiguous', ids }
}

function linkResolution(mapping: string, key: string, target: LinkTarget | undefined): Resolution {
  if (target?.targetId != null) return { status: 'found', id: target.targetId }
  if (target?.state === 'filtered')
    return {
      status: 'missing',
      message: `${mapping} left out its record ${key} (a keep rule), so there is nothing to link to.`,
    }
  return { status: 'missing', message: `${mapping} has not delivered its record ${key} yet.` }
}
