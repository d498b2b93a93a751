import type { JsonValue } from '../model/json.ts'
import { canonicalJson, isJsonObject } from '../model/json.ts'
import type { Plan } from '../model/plan.ts'
import { alertDifferences } from './alert-diff.ts'
import { identityFaults } from './identity.ts'

/** What stands in the files. */
export interface DesiredMapping {
  readonly plan: Plan
  readonly hash: string
  /** How its timing reads; the same text for the same timing. */
  readonly timing: string
  /** The name it had before, as `moved` says. */
  readonly movedFrom: string | null
}

/** What the store says was applied, and how much hangs on it. */
export interface AppliedMapping {
  readonly plan: Plan
  readonly hash: string
  /** Ledger rows of its namespace that have something at the target. */
  readonly delivered: number
}

/** What Temporal says. */
export interface ScheduledMapping {
  readonly planHash: string | null
  readonly timing: string
  readonly paused: boolean
  readonly pauseNote: string | null
}

export type Action = 'create' | 'update' | 'none' | 'remove'

/** One mapping's difference between the files and what is live. Data; how it is shown is somebody else's matter. */
export interface MappingChange {
  readonly mapping: string
  /** The name under which it runs until this is applied. Null: the same. */
  readonly movedFrom: string | null
  readonly action: Action
  readonly hash: string | null
  readonly appliedHash: string | null
  /** What differs, a line each: `fields.note: "order.note" → "order.tags"`. */
  readonly differences: readonly string[]
  /** What follows from it, in sentences. */
  readonly consequences: readonly string[]
  /** Why it cannot be applied. */
  readonly refusals: readonly string[]
}

export interface Situation {
  readonly desired: readonly DesiredMapping[]
  readonly applied: Readonly<Record<string, AppliedMapping>>
  readonly scheduled: Readonly<Record<string, ScheduledMapping>>
}

/** Files against store against Temporal: a hand edit in the Temporal UI is a difference too. */
export function diffMappings({ desired, applied, scheduled }: Situation): readonly MappingChange[] {
  const names = new Set([
    ...desired.map(({ plan }) => plan.mapping),
    ...Object.keys(applied),
    ...Object.keys(scheduled),
  ])
  const desiredByName = new Map(desired.map((mapping) => [mapping.plan.mapping, mapping]))
  const moves = new Map(
    desired.flatMap(({ plan, movedFrom }) =>
      movedFrom !== null && applied[plan.mapping] === undefined && applied[movedFrom] !== undefined
        ? [[plan.mapping, movedFrom] as const]
        : [],
    ),
  )
  const left = [...names].filter((name) => !desiredByName.has(name) && ![...moves.values()].includes(name))
  return [...names].sort().flatMap((name) => {
    const wanted = desiredByName.get(name) ?? null
    const from = moves.get(name) ?? null
    const before = applied[from ?? name] ?? null
    const live = scheduled[name] ?? null
    if (wanted === null) return left.includes(name) ? [removal(name, before)] : []
    if (before === null)
      return [
        creation(
          wanted,
          live,
          left.flatMap((other) => applied[other] ?? []),
        ),
      ]
    return [from === null ? update(wanted, before, live) : move(wanted, before, scheduled[from] ?? null)]
  })
}

/** The mapping has another name: what was delivered, parked and read under the old one goes on under the new one. */
function move(wanted: DesiredMapping, before: AppliedMapping, old: ScheduledMapping | null): MappingChange {
  const from = before.plan.mapping
  const change = update(wanted, before, null)
  return {
    ...change,
    action: 'update',
    movedFrom: from,
    consequences: [
      `${from} goes on under the name ${wanted.plan.mapping}: ${count(before.delivered, 'record')} delivered before stay its own.`,
      ...change.consequences,
    ],
    refusals: [
      ...change.refusals,
      ...(old?.paused === true
        ? [`The schedule of ${from} is paused${noteOf(old)}, and a pause does not move. Resume it first.`]
        : []),
    ],
  }
}

function noteOf({ pauseNote }: ScheduledMapping): string {
  return pauseNote ? ` (${pauseNote})` : ''
}

function creation(
  wanted: DesiredMapping,
  live: ScheduledMapping | null,
  left: readonly AppliedMapping[],
): MappingChange {
  const { plan } = wanted
  const consequences = [
    `A new flow: ${plan.source.connection.name} ${plan.source.resource} → ${plan.target.connection.name} ${plan.target.resource}, ${wanted.timing}.`,
    plan.source.since === null
      ? 'The first run reads everything the source has.'
      : `The first run reads what changed since ${plan.source.since}.`,
    ...callsADay(plan),
  ]
  if (live !== null)
    consequences.push('A schedule of that name is there already and will be brought to the plan.')
  return {
    mapping: plan.mapping,
    movedFrom: null,
    action: 'create',
    hash: wanted.hash,
    appliedHash: null,
    differences: [],
    consequences,
    refusals: left.filter((other) => movesTheSame(other.plan, plan)).flatMap(renameRefusals),
  }
}

