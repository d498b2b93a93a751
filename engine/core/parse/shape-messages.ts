import type { ErrorObject } from 'ajv/dist/2020.js'
import { didYouMean, nearest } from '../expression/nearest.ts'
import { type Advice, type Advised, type Diagnostic, diagnose, type Resolve } from '../model/diagnostic.ts'
import type { Code } from '../model/diagnostics.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../model/json.ts'
import type { ParsedDocument, Path } from './document.ts'
import { looksLikeSecret, SECRET_LITERAL } from './secret-looks.ts'
import { keyAdvice, standIn } from './unknown-key.ts'

/** A document, or a block of one as though it were one. */
export type Places = Pick<ParsedDocument, 'placeOf' | 'placeOfKey' | 'rawOf' | 'replacing'>
interface Fault {
  readonly path: Path
  readonly of: 'key' | 'value'
  readonly code: Code
  readonly message: string
  readonly hint: Advised
  /** See `Diagnostic`. */
  readonly secret?: true
}

/** What a JSON Schema validator found, in the words of someone who edits the file. Missing keys of one block are one fault. */
export function describeShape(
  places: Places,
  root: JsonObject,
  errors: readonly ErrorObject[],
): readonly Diagnostic[] {
  const missing = Map.groupBy(
    errors.filter(({ keyword }) => keyword === 'required'),
    ({ instancePath }) => instancePath,
  )
  const faults = [
    ...[...missing].flatMap(([pointer, group]) => missingKeys(places, pathOf(pointer), group, errors)),
    ...errors
      // What is wrong with a name is told once, by `propertyNames`.
      .filter(
        ({ keyword, propertyName }) => !['required', 'if'].includes(keyword) && propertyName === undefined,
      )
      .filter((error) => !isCutNumber(error, errors))
      .map((error) => describe(places, root, pathOf(error.instancePath), error)),
  ]
  const seen = new Set<string>()
  return faults.flatMap(({ path, of, code, message, hint, secret }) => {
    const isEmpty = places.rawOf(path)?.text === ''
    const place = of === 'key' || isEmpty ? places.placeOfKey(path) : places.placeOf(path)
    const id = `${place.line}:${place.column}:${code}`
    if (seen.has(id)) return []
    seen.add(id)
    const resolve: Resolve = {
      pointer: (other) => (other.of === 'key' ? places.placeOfKey(other.path) : places.placeOf(other.path)),
      replacement: (text) => places.replacing(path, text, of),
    }
    const told = diagnose(place, { code, severity: 'error', message }, hint, resolve)
    return [secret === true ? { ...told, secret } : told]
  })
}

/** `atMost: 0,05` inside `{ }`: what stands before the comma is not wrong, what the comma made a key is. */
function isCutNumber({ keyword, instancePath }: ErrorObject, errors: readonly ErrorObject[]): boolean {
  const block = instancePath.slice(0, instancePath.lastIndexOf('/'))
  return (
    /imum$/i.test(keyword) &&
    errors.some(
      ({ instancePath: at, params }) => at === block && /^\d+$/.test(String(params['additionalProperty'])),
    )
  )
}

/** There is one version of the language, so that which one is missing is known. */
function versionKey(places: Places): Advice {
  const { file, line, column } = places.placeOf([])
  const text = `tidelock: 1\n${' '.repeat(column - 1)}`
  return {
    hint: 'Begin the file with tidelock: 1.',
    title: 'Write tidelock: 1',
    safe: true,
    edits: [{ file, line, column, endLine: line, endColumn: column, text }],
  }
}

/** A key that is there under a misspelt name is not missing: the unknown key says so. */
function missingKeys(
  places: Places,
  path: Path,
  missing: readonly ErrorObject[],
  errors: readonly ErrorObject[],
): readonly Fault[] {
  const meant = errors
    .filter(
      ({ keyword, instancePath }) =>
        keyword === 'additionalProperties' && instancePath === missing[0]!.instancePath,
    )
    .map((error) =>
      nearest(
        String(error.params['additionalProperty']),
        Object.keys(error.parentSchema?.['properties'] ?? {}),
      ),
    )
  const names = [...new Set(missing.map((error) => String(error.params['missingProperty'])))].filter(
    (name) => !meant.includes(name),
  )
  if (names.length === 0 || isSaidOtherwise(names, missing[0]!, errors)) return []
  const fault: Fault = {
    path,
    of: 'key',
    code: 'missing-key',
    message: `${nameOf(path)} lacks ${list(
      names.map((name) => `"${name}"`),
      'and',
    )}.`,
    hint:
      path.length === 0 && names.join() === 'tidelock'
        ? versionKey(places)
        : `Add ${names.map((name) => `${name}: …`).join(', ')}`,
  }
  return [fault]
}

