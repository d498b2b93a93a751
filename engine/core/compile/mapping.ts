import { didYouMean } from '../expression/nearest.ts'
import { typeOfRecorded } from '../expression/type.ts'
import type { ConnectionDefinition, FieldValue } from '../model/connector.ts'
import { type Diagnostic, hasErrors } from '../model/diagnostic.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../model/json.ts'
import type { ErrorPlan, KeepPlan, LinkPlan, Plan, SchedulePlan, SourceMap } from '../model/plan.ts'
import { PLAN_FORMAT } from '../model/plan.ts'
import type { RecordedSamples, RecordedSchema, RecordedSchemas } from '../model/recorded.ts'
import { parseDuration, parsePercent } from '../parse/duration.ts'
import type { ParsedMapping } from '../parse/repository.ts'
import { adoptOf } from './adopt.ts'
import { type AgreeRule, adjustModel, agreeOf, stepOf } from './after-write.ts'
import { alertOf } from './alerts.ts'
import { compareScopes } from './compare-scopes.ts'
import { type Context, condition, pathsBelow, type Variables, versionOf } from './context.ts'
import { compileFields } from './fields.ts'
import { identityOf } from './identity.ts'
import { checkGone, labelOf } from './label-and-gone.ts'
import { meantVariable } from './meant-variable.ts'
import { namespaceOf } from './names.ts'
import { personalPaths } from './personal.ts'
import { createReport, type Path, type Report } from './report.ts'
import { sourceScopes, targetScopes } from './scopes.ts'
import { selectionOf } from './selection.ts'
import { checkTables } from './tables.ts'
import { shapeFor } from './target-field.ts'
import { checkTests, type WrittenTest } from './tests.ts'

/** All a mapping is compiled against. */
export interface Surroundings {
  readonly project: string
  /** By name, environment overrides applied. */
  readonly connections: Readonly<
    Record<string, { readonly definition: ConnectionDefinition; readonly limits: JsonObject | null }>
  >
  /** Every mapping of the repository, for `link`. */
  readonly mappings: Readonly<Record<string, LinkPlan>>
  readonly schemas: RecordedSchemas
  readonly samples: RecordedSamples
}

export interface CompiledMapping {
  /** Null when there are errors. */
  readonly plan: Plan | null
  readonly sourceMap: SourceMap
  readonly diagnostics: readonly Diagnostic[]
  /** Names in `link`, also when there are errors: the order of mappings needs them. */
  readonly links: readonly string[]
  /** Target resources in `match`. */
  readonly matches: readonly string[]
}