function update(
  wanted: DesiredMapping,
  before: AppliedMapping,
  live: ScheduledMapping | null,
): MappingChange {
  const differences =
    before.hash === wanted.hash
      ? []
      : [
          ...differencesOf(before.plan as unknown as JsonValue, wanted.plan as unknown as JsonValue, ''),
          ...alertDifferences(before.plan.alerts, wanted.plan.alerts),
        ]
  const consequences: string[] = []
  const refusals = before.delivered === 0 ? [] : identityRefusals(wanted.plan, before)
  const scheduleDifferences = scheduleDrift(wanted, before, live)
  if (before.hash !== wanted.hash && before.delivered > 0 && touchesRecords(before.plan, wanted.plan)) {
    const what =
      wanted.plan.target.changed === 'all'
        ? 'are written again (changed: all)'
        : 'stay as they are until the source changes; `apply --rewrite` writes them again'
    consequences.push(`${count(before.delivered, 'record')} delivered before ${what}.`)
  }
  if (live?.paused === true) consequences.push(`The schedule is paused${noteOf(live)} and stays paused.`)
  if (
    before.hash !== wanted.hash &&
    canonicalJson(before.plan.schedule as never) !== canonicalJson(wanted.plan.schedule as never)
  )
    consequences.push(...callsADay(wanted.plan))
  const changed = before.hash !== wanted.hash || scheduleDifferences.length > 0
  return {
    mapping: wanted.plan.mapping,
    movedFrom: null,
    action: changed ? 'update' : 'none',
    hash: wanted.hash,
    appliedHash: before.hash,
    differences: [...differences, ...scheduleDifferences],
    consequences,
    refusals,
  }
}

function removal(name: string, before: AppliedMapping | null): MappingChange {
  return {
    mapping: name,
    movedFrom: null,
    action: 'remove',
    hash: null,
    appliedHash: before?.hash ?? null,
    differences: [],
    consequences: [
      'It is no longer in the files. Nothing is removed without `apply --prune`; its ledger stays in any case.',
    ],
    refusals: [],
  }
}

/** Edits made in Temporal's own UI, and schedules that are not there. A schedule with the plan applied last is as it should be. */
function scheduleDrift(
  wanted: DesiredMapping,
  before: AppliedMapping,
  live: ScheduledMapping | null,
): string[] {
  if (wanted.plan.schedule === null) return live === null ? [] : ['schedule: removed from the file']
  if (live === null) return ['schedule: missing in Temporal']
  const drift: string[] = []
  if (live.timing !== wanted.timing) drift.push(`schedule in Temporal: ${live.timing} → ${wanted.timing}`)
  if (live.planHash !== before.hash && live.planHash !== wanted.hash)
    drift.push(`plan of the schedule: ${short(live.planHash)} → ${short(wanted.hash)}`)
  return drift
}

function identityRefusals(wanted: Plan, before: AppliedMapping): string[] {
  return identityFaults(before.plan, wanted).map(
    (fault) => `${count(before.delivered, 'record')} would be created again, in whole or in part. ${fault}`,
  )
}

function renameRefusals({ plan, delivered }: AppliedMapping): string[] {
  if (delivered === 0) return []
  return [
    `It moves what ${plan.mapping} moved, which is no longer in the files: ${count(delivered, 'record')} would be created again. If it is the same mapping under another name, write moved: { from: ${plan.mapping} }; if not, remove the old one first with apply --prune.`,
  ]
}

function movesTheSame(before: Plan, wanted: Plan): boolean {
  const part = ({ source, target }: Plan) =>
    [source.connection.name, source.resource, target.connection.name, target.resource].join(' ')
  return part(before) === part(wanted) && before.namespace !== wanted.namespace
}

/** Whether the change could alter what a record looks like at the target. */
function touchesRecords(before: Plan, wanted: Plan): boolean {
  const part = (plan: Plan) =>
    canonicalJson([plan.fields, plan.tables, plan.agree, plan.steps] as unknown as JsonValue)
  return part(before) !== part(wanted)
}

function callsADay(plan: Plan): string[] {
  if (plan.schedule === null || !('every' in plan.schedule)) return []
  const runs = Math.floor(86_400_000 / plan.schedule.every)
  const { connection, limits } = plan.source
  const perDay = limits?.['perDay']
  const of = typeof perDay === 'number' ? `, of the ${perDay} calls a day of ${connection.name}` : ''
  return [`${count(runs, 'run')} a day; one with nothing to do asks the source once${of}.`]
}

const MOST_DEEP = 8

/** Parts of a plan that follow from others: what changed there is told where it was written. */
const DERIVED = ['source.selection', 'target.shape', 'links']
/** Told in words of their own. */
const IN_WORDS = ['alerts']

/** What differs between two values, a line each: where, before and after. */
export function differencesOf(before: JsonValue, after: JsonValue, path: string, depth = 0): string[] {
  if ([...DERIVED, ...IN_WORDS].includes(path) || canonicalJson(before) === canonicalJson(after)) return []
  if (isJsonObject(before) && isJsonObject(after) && depth < MOST_DEEP && !isLeaf(before) && !isLeaf(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()
    return names.flatMap((name) => {
      const place = path === '' ? name : `${path}.${name}`
      if (!(name in before)) return [`${place}: added ${shown(after[name]!)}`]
      if (!(name in after)) return [`${place}: removed (was ${shown(before[name]!)})`]
      return differencesOf(before[name]!, after[name]!, place, depth + 1)
    })
  }
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length && depth < MOST_DEEP) {
    return before.flatMap((item, index) => differencesOf(item, after[index], `${path}.${index}`, depth + 1))
  }
  return [`${path}: ${shown(before)} → ${shown(after)}`]
}

function isLeaf(value: JsonValue): boolean {
  return isJsonObject(value) && ('cel' in value || 'constant' in value)
}

function shown(value: JsonValue): string {
  if (isJsonObject(value)) {
    if (typeof value['cel'] === 'string') return value['cel']
    if ('constant' in value) return JSON.stringify(value['constant'])
    if (value['kind'] === 'value' && isJsonObject(value['value'] ?? null)) return shown(value['value']!)
  }
  const text = canonicalJson(value)
  return text.length > 120 ? `${text.slice(0, 117)}…` : text
}

function short(hash: string | null): string {
  return hash === null ? 'none' : hash.slice(0, 12)
}

function count(number: number, noun: string): string {
  return `${number.toLocaleString('en-US')} ${noun}${number === 1 ? '' : 's'}`
}
