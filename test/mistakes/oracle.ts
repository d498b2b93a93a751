import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { recordedSamples } from '../../engine/cli/recorded-files.ts'
import { judgeSample } from '../../engine/core/mapping-test/outcome.ts'
import type { TargetField, TargetShape } from '../../engine/core/model/connector.ts'
import type { JsonObject } from '../../engine/core/model/json.ts'
import type { ExpressionPlan, Plan } from '../../engine/core/model/plan.ts'
import { createTransformer } from '../../engine/core/transform/transformer.ts'
import { ROOT } from '../core/compile/repository.ts'

/**
 * Says of a compiled plan whether it makes sense, without any of the checker's code: the recorded schemas are read as they lie on the
 * disk, names are found in expressions by their spelling, and recorded samples are run to see whether what comes out fits.
 */

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>
  readonly items?: Schema
  readonly enum?: readonly unknown[]
  readonly [annotation: `x-${string}`]: unknown
}

const read = new Map<string, Schema | null>()

function schemaOf(system: string, version: string, resource: string): Schema | null {
  const path = join(ROOT, 'schemas', 'recorded', system, version, `${resource}.schema.json`)
  if (!read.has(path)) {
    let schema: Schema | null = null
    try {
      schema = JSON.parse(readFileSync(path, 'utf8')) as Schema
    } catch {}
    read.set(path, schema)
  }
  return read.get(path)!
}

const versionOf = ({ settings }: Plan['source']['connection']) =>
  String(settings['version'] ?? settings['apiVersion'])

/** What is wrong with a plan; empty when nothing is. */
export function complaintsOf(plan: Plan): readonly string[] {
  const source = schemaOf(
    plan.source.connection.connector,
    versionOf(plan.source.connection),
    plan.source.resource,
  )
  const models = (model: string) =>
    schemaOf(plan.target.connection.connector, versionOf(plan.target.connection), model)
  const target = models(plan.target.resource)
  if (source === null || target === null) return ['source or target is not recorded']
  return [
    ...connectionComplaints(plan),
    ...targetComplaints(plan, target, models),
    ...keyComplaints(plan),
    ...expressionsOf(plan).flatMap(({ at, cel, each }) =>
      [
        ...pathComplaints(cel, variablesOf(plan, source, target, each)),
        ...lookUpComplaints(cel, plan, models),
      ].map((complaint) => `${at}: ${complaint} in ${cel}`),
    ),
    ...sampleComplaints(plan, models),
  ]
}

function connectionComplaints(plan: Plan): string[] {
  const found: string[] = []
  for (const { connection } of [plan.source, plan.target]) {
    const url = connection.settings['url']
    if (typeof url === 'string' && !/^(https:|http:\/\/(localhost|127\.|\[::1\]))/.test(url))
      found.push(`plain ${url}`)
  }
  const { schedule, errors } = plan
  if (schedule !== null && 'every' in schedule && schedule.every < 1000)
    found.push('a schedule without a pause')
  if (schedule !== null && 'cron' in schedule && schedule.cron.split(/\s+/).length !== 5)
    found.push(schedule.cron)
  if (!(errors.halt.rejected >= 0 && errors.halt.rejected <= 1)) found.push(`halt at ${errors.halt.rejected}`)
  if (plan.source.since !== null && Number.isNaN(Date.parse(plan.source.since))) found.push(plan.source.since)
  return found
}

/** Keys are made of what the record, or the line, says. */
function keyComplaints({ source, target, fields }: Plan): string[] {
  const speaksOf = (parts: readonly ExpressionPlan[], variable: string) =>
    parts.some((part) => 'cel' in part && new RegExp(`\\b${variable}\\b`).test(withoutTexts(part.cel)))
  const blocks = Object.values(fields).flatMap((field) => (field.kind === 'lines' ? field.blocks : []))
  return [
    ...(speaksOf(target.identity, source.as) ? [] : ['the identity is the same for every record']),
    ...blocks.flatMap(({ as, identity }) =>
      speaksOf(identity, as) ? [] : [`the identity of every ${as} is the same`],
    ),
  ]
}

