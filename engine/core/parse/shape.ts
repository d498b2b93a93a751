import { Ajv2020, type AnySchemaObject, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { nearest } from '../expression/nearest.ts'
import type { Diagnostic } from '../model/diagnostic.ts'
import type { ParsedDocument, Path } from './document.ts'
import { LANGUAGE_SCHEMAS } from './language.generated.ts'

const ajv = new Ajv2020({ allErrors: true, strict: false, verbose: true })
addFormats.default(ajv)

const validators = new Map<object, ValidateFunction>()

/** Faults of a document against one of the language's schemas, or a connector's own; one fault, one message. */
export function shapeFaults(
  document: ParsedDocument,
  schema: string | object,
  value: unknown,
  at: Path = [],
): readonly Diagnostic[] {
  const object = typeof schema === 'string' ? LANGUAGE_SCHEMAS[schema]! : schema
  const validate = validators.get(object) ?? ajv.compile(object as AnySchemaObject)
  validators.set(object, validate)
  if (validate(value)) return []
  const faults = mostTelling(validate.errors ?? []).map((error) => describe(document, error, at))
  const seen = new Set<string>()
  return faults.filter((fault) => {
    const id = `${fault.line}:${fault.column}:${fault.code}`
    if (seen.has(id)) return false
    seen.add(id)
    return true
  })
}

/**
 * `anyOf` reports every branch that failed. What helps is the branch that came closest: the deepest faults below its place; when no
 * branch got anywhere, the `anyOf` itself.
 */
function mostTelling(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const choices = errors.filter((error) => error.keyword === 'anyOf' || error.keyword === 'oneOf')
  let kept = errors.filter((error) => error.keyword !== 'anyOf' && error.keyword !== 'oneOf')
  const outermostFirst = [...choices].sort((a, b) => b.instancePath.length - a.instancePath.length)
  for (const choice of outermostFirst) {
    const inside = kept.filter(
      (error) => error.instancePath.startsWith(choice.instancePath) && isBelow(error, choice),
    )
    const branches = Map.groupBy(inside, (error) => branchOf(error, choice))
    const deep = [...branches.values()].filter((branch) =>
      branch.some(
        (error) =>
          error.instancePath.length > choice.instancePath.length ||
          error.keyword === 'additionalProperties' ||
          error.keyword === 'required',
      ),
    )
    const best = deep.sort((a, b) => score(a) - score(b))[0]
    kept = kept.filter((error) => !inside.includes(error))
    kept.push(...(best ?? [choice]))
  }
  return kept
}

/** The branch with the fewest keys of its own missing or unknown fits best. */
function score(branch: readonly ErrorObject[]): number {
  return branch.reduce(
    (sum, error) => sum + (error.keyword === 'required' ? 3 : error.keyword === 'type' ? 5 : 2),
    0,
  )
}

function isBelow(error: ErrorObject, choice: ErrorObject): boolean {
  return error !== choice && branchOf(error, choice) !== null
}

function branchOf(error: ErrorObject, choice: ErrorObject): string | null {
  const alternatives = (choice.schema as readonly unknown[]) ?? []
  const direct = alternatives.findIndex(
    (alternative) => alternative === error.parentSchema || contains(alternative, error.parentSchema),
  )
  if (direct >= 0) return String(direct)
  const prefix = `${choice.schemaPath}/`
  if (error.schemaPath.startsWith(prefix)) return error.schemaPath.slice(prefix.length).split('/')[0]!
  // A branch that is a reference reports under the definition's own path.
  return error.schemaPath.startsWith('#/$defs/') ? error.schemaPath.split('/').slice(0, 3).join('/') : null
}

function contains(schema: unknown, wanted: unknown): boolean {
  if (typeof schema !== 'object' || schema === null) return false
  return Object.values(schema).some((value) => value === wanted || contains(value, wanted))
}

function describe(document: ParsedDocument, error: ErrorObject, at: Path): Diagnostic {
  const path = [...at, ...pathOf(error.instancePath)]
  const make = (
    where: Path,
    of: 'key' | 'value',
    code: string,
    message: string,
    hint: string | null,
  ): Diagnostic => ({
    ...(of === 'key' ? document.placeOfKey(where) : document.placeOf(where)),
    code,
    severity: 'error',
    message,
    hint,
  })
  const name = path.length === 0 ? 'The file' : `"${String(path.at(-1))}"`
  switch (error.keyword) {
    case 'additionalProperties': {
      const key = String(error.params['additionalProperty'])
      const known = Object.keys((error.parentSchema?.['properties'] ?? {}) as object)
      const near = nearest(key, known)
      return make(
        [...path, key],
        'key',
        'unknown-key',
        `"${key}" is not known here.`,
        near === null ? `Known are: ${known.join(', ')}.` : `Did you mean "${near}"?`,
      )
    }
    case 'required': {
      const key = String(error.params['missingProperty'])
      return make(path, 'key', 'missing-key', `${name} lacks "${key}".`, `Add ${key}: …`)
    }
    case 'enum':
    case 'const': {
      const values = (
        (error.params['allowedValues'] as unknown[] | undefined) ?? [error.params['allowedValue']]
      ).map(String)
      const near = nearest(String(error.data), values)
      return make(
        path,
        'value',
        'not-one-of',
        `${name} is "${String(error.data)}"; it can be ${list(values)}.`,
        near === null ? null : `Did you mean "${near}"?`,
      )
    }
    case 'type':
      return make(
        path,
        'value',
        'wrong-type',
        `${name} is ${kindOf(error.data)}; expected is ${list([error.params['type']].flat().map(String))}.`,
        null,
      )
    case 'pattern':
    case 'format':
      return make(
        path,
        'value',
        'bad-format',
        `${name} is "${String(error.data)}", which does not have the form it needs.`,
        String(
          error.parentSchema?.['description'] ??
            `Expected: ${String(error.params['format'] ?? error.params['pattern'])}`,
        ),
      )
    case 'anyOf':
    case 'oneOf':
      return make(
        path,
        'value',
        'wrong-shape',
        `${name} is ${kindOf(error.data)}, which fits none of its forms.`,
        String(error.parentSchema?.['description'] ?? null),
      )
    default:
      return make(path, 'value', 'wrong-value', `${name} ${error.message ?? 'does not fit'}.`, null)
  }
}

function pathOf(pointer: string): (string | number)[] {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
}

function kindOf(value: unknown): string {
  if (value === null) return 'empty'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a block of keys'
  return typeof value === 'string'
    ? `the text "${value.length > 40 ? `${value.slice(0, 39)}…` : value}"`
    : `the ${typeof value} ${String(value)}`
}

function list(values: readonly string[]): string {
  return values.length < 2 ? (values[0] ?? '') : `${values.slice(0, -1).join(', ')} or ${values.at(-1)}`
}
