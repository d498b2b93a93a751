import type { Filled } from '../expression/better-field.ts'
import { type Checked, checkExpression } from '../expression/check.ts'
import { didYouMean } from '../expression/nearest.ts'
import { parseExpression } from '../expression/parse.ts'
import { constantType, type Type } from '../expression/type.ts'
import type { ConnectionDefinition } from '../model/connector.ts'
import { isJsonObject, type JsonValue } from '../model/json.ts'
import type { ExpressionPlan, Plan } from '../model/plan.ts'
import type { RecordedSchema, RecordedSchemas } from '../model/recorded.ts'
import type { Path, Report } from './report.ts'
import { withoutRecord } from './unrecorded.ts'

/** What the parts of one mapping share while it is compiled. */
export interface Context {
  readonly report: Report
  readonly schemas: RecordedSchemas
  readonly tables: Plan['tables']
  /** Every mapping that `link` may name, with the resource it writes. */
  readonly mappings: Readonly<Record<string, { readonly namespace: string; readonly resource: string }>>
  readonly target: ConnectionDefinition
  readonly targetSchema: RecordedSchema
  /** External ids in `settings.fixed` of the target connection, with their models. */
  readonly fixed: Readonly<Record<string, string>>
  readonly uses: Uses
  /** What has a value in every record that `source.keep` lets through. Grows rule by rule. */
  readonly present: Set<string>
}

/** What the expressions of a mapping turned out to use. Grows while it is compiled. */
export interface Uses {
  /** Absolute source paths, joined by a dot; each with where it is used first, as all of these. */
  readonly reads: Map<string, Path>
  readonly matched: Map<string, Path>
  readonly linked: Map<string, Path>
  readonly refs: Map<string, Path>
  /** Resources of lines and of records of its own, and of lines that are removed. */
  readonly written: Map<string, Path>
  readonly removed: Map<string, Path>
  /** By table, what it may be asked for: keys it has, and others where those are known. Empty: none of its keys. */
  readonly rows: Map<string, Set<string>>
}

export interface CompiledExpression {
  readonly plan: ExpressionPlan
  readonly type: Type
  /** What has a value in every record for which it is true. */
  readonly present: ReadonlySet<string>
  /** Paths of the source fields it reads, the variable's name first. */
  readonly reads: readonly (readonly string[])[]
}

/** What expressions may name, with its type. */
export type Variables = Readonly<Record<string, Type>>

/** The version a connection's schemas are recorded under. */
export function versionOf(definition: ConnectionDefinition): string {
  const version = definition.settings['version'] ?? definition.settings['apiVersion']
  return typeof version === 'string' ? version : ''
}

/**
 * Parses and checks one expression as written (text, number, boolean or `{ constant }`), reports its faults at their places,
 * and notes what it uses. Null when it has faults.
 */
export function expressionAt(
  context: Context,
  where: Path,
  written: unknown,
  planPath: string,
  variables: Variables,
  options: { readonly lookUps: boolean; readonly fills?: Filled } = { lookUps: true },
): CompiledExpression | null {
  context.report.mark(planPath, where)
  if (isJsonObject(written) && 'constant' in written) return constantOf(written['constant'] ?? null)
  if (typeof written === 'number' || typeof written === 'boolean') return constantOf(written)
  if (typeof written !== 'string') return null
  const text = written.trim()
  const parsed = parseExpression(text)
  if (!parsed.ok) {
    context.report.addFaults(where, [parsed.fault])
    return null
  }
  const checked = checkExpression(parsed.expression, {
    variables,
    tables: context.tables,
    mappings: context.mappings,
    recorded: (resource) =>
      context.schemas.schema(context.targetSchema['x-system'], context.targetSchema['x-version'], resource),
    fixed: Object.keys(context.fixed),
    fixedResource: (name) => context.fixed[name] ?? null,
    unrecorded: (resource) => {
      const { 'x-system': system, 'x-version': version } = context.targetSchema
      return (
        didYouMean(resource, context.schemas.resources(system, version)) ??
        withoutRecord(context.schemas, system, version, resource)
      )
    },
    ...(options.fills === undefined ? {} : { fills: options.fills }),
    present: context.present,
  })
  context.report.addFaults(where, checked.faults)
  if (!options.lookUps && checked.lookUps.length > 0) {
    context.report.add(
      'error',
      'look-up-not-allowed',
      where,
      'match, link and ref ask other systems; here only the source record can be used.',
      'Use a field of the source record.',
    )
    return null
  }
  note(context.uses, checked, where)
  return checked.faults.length > 0
    ? null
    : { plan: { cel: text }, type: checked.type, present: checked.present, reads: checked.reads }
}

/** A value written out, as what it is. */
export function constantOf(value: JsonValue): CompiledExpression {
  return { plan: { constant: value }, type: constantType(value), present: new Set(), reads: [] }
}

function note(uses: Uses, checked: Checked, where: Path): void {
  const keep = (used: Map<string, Path>, name: string) => used.has(name) || used.set(name, where)
  for (const path of checked.reads) keep(uses.reads, path.join('.'))
  for (const { table, key } of checked.rows) {
    const keys = uses.rows.get(table) ?? new Set()
    uses.rows.set(table, key === null ? keys : keys.add(key))
  }
  for (const lookUp of checked.lookUps) {
    if (lookUp.kind === 'match') keep(uses.matched, lookUp.resource)
    else if (lookUp.kind === 'link') keep(uses.linked, lookUp.mapping)
    else keep(uses.refs, lookUp.name)
  }
}

/** An expression that is true or false, on the source record (and what else `variables` has), without look-ups. */
export function condition(
  context: Context,
  where: Path,
  written: unknown,
  planPath: string,
  variables: Variables,
) {
  const compiled = expressionAt(context, where, written, planPath, variables, { lookUps: false })
  if (compiled === null) return null
  if (compiled.type.kind !== 'boolean' && compiled.type.kind !== 'unknown') {
    context.report.add(
      'error',
      'not-a-condition',
      where,
      `A condition is true or false; this gives ${compiled.type.kind}.`,
      'Compare it, for example with == or !=.',
    )
    return null
  }
  return compiled
}

/** The paths below a variable, without its name. */
export function* pathsBelow(root: string, reads: ReadonlyMap<string, Path>): Iterable<string> {
  for (const path of reads.keys()) if (path.startsWith(`${root}.`)) yield path.slice(root.length + 1)
}
