import { nearest } from '../expression/nearest.ts'
import type { Diagnostic } from '../model/diagnostic.ts'
import { isJsonObject, type JsonValue } from '../model/json.ts'
import type { ParsedDocument, Path } from './document.ts'
import type { Known, Repository } from './repository.ts'

/** One rule over the whole repository. Reports as many faults as it finds and never throws. */
type Rule = (context: {
  readonly repository: Repository
  readonly known: Known
  readonly declared: ReadonlySet<string>
  add: Add
}) => void
type Add = (
  document: ParsedDocument,
  path: Path,
  severity: Diagnostic['severity'],
  code: string,
  message: string,
  hint: string | null,
  of?: 'key' | 'value',
) => void

/** The cross-field rules; faults in files that are broken already are left out. `declared`: names of connections, broken ones too. */
export function namedRules(
  repository: Repository,
  known: Known,
  declared: ReadonlySet<string>,
  broken: ReadonlySet<string>,
): readonly Diagnostic[] {
  const diagnostics: Diagnostic[] = []
  const add: Add = (document, path, severity, code, message, hint, of = 'value') => {
    if (broken.has(document.file)) return
    diagnostics.push({
      ...(of === 'key' ? document.placeOfKey(path) : document.placeOf(path)),
      code,
      severity,
      message,
      hint,
    })
  }
  for (const rule of RULES) rule({ repository, known, declared, add })
  return diagnostics
}

const connectorsExist: Rule = ({ repository, known, add }) => {
  for (const { document, value } of Object.values(repository.connections)) {
    if (known.connectors[value.connector] !== undefined) continue
    add(
      document,
      ['connector'],
      'error',
      'unknown-connector',
      `There is no connector "${value.connector}".`,
      near(value.connector, Object.keys(known.connectors)),
    )
  }
}

const connectionsExist: Rule = ({ repository, declared, add }) => {
  const names = [...new Set([...Object.keys(repository.connections), ...declared])]
  for (const { document, value } of Object.values(repository.mappings)) {
    for (const side of ['source', 'target'] as const) {
      const name = value[side].connection
      if (!names.includes(name))
        add(
          document,
          [side, 'connection'],
          'error',
          'unknown-connection',
          `There is no connection "${name}".`,
          near(name, names),
        )
    }
  }
  for (const [environment, { connections }] of Object.entries(repository.project.environments)) {
    for (const name of Object.keys(connections ?? {})) {
      if (!names.includes(name))
        add(
          repository.project.document,
          ['environments', environment, 'connections', name],
          'error',
          'unknown-connection',
          `There is no connection "${name}" to override.`,
          near(name, names),
          'key',
        )
    }
  }
}

const secretsAreDeclared: Rule = ({ repository, add }) => {
  const declared = Object.keys(repository.project.secrets)
  const used = new Set<string>()
  const check = (document: ParsedDocument, value: JsonValue, path: Path, needsHosts: boolean) => {
    for (const [name, where] of secretsIn(value, path)) {
      used.add(name)
      const declaration = repository.project.secrets[name]
      if (declaration === undefined)
        add(
          document,
          where,
          'error',
          'undeclared-secret',
          `The secret "${name}" is not declared in temporal.yaml.`,
          near(name, declared) ?? 'Declare it under secrets: with from and to.',
        )
      else if (needsHosts && (declaration.to ?? []).length === 0)
        add(
          repository.project.document,
          ['secrets', name],
          'error',
          'secret-without-hosts',
          `The secret "${name}" is sent to a remote system and does not say to which.`,
          'Add to: [host].',
          'key',
        )
    }
  }
  for (const { document, value } of Object.values(repository.connections))
    check(document, value as unknown as JsonValue, [], true)
  if (repository.channels !== null)
    check(repository.channels.document, repository.channels.value as unknown as JsonValue, [], false)
  check(
    repository.project.document,
    repository.project.environments as unknown as JsonValue,
    ['environments'],
    false,
  )
  for (const name of declared) {
    if (!used.has(name))
      add(
        repository.project.document,
        ['secrets', name],
        'warning',
        'unused-secret',
        `No connection, channel or environment uses the secret "${name}".`,
        'Remove it, or use it.',
        'key',
      )
  }
}

function* secretsIn(value: JsonValue, path: Path): Iterable<[string, Path]> {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* secretsIn(item, [...path, index])
  } else if (isJsonObject(value)) {
    const names = Object.keys(value)
    if (names.length === 1 && typeof value['secret'] === 'string')
      yield [value['secret'], [...path, 'secret']]
    else for (const name of names) yield* secretsIn(value[name]!, [...path, name])
  }
}

/** Text that looks like a key or token of a vendor we know, or of anyone. */
const SECRET_LOOKS: readonly RegExp[] = [
  /^shp(at|ss|ca|pa)_[0-9a-f]{16,}/i,
  /^xox[abp]-/,
  /^[0-9a-f]{40}$/i,
  /-----BEGIN [A-Z ]*PRIVATE KEY/,
  /^[a-z][a-z0-9+.-]*:\/\/[^/\s:@]+:[^/\s@]+@/i,
  /^eyJ[\w-]{20,}\.[\w-]{10,}/,
]