/** A key that is missing because something else stands for it: `{ env: X }` for a secret, a value without its key. The other is told. */
function isSaidOtherwise(
  names: readonly string[],
  { instancePath }: ErrorObject,
  errors: readonly ErrorObject[],
): boolean {
  return (
    names.length === 1 &&
    errors.some(
      (error) =>
        error.keyword === 'additionalProperties' &&
        error.instancePath === instancePath &&
        standIn(String(error.params['additionalProperty']), pathOf(instancePath), error) !== null,
    )
  )
}

function describe(places: Places, root: JsonObject, path: Path, error: ErrorObject): Fault {
  const make = (code: Code, message: string, hint: Advised, of: 'key' | 'value' = 'value'): Fault => ({
    path,
    of,
    code,
    message,
    hint,
  })
  const name = nameOf(path)
  const told = (error.parentSchema?.['description'] ?? null) as string | null
  switch (error.keyword) {
    case 'additionalProperties':
      return unknownKey(root, path, error)
    case 'propertyNames':
      return {
        ...make(
          'bad-name',
          `"${error.params['propertyName']}" is not a name that can stand here.`,
          told,
          'key',
        ),
        path: [...path, String(error.params['propertyName'])],
      }
    case 'enum':
    case 'const': {
      const values = (
        (error.params['allowedValues'] as unknown[] | undefined) ?? [error.params['allowedValue']]
      ).map(String)
      if (path.length === 1 && path[0] === 'tidelock')
        return make(
          'unknown-version',
          `This is language version ${show(error.data)}; version ${values[0]} is read here.`,
          'Write tidelock: 1.',
        )
      return make(
        'not-one-of',
        `${name} is ${show(error.data)}; it can be ${list(values, 'or')}.`,
        didYouMean(String(error.data), values),
      )
    }
    case 'type': {
      const types = [error.params['type'] as string | string[]].flat()
      const wantsSecret = 'secret' in ((error.parentSchema?.['properties'] ?? {}) as JsonObject)
      if (wantsSecret && ['string', 'number'].includes(typeof error.data))
        return perhapsSecret(
          make(
            'wrong-kind',
            `${name} is a ${typeof error.data === 'string' ? 'text' : 'number'}; expected is the name of a secret.`,
            'Write { secret: NAME } and declare NAME in temporal.yaml.',
          ),
          error.data,
        )
      const expected = list(
        types.map((type) => WORDS[type] ?? type),
        'or',
      )
      return make(
        'wrong-kind',
        `${name} is ${kindOf(error.data)}; expected is ${expected}.`,
        typeHint(places, path, error, types) ??
          blockHint(error) ??
          ((error.parentSchema?.['x-form'] ?? told) as string | null),
      )
    }
    case 'pattern':
    case 'format':
      // Where it is asked where a secret comes from, people paste the secret itself.
      if (path[0] === 'secrets' && path.at(-1) === 'from')
        return perhapsSecret(make('bad-format', `${name} does not have the form it needs.`, told), error.data)
      return make(
        'bad-format',
        `${name} is ${show(error.data)}, which does not have the form it needs.`,
        ((error.parentSchema?.['x-form'] ?? told) as string | null) ??
          `Expected: ${String(error.params['format'] ?? error.params['pattern'])}`,
      )
    case 'anyOf':
    case 'oneOf':
      return make(
        'wrong-shape',
        `${name} is ${kindOf(error.data)}, which fits none of its forms.`,
        path.at(-1) === 'schedule' &&
          isJsonObject(error.data as JsonValue) &&
          Object.hasOwn(error.data as object, 'every')
          ? `Write one of the two. ${told}`
          : told,
      )
    case 'minProperties':
    case 'minItems':
    case 'minLength':
      return make('empty', `${name} is empty.`, told)
    case 'minimum':
    case 'exclusiveMinimum':
    case 'maximum':
    case 'exclusiveMaximum':
      return make(
        'out-of-range',
        `${name} is ${show(error.data)}; it ${error.message ?? 'does not fit'}.`,
        told,
      )
    default:
      return make('wrong-value', `${name} ${error.message ?? 'does not fit'}.`, told)
  }
}