/** Checks a mapping against the recorded schemas and compiles it. Every fault is reported; none stops the others. */
export function compileMapping(mapping: ParsedMapping, surroundings: Surroundings): CompiledMapping {
  const report = createReport(mapping.document)
  const value = mapping.value
  const source = endOf(report, surroundings, 'source', value.source)
  const target = endOf(report, surroundings, 'target', value.target)
  const finish = (
    plan: Plan | null,
    links: readonly string[],
    matches: readonly string[],
  ): CompiledMapping => ({
    plan: report.diagnostics.some((diagnostic) => diagnostic.severity === 'error') ? null : plan,
    sourceMap: { file: report.file, places: report.places },
    diagnostics: report.diagnostics,
    links,
    matches,
  })
  if (source === null || target === null) return finish(null, [], [])

  const tables = (value.tables ?? {}) as Plan['tables']
  const uses = {
    reads: new Map<string, Path>(),
    matched: new Map<string, Path>(),
    linked: new Map<string, Path>(),
    refs: new Map<string, Path>(),
    written: new Map<string, Path>(),
    removed: new Map<string, Path>(),
    rows: new Map<string, Set<string>>(),
  }
  const context: Context = {
    report,
    schemas: surroundings.schemas,
    tables,
    mappings: surroundings.mappings,
    target: target.definition,
    targetSchema: target.schema,
    fixed: fixedModels(target.definition, surroundings.schemas),
    uses,
    present: new Set(),
  }
  const meant = meantVariable(mapping)
  if (meant !== null)
    report.add(
      'error',
      'unknown-variable',
      ['source', 'as'],
      `The record is called "${value.source.as}" here, and "${meant}" in the expressions.`,
      { hint: `Did you mean "${meant}"?`, replace: meant },
    )
  // What else is wrong is told all the same.
  const as = meant ?? value.source.as
  const variables: Variables = { [as]: typeOfRecorded(source.schema, [as]) }
  const keep = (value.source.keep ?? []).map((rule, index): KeepPlan | null => {
    const when = condition(
      context,
      ['source', 'keep', index, 'when'],
      rule.when,
      `source.keep.${index}`,
      variables,
    )
    if (when === null) return null
    // A later version comes through a rule for the first time only whatever it says.
    if (rule.firstTimeOnly !== true) for (const place of when.present) context.present.add(place)
    return { when: when.plan, otherwise: rule.otherwise, firstTimeOnly: rule.firstTimeOnly === true }
  })
  const identity = identityOf(
    context,
    ['target', 'identity'],
    value.target.identity,
    'target.identity',
    variables,
    variables[as]!,
    { schema: source.schema, recognisedBy: recognisedBy(value) },
  )
  const label = value.target.label === undefined ? null : labelOf(context, value.target.label, variables)
  checkGone(context, value.target.gone)
  const { fields, shape } = compileFields(context, ['fields'], value.fields, variables)
  const agree = (value.agree ?? []).flatMap(
    (rule, index) => agreeOf(context, index, rule as AgreeRule, variables, shape) ?? [],
  )
  const steps = (value.then ?? []).flatMap(
    (step, index) => stepOf(context, index, step, variables, Object.keys(fields)) ?? [],
  )
  checkTables(context)
  const personal = personalPaths(report, source.schema, as, value.personal)
  const fixed = fixedOf(context)
  const needed = {
    [value.source.connection]: sourceScopes(source.schema, as, uses.reads),
    [value.target.connection]: targetScopes(context, {
      product: adjustModel(context, agree),
      path: [
        'agree',
        (value.agree ?? []).findIndex(({ adjust }) => adjust !== undefined),
        'adjust',
        'product',
      ],
    }),
  }
  // Rights follow from the rest: while something else is wrong, what they should be is not known.
  const declared = (value.scopes ?? {}) as Record<string, JsonValue>
  const linksKnown = [...uses.linked.keys()].every((name) => surroundings.mappings[name]?.resource !== '')
  const fixedKnown = [...uses.refs.keys()].every((name) => context.fixed[name] !== '')
  const connectionsKnown = Object.keys(declared).every((name) => surroundings.connections[name] !== undefined)
  const sound =
    linksKnown &&
    fixedKnown &&
    connectionsKnown &&
    !report.diagnostics.some((diagnostic) => diagnostic.severity === 'error')
  if (sound) compareScopes(report, declared, needed)
  if (sound && !hasErrors(report.diagnostics))
    checkTests(report, (value.tests ?? []) as readonly WrittenTest[], {
      fields,
      calls: steps.map(({ call }) => call),
      source: source.schema,
      samples: surroundings.samples.names(
        source.definition.connector,
        versionOf(source.definition),
        value.source.resource,
      ),
    })
  const links = [...uses.linked.keys()].sort()
  const paths = [...pathsBelow(as, uses.reads)]
  return finish(
    {
      format: PLAN_FORMAT,
      project: surroundings.project,
      mapping: value.mapping,
      namespace: namespaceOf(value),
      description: value.description ?? null,
      owner: value.owner ?? null,
      source: {
        connection: source.definition,
        limits: source.limits,
        resource: value.source.resource,
        as,
        since: value.source.since ?? null,
        selection: selectionOf(source.schema, paths, personal),
        keep: keep.filter((rule) => rule !== null),
      },
      target: {
        connection: target.definition,
        limits: target.limits,
        resource: value.target.resource,
        identity,
        label,
        adopt: adoptOf(context, ['target', 'adopt', 'by'], value.target.adopt, value.fields),
        gone: value.target.gone ?? 'ignore',
        changed: value.target.changed ?? 'new',
        deletedAtTarget: value.target.deletedAtTarget ?? 'park',
        shape: { resource: value.target.resource, fields: shape },
        fixed,
      },
      tables,
      fields,
      agree,
      steps,
      schedule: scheduleOf(value.schedule as JsonObject | undefined),
      priority: value.priority ?? 'normal',
      scopes: Object.fromEntries(Object.entries(needed).map(([name, { scopes }]) => [name, scopes])),
      errors: errorsOf(value.errors as JsonObject | undefined),
      links: Object.fromEntries(
        links.flatMap((name) => (surroundings.mappings[name] ? [[name, surroundings.mappings[name]]] : [])),
      ),
      alerts: (value.alerts ?? []).map(alertOf),
      drift: { added: 'info', unused: 'info', mapped: 'halt', ...((value.drift ?? {}) as JsonObject) },
      readiness: (value.readiness ?? null) as JsonObject | null,
    },
    links,
    [...uses.matched.keys()],
  )
}