function targetComplaints(plan: Plan, target: Schema, models: (model: string) => Schema | null): string[] {
  const found: string[] = []
  const writable = (schema: Schema | null, names: Iterable<string>, where: string) => {
    for (const name of names) {
      const field = schema?.properties?.[name]
      if (field === undefined) found.push(`${where} has no ${name}`)
      else if (field['x-readonly'] === true) found.push(`${where}.${name} is computed`)
    }
  }
  writable(target, Object.keys(plan.fields), plan.target.resource)
  for (const [name, field] of Object.entries(plan.fields)) {
    const model = String(target.properties?.[name]?.['x-relation'])
    if (field.kind === 'record') writable(models(model), Object.keys(field.fields), model)
    if (field.kind === 'lines')
      for (const block of field.blocks) {
        writable(models(model), Object.keys(block.fields), model)
        if (typeof block.gone === 'object') writable(models(model), Object.keys(block.gone.set), model)
        for (const by of block.adopt ?? [])
          if (!(by in block.fields)) found.push(`adopts lines by ${by}, not filled`)
      }
  }
  for (const by of plan.target.adopt?.by ?? [])
    if (!(by in plan.fields)) found.push(`adopts by ${by}, not filled`)
  for (const { target: total } of plan.agree)
    if (target.properties?.[total] === undefined) found.push(`no total ${total}`)
  const actions = Object.keys((target['x-actions'] ?? {}) as object)
  for (const { call } of plan.steps) if (!actions.includes(call)) found.push(`no action ${call}`)
  for (const name of (target as { required?: string[] }).required ?? [])
    if (!(name in plan.fields)) found.push(`${name} is required`)
  return found
}

interface Written {
  readonly at: string
  readonly cel: string
  /** Of the line block it stands in. */
  readonly each: { readonly as: string; readonly list: string } | null
}