/** What stands where a secret is only named may be the secret: it is not shown, and said to be one where it looks so. */
function perhapsSecret(fault: Fault, value: unknown): Fault {
  return looksLikeSecret(String(value)) ? { ...fault, ...SECRET_LITERAL } : { ...fault, secret: true }
}

function unknownKey(root: JsonObject, path: Path, error: ErrorObject): Fault {
  const key = String(error.params['additionalProperty'])
  return {
    path: [...path, key],
    of: 'key',
    code: 'unknown-key',
    message: `"${key}" is not known ${path.length === 0 ? 'here' : `under ${nameOf(path)}`}.`,
    hint: keyAdvice(root, key, path, error),
  }
}

const SWITCHES: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  on: true,
  false: false,
  no: false,
  off: false,
}

/** A number where a text should be needs quotes (if it has the form then), and a quoted number none. */
function typeHint(
  places: Places,
  path: Path,
  { data: value, parentSchema }: ErrorObject,
  types: readonly string[],
): Advised {
  const scalar = places.rawOf(path)
  const raw = scalar?.text ?? null
  const written = (hint: string, text: string): Advice => ({
    hint,
    title: `Write ${text}`,
    safe: true,
    edits: scalar === null ? [] : [{ ...scalar.place, text }],
  })
  const form = new RegExp((parentSchema?.['pattern'] as string | undefined) ?? '')
  // What is empty was left out, and is not the word "null".
  if (
    value !== null &&
    typeof value !== 'string' &&
    types.includes('string') &&
    raw !== null &&
    raw !== '' &&
    form.test(raw)
  )
    return written(`Quote it: "${raw}".`, `"${raw}"`)
  const known = typeof value === 'string' ? SWITCHES[value.toLowerCase()] : undefined
  if (known !== undefined && types.includes('boolean'))
    return written(`Write ${known}, without quotation marks.`, String(known))
  if (
    typeof value === 'string' &&
    value !== '' &&
    Number.isFinite(Number(value)) &&
    (types.includes('number') || types.includes('integer'))
  )
    return written(`Write ${value} without quotation marks.`, value)
  if (types.length === 1 && types[0] === 'array' && typeof value === 'string')
    return written(`Write [${value}].`, `[${raw}]`)
  return null
}

/** A scalar where a block should be: the block with the keys it needs. */
function blockHint({ data, params, parentSchema }: ErrorObject): string | null {
  const required = (parentSchema?.['required'] ?? []) as readonly string[]
  if (params['type'] !== 'object' || required.length === 0 || typeof data === 'object') return null
  return required.length === 1
    ? `Write { ${required[0]}: ${JSON.stringify(data)} }.`
    : `Write { ${required.map((name) => `${name}: …`).join(', ')} }.`
}

function pathOf(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
}

/** `"source"`, or for an item of a list `"alerts" item 2`. */
function nameOf(path: Path): string {
  if (path.length === 0) return 'The file'
  const last = String(path.at(-1))
  return /^\d+$/.test(last) && path.length > 1
    ? `"${String(path.at(-2))}" item ${Number(last) + 1}`
    : `"${last}"`
}

const WORDS: Readonly<Record<string, string>> = {
  object: 'a block of keys',
  array: 'a list',
  string: 'a text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  null: 'null',
}

function kindOf(value: unknown): string {
  if (value === null) return 'empty'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a block of keys'
  return typeof value === 'string'
    ? `the text ${show(value)}`
    : typeof value === 'number'
      ? `the number ${value}`
      : String(value)
}

function show(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value as JsonValue)
  if (looksLikeSecret(text)) return '"…"'
  const short = text.length > 40 ? `${text.slice(0, 39)}…` : text
  return typeof value === 'string' ? `"${short}"` : short
}

function list(values: readonly string[], word: string): string {
  return values.length < 2 ? (values[0] ?? '') : `${values.slice(0, -1).join(', ')} ${word} ${values.at(-1)}`
}