/** Expressions of the fields that `adopt` names. */
function recognisedBy({ target, fields }: ParsedMapping['value']): readonly string[] {
  return [target.adopt?.by ?? []].flat().flatMap((name) => {
    const written = fields[name]
    return typeof written === 'string' ? [written.trim()] : []
  })
}

interface End {
  readonly definition: ConnectionDefinition
  readonly limits: JsonObject | null
  readonly schema: RecordedSchema
}

/** Connection and recorded schema of one side. An unknown connection was reported when the files were read. */
function endOf(
  report: Report,
  surroundings: Surroundings,
  side: 'source' | 'target',
  written: { connection: string; resource: string },
): End | null {
  const connection = surroundings.connections[written.connection]
  if (connection === undefined) return null
  const { definition, limits } = connection
  const system = definition.connector
  const version = versionOf(definition)
  const schema = surroundings.schemas.schema(system, version, written.resource)
  if (schema !== null) return { definition, limits, schema }
  const resources = surroundings.schemas.resources(system, version)
  // A version of which nothing is recorded is told once, at the connection.
  if (resources.length > 0) {
    report.add(
      'error',
      'unknown-resource',
      [side, 'resource'],
      `"${written.resource}" is not a recorded resource of ${system} ${version}.`,
      didYouMean(written.resource, resources) ?? `Recorded are: ${resources.join(', ')}.`,
    )
  }
  return null
}

/** Models of the connection's fixed records; empty where the model is not recorded, which is told at the connection. */
function fixedModels(definition: ConnectionDefinition, schemas: RecordedSchemas): Record<string, string> {
  const fixed = definition.settings['fixed']
  if (!isJsonObject(fixed ?? null)) return {}
  return Object.fromEntries(
    Object.entries(fixed as JsonObject).map(([name, record]) => {
      const model = String((record as JsonObject)['model'])
      const schema = schemas.schema(definition.connector, versionOf(definition), model)
      return [name, schema === null ? '' : model]
    }),
  )
}

/** The fixed records that the mapping refers to, typed. */
function fixedOf(context: Context): Plan['target']['fixed'] {
  const settings = context.target.settings['fixed'] as JsonObject | undefined
  return Object.fromEntries(
    [...context.uses.refs.keys()].sort().flatMap((name) => {
      const record = settings?.[name]
      if (!isJsonObject(record ?? null)) return []
      const { model, values } = record as { model: string; values: Record<string, FieldValue> }
      const schema = context.schemas.schema(
        context.targetSchema['x-system'],
        context.targetSchema['x-version'],
        model,
      )
      if (schema === null) return []
      const shape = shapeFor(context, schema, Object.keys(values))
      return [[name, { shape, values }]]
    }),
  )
}

function scheduleOf(written: JsonObject | undefined): SchedulePlan | null {
  if (written === undefined) return null
  const jitter = typeof written['jitter'] === 'string' ? parseDuration(written['jitter']) : 0
  if (typeof written['every'] === 'string') return { every: parseDuration(written['every']), jitter }
  return { cron: String(written['cron']), timezone: String(written['timezone'] ?? 'UTC'), jitter }
}

function errorsOf(written: JsonObject | undefined): ErrorPlan {
  const retry = (written?.['retry'] ?? {}) as JsonObject
  const parked = (written?.['parked'] ?? {}) as JsonObject
  const halt = (written?.['halt'] ?? {}) as JsonObject
  return {
    retry: {
      first: parseDuration(String(retry['first'] ?? '2s')),
      max: parseDuration(String(retry['max'] ?? '5m')),
      attempts: Number(retry['attempts'] ?? 8),
    },
    parked: {
      again: ((parked['again'] as readonly string[] | undefined) ?? ['15m', '2h', '1d']).map(parseDuration),
      escalate: typeof parked['escalate'] === 'string' ? parseDuration(parked['escalate']) : null,
      keepPayload: parseDuration(String(parked['keepPayload'] ?? '90d')),
    },
    halt: { rejected: parsePercent(String(halt['rejected'] ?? '20%')), window: Number(halt['window'] ?? 50) },
  }
}
