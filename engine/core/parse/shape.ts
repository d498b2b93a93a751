import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { Diagnostic } from '../model/diagnostic.ts'
import type { JsonObject, JsonValue } from '../model/json.ts'
import { decideFor, type Faulty } from './choice.ts'
import { LANGUAGE_SCHEMAS } from './language.generated.ts'
import { describeShape, type Places } from './shape-messages.ts'
import { isTimeZone } from './time-zone.ts'

const validators = new Map<object, ValidateFunction>()

/** Faults of a value against one of the language's schemas (by name), or a connector's own; one fault, one message. */
export function shapeFaults(places: Places, schema: string | object, value: unknown): readonly Diagnostic[] {
  const root = (typeof schema === 'string' ? LANGUAGE_SCHEMAS[schema]! : schema) as JsonObject
  const validate = validators.get(root) ?? createAjv().compile(root)
  validators.set(root, validate)
  if (validate(value)) return []
  const found = validate.errors ?? []
  const faulty = faultyIn(found)
  const { $id: _id, ...decided } = decideFor(root, value as JsonValue, root, faulty) as JsonObject
  const again = createAjv().compile({
    ...decided,
    ...(root['$defs'] === undefined ? {} : { $defs: root['$defs'] }),
  })
  // Two branches that fit together where one only may: the decided schema has nothing to say, the whole one has.
  const errors = again(value) ? found : (again.errors ?? [])
  return describeShape(places, root, outermost(errors))
}

function faultyIn(errors: readonly ErrorObject[]): Faulty {
  const pointers = new Set([''])
  for (const { instancePath } of errors)
    for (let end = instancePath.length; end > 0; end = instancePath.lastIndexOf('/', end - 1))
      pointers.add(instancePath.slice(0, end))
  return (pointer) => pointers.has(pointer)
}

/** The schemas are ours: that they are schemas is tested, and not found out again before each is compiled. */
function createAjv(): Ajv2020 {
  const ajv = new Ajv2020({
    allErrors: true,
    strict: false,
    verbose: true,
    validateSchema: false,
    meta: false,
  })
  addFormats.default(ajv)
  ajv.addFormat('time-zone', isTimeZone)
  return ajv
}

/** A choice that nothing fits is one fault; what its branches say is left out, choices within it too (the outer one comes last). */
function outermost(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const choices = errors.filter(({ keyword }) => keyword === 'anyOf' || keyword === 'oneOf')
  const isWithin = (error: ErrorObject, choice: ErrorObject) =>
    error.instancePath.startsWith(`${choice.instancePath}/`) ||
    (error.instancePath === choice.instancePath &&
      error.parentSchema !== choice.parentSchema &&
      errors.indexOf(error) < errors.indexOf(choice))
  return errors.filter((error) => !choices.some((choice) => isWithin(error, choice)))
}