function expressionsOf(plan: Plan): readonly Written[] {
  const found: Written[] = []
  const add = (at: string, value: ExpressionPlan | null, each: Written['each'] = null) => {
    if (value !== null && 'cel' in value) found.push({ at, cel: value.cel, each })
  }
  plan.source.keep.forEach(({ when }, index) => {
    add(`keep.${index}`, when)
  })
  plan.target.identity.forEach((part, index) => {
    add(`identity.${index}`, part)
  })
  add('label', plan.target.label)
  plan.agree.forEach(({ equals }, index) => {
    add(`agree.${index}`, equals)
  })
  plan.steps.forEach(({ when, unless }, index) => {
    add(`then.${index}.when`, when)
    add(`then.${index}.unless`, unless)
  })
  for (const [name, field] of Object.entries(plan.fields)) {
    if (field.kind === 'value') add(name, field.value)
    else if (field.kind === 'record') {
      add(`${name}.when`, field.when)
      add(`${name}.otherwise`, field.otherwise)
      for (const [inner, { value }] of Object.entries(field.fields)) add(`${name}.${inner}`, value)
    } else
      for (const block of field.blocks) {
        add(`${name}.each`, block.each)
        const list =
          'cel' in block.each ? (/^[\w.]+?(?=$|\.(filter|map)\()/.exec(block.each.cel)?.[0] ?? '') : ''
        for (const part of block.identity) add(`${name}.identity`, part, { as: block.as, list })
        for (const [inner, { value }] of Object.entries(block.fields))
          add(`${name}.${inner}`, value, { as: block.as, list })
      }
  }
  return found
}

function variablesOf(
  plan: Plan,
  source: Schema,
  target: Schema,
  each: Written['each'],
): ReadonlyMap<string, Schema> {
  const variables = new Map([
    [plan.source.as, source],
    ['target', target],
  ])
  const line = each === null ? null : walk(source, each.list.split('.').slice(1))
  if (each !== null && line !== null) variables.set(each.as, line)
  return variables
}

function walk(schema: Schema, path: readonly string[]): Schema | null {
  return path.reduce<Schema | null>((at, part) => {
    const next = at?.properties?.[part] ?? null
    return next?.items?.properties === undefined ? next : next.items
  }, schema)
}

const withoutTexts = (cel: string) => cel.replace(/"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'/g, '""')

/** Paths such as `order.customer.id` lead somewhere. */
function pathComplaints(cel: string, variables: ReadonlyMap<string, Schema>): string[] {
  const found: string[] = []
  for (const [path] of withoutTexts(cel).matchAll(
    /(?<![\w.)\]])[A-Za-z_]\w*(?:\.\??[A-Za-z_]\w*)+(?!\w|\()/g,
  )) {
    const [variable, ...parts] = path.replaceAll('?', '').split('.')
    const schema = variables.get(variable!)
    if (schema !== undefined && walk(schema, parts) === null) found.push(`${path} is no field`)
  }
  return found
}

function lookUpComplaints(cel: string, plan: Plan, models: (model: string) => Schema | null): string[] {
  const found: string[] = []
  for (const [, model, field] of cel.matchAll(/\bmatch\(\s*"([^"]*)"\s*,\s*"([^"]*)"/g))
    if (models(model!)?.properties?.[field!] === undefined && field !== 'id')
      found.push(`no ${model}.${field}`)
  for (const [, table] of cel.matchAll(/\btable\(\s*"([^"]*)"/g))
    if (!(table! in plan.tables)) found.push(`no table ${table}`)
  for (const [, mapping] of cel.matchAll(/\blink\(\s*"([^"]*)"/g))
    if (!(mapping! in plan.links)) found.push(`no mapping ${mapping}`)
  return found
}

const samples = recordedSamples(ROOT)

/** What comes of the recorded samples fits the target, and none is parked because values of the wrong kind met. */
function sampleComplaints(plan: Plan, models: (model: string) => Schema | null): string[] {
  const { connection, resource } = plan.source
  const of = [connection.connector, versionOf(connection)] as const
  const transformer = createTransformer(plan)
  return samples.names(...of, resource).flatMap((name) => {
    const { outcome } = judgeSample(plan, transformer, samples.sample(...of, name) as JsonObject, {
      missing: [],
      delivered: false,
    })
    if (outcome.kind === 'parked')
      return /is (an?|no) [a-z]+,? (not|and)|takes/.test(outcome.message)
        ? [`${name} is parked at ${outcome.at}: ${outcome.message}`]
        : []
    if (outcome.kind === 'filtered') return []
    const { fields, records, lines } = outcome.values
    const { shape, resource: model } = plan.target
    return [
      ...rowComplaints(fields, shape, models(model)),
      ...Object.entries(records).flatMap(([field, row]) => {
        const own = plan.fields[field]
        return own?.kind === 'record' ? rowComplaints(row, own.shape, models(own.shape.resource)) : []
      }),
      ...Object.entries(lines).flatMap(([field, rows]) => {
        const inner = shape.fields[field]?.lines
        return rows.flatMap((row) =>
          inner === undefined ? [`${field} has no lines`] : rowComplaints(row, inner, models(inner.resource)),
        )
      }),
    ].map((complaint) => `${name}: ${complaint}`)
  })
}

function rowComplaints(
  row: Readonly<Record<string, unknown>>,
  shape: TargetShape,
  schema: Schema | null,
): string[] {
  return Object.entries(row).flatMap(([name, value]) => {
    const field = shape.fields[name]
    if (field === undefined) return [`${name} is not in the shape`]
    return fits(value, field, schema?.properties?.[name]?.enum)
      ? []
      : [`${name} is ${JSON.stringify(value)}, not ${field.type}`]
  })
}

/** Look-ups show as their own text, which names the model. */
function fits(value: unknown, field: TargetField, values: readonly unknown[] | undefined): boolean {
  if (value === null) return field.required !== true
  const isText = typeof value === 'string'
  const isReference = (of: unknown) => {
    const model = /^match\("([^"]*)"/.exec(String(of))?.[1]
    return /^(match|link|ref)\(/.test(String(of)) && (model === undefined || model === field.relation)
  }
  switch (field.type) {
    case 'integer':
      return /^-?\d+$/.test(String(value))
    case 'float':
    case 'decimal':
      return typeof value !== 'boolean' && /^-?\d+(\.\d+)?$/.test(String(value))
    case 'boolean':
      return typeof value === 'boolean'
    case 'date':
      return isText && /^\d{4}-\d\d-\d\d$/.test(value)
    case 'datetime':
      return isText && /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d:\d\d(\.\d+)?Z?)?$/.test(value)
    case 'selection':
      return isText && (values === undefined || values.includes(value))
    case 'many2one':
      return isReference(value)
    case 'many2many':
      return Array.isArray(value) && value.every(isReference)
    default:
      return isText
  }
}
