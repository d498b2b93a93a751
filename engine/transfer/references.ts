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

/** One question for many values: what is known of it, and which values wait for an answer. */
interface Question {
  readonly known: Map<string, Resolution>
  readonly asked: Set<string>
}

interface MatchQuestion extends Question {
  readonly resource: string
  readonly field: string
  readonly where: Readonly<Record<string, string | number | boolean>>
}

const PENDING: Resolution = { status: 'pending' }

export function createReferenceBook(sources: ReferenceSources): ReferenceBook {
  const { plan } = sources
  /** By resource, then by field and further conditions. */
  const matches = new Map<string, Map<string, MatchQuestion>>()
  const links = new Map<string, Question>()
  const refs: Question = { known: new Map(), asked: new Set() }
  const allMatches = () => [...matches.values()].flatMap((ofResource) => [...ofResource.values()])
  const all = (): readonly Question[] => [...allMatches(), ...links.values(), refs]

  const answer = ({ known, asked }: Question, value: string): Resolution => {
    const resolution = known.get(value)
    if (resolution !== undefined) return resolution
    asked.add(value)
    return PENDING
  }

  return {
    match({ resource, field, value, where }) {
      const ofResource = madeIfMissing(matches, resource, () => new Map())
      const id = Object.keys(where).length === 0 ? field : `${field}\u0000${JSON.stringify(where)}`
      const question = madeIfMissing(ofResource, id, () => ({
        resource,
        field,
        where,
        known: new Map(),
        asked: new Set(),
      }))
      return answer(question, value)
    },
    link: (mapping, key) =>
      answer(
        madeIfMissing(links, mapping, () => ({ known: new Map(), asked: new Set() })),
        key,
      ),
    ref: (name) => answer(refs, name),
    async resolve() {
      const any = all().some(({ asked }) => asked.size > 0)
      for (const { resource, field, where, known, asked } of allMatches()) {
        if (asked.size === 0) continue
        const values = [...asked].sort()
        const found = await sources.target.lookUp({
          resource,
          by: { kind: 'field', field },
          values,
          where,
          fields: [],
          signal: sources.signal,
        })
        const idsByValue = Map.groupBy(found, (record) => record.value)
        for (const value of values) {
          const ids = [...new Set((idsByValue.get(value) ?? []).map((record) => record.id))]
          known.set(value, resolutionOf(ids))
        }
      }
      for (const [mapping, { known, asked }] of links) {
        if (asked.size === 0) continue
        const linked = plan.links[mapping]
        const targets =
          linked === undefined
            ? new Map<string, LinkTarget>()
            : await linkTargets(sources, mapping, linked, [...asked])
        for (const key of asked) known.set(key, linkResolution(mapping, key, targets.get(joinKey([key]))))
      }
      if (refs.asked.size > 0) {
        const found = await sources.target.lookUp({
          resource: '',
          by: { kind: 'key' },
          values: [...refs.asked],
          where: {},
          fields: [],
          signal: sources.signal,
        })
        const ids = new Map(found.map((record) => [record.value, record.id]))
        for (const name of refs.asked) {
          const id = ids.get(name)
          refs.known.set(name, id === undefined ? { status: 'missing' } : { status: 'found', id })
        }
      }
      for (const { asked } of all()) asked.clear()
      return any
    },
    forgetMisses() {
      for (const { known } of all())
        for (const [value, resolution] of known) if (resolution.status !== 'found') known.delete(value)
    },
  }
}

function madeIfMissing<Value>(map: Map<string, Value>, key: string, make: () => Value): Value {
  const known = map.get(key)
  if (known !== undefined) return known
  const made = make()
  map.set(key, made)
  return made
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