const noSecretLiterals: Rule = ({ repository, add }) => {
  const check = (document: ParsedDocument, value: JsonValue, path: Path) => {
    if (typeof value === 'string') {
      if (SECRET_LOOKS.some((look) => look.test(value)))
        add(
          document,
          path,
          'error',
          'secret-literal',
          'This looks like a key or token; files are read by everybody who reviews.',
          'Write { secret: NAME } and declare NAME in temporal.yaml.',
        )
    } else if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) check(document, item, [...path, index])
    } else if (isJsonObject(value)) {
      for (const [name, item] of Object.entries(value)) check(document, item, [...path, name])
    }
  }
  const all = [...Object.values(repository.connections), ...Object.values(repository.mappings)]
  for (const { document, value } of all) check(document, value as unknown as JsonValue, [])
  check(repository.project.document, repository.project.document.value as JsonValue, [])
}

const channelsExist: Rule = ({ repository, add }) => {
  const names = Object.keys(repository.channels?.value.channels ?? {})
  for (const { document, value } of Object.values(repository.mappings)) {
    for (const [index, alert] of (value.alerts ?? []).entries()) {
      for (const [n, channel] of (alert.notify as string[]).entries()) {
        if (!names.includes(channel))
          add(
            document,
            ['alerts', index, 'notify', n],
            'error',
            'unknown-channel',
            `There is no channel "${channel}".`,
            near(channel, names) ?? 'Declare it in mappings/channels.yaml.',
          )
      }
    }
  }
}

const schedulesAreValid: Rule = ({ repository, add }) => {
  for (const { document, value } of Object.values(repository.mappings)) {
    const schedule = value.schedule as { cron?: string; timezone?: string } | undefined
    if (schedule?.cron !== undefined && !isCron(schedule.cron))
      add(
        document,
        ['schedule', 'cron'],
        'error',
        'bad-cron',
        `"${schedule.cron}" is not a cron line of five fields.`,
        'Minute, hour, day, month, weekday: "*/5 8-18 * * MON-FRI".',
      )
    if (schedule?.timezone !== undefined && !isZone(schedule.timezone))
      add(
        document,
        ['schedule', 'timezone'],
        'error',
        'unknown-zone',
        `"${schedule.timezone}" is not a time zone.`,
        'Write it as in Europe/Brussels.',
      )
  }
}

const RANGES = [
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 7],
] as const
const NAMES = [
  [],
  [],
  [],
  ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'],
  ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'],
] as const

function isCron(text: string): boolean {
  const fields = text.trim().split(/\s+/)
  if (fields.length !== 5) return false
  return fields.every((field, index) =>
    field.split(',').every((part) => {
      const match = /^(\*|[^/*-]+)(?:-([^/]+))?(?:\/(\d+))?$/.exec(part)
      if (match === null) return false
      return [match[1], match[2]].every(
        (bound) => bound === undefined || bound === '*' || inRange(bound, index),
      )
    }),
  )
}

function inRange(text: string, index: number): boolean {
  if ((NAMES[index] as readonly string[]).includes(text.toUpperCase())) return true
  const [low, high] = RANGES[index]!
  return /^\d+$/.test(text) && Number(text) >= low && Number(text) <= high
}

function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
    return true
  } catch {
    return false
  }
}

/** Names that an expression or the plan uses for something else. */
const TAKEN_NAMES = new Set([
  'target',
  'true',
  'false',
  'null',
  'in',
  'as',
  'break',
  'const',
  'continue',
  'else',
  'for',
  'function',
  'if',
  'import',
  'let',
  'loop',
  'package',
  'namespace',
  'return',
  'var',
  'void',
  'while',
  'has',
  'when',
  'coalesce',
  'match',
  'link',
  'ref',
  'table',
  'adjust',
])

const namesAreFree: Rule = ({ repository, add }) => {
  for (const { document, value } of Object.values(repository.mappings)) {
    const check = (name: string, path: Path, others: ReadonlySet<string>) => {
      if (TAKEN_NAMES.has(name))
        add(
          document,
          path,
          'error',
          'reserved-name',
          `"${name}" means something else in expressions.`,
          'Choose another name.',
        )
      else if (others.has(name))
        add(
          document,
          path,
          'error',
          'duplicate-name',
          `"${name}" names another block here; lines are known by it.`,
          'Choose another name.',
        )
    }
    check(value.source.as, ['source', 'as'], new Set())
    const taken = new Set([value.source.as])
    for (const [field, written] of Object.entries(value.fields)) {
      const blocks = Array.isArray(written)
        ? written.map((block, index) => [block.as, ['fields', field, index, 'as']] as const)
        : isJsonObject(written as JsonValue) && 'as' in (written as object)
          ? [[(written as { as: string }).as, ['fields', field, 'as']] as const]
          : []
      for (const [name, path] of blocks) {
        check(String(name), path, taken)
        taken.add(String(name))
      }
    }
  }
}

const RULES: readonly Rule[] = [
  connectorsExist,
  connectionsExist,
  secretsAreDeclared,
  noSecretLiterals,
  channelsExist,
  schedulesAreValid,
  namesAreFree,
]

function near(found: string, names: readonly string[]): string | null {
  const name = nearest(found, names)
  if (name !== null) return `Did you mean "${name}"?`
  return names.length === 0 ? null : `There are: ${names.join(', ')}.`
}
