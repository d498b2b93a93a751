import { didYouMean, isOnlyNear, nearest } from '../expression/nearest.ts'
import { type Diagnostic, diagnose, hasErrors, sortDiagnostics } from '../model/diagnostic.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../model/json.ts'
import { type ParsedDocument, parseDocument } from './document.ts'
import type { ChannelsFile, ConnectionFile, MappingFile, SettingsFile } from './language.generated.ts'
import { withWordsAsTexts } from './rules/bare-words.ts'
import { takenNames } from './rules/names.ts'
import { namedRules } from './rules.ts'
import { shapeFaults } from './shape.ts'

export { applyEnvironment } from './environment.ts'

export interface ParsedMapping {
  readonly document: ParsedDocument
  readonly value: MappingFile
}
export interface ParsedConnection {
  readonly document: ParsedDocument
  readonly value: ConnectionFile
}

/** A repository of mappings, read: every file typed, and knowing where each value stands. */
export interface Repository {
  readonly project: {
    readonly document: ParsedDocument
    readonly name: string
    readonly environments: SettingsFile['environments']
    readonly secrets: Readonly<Record<string, { readonly from: string; readonly to?: readonly string[] }>>
    readonly worker: SettingsFile['worker'] | null
  }
  readonly connections: Readonly<Record<string, ParsedConnection>>
  readonly mappings: Readonly<Record<string, ParsedMapping>>
  /** Every mapping a file declares, those with faults too. */
  readonly mappingNames: ReadonlySet<string>
  readonly channels: { readonly document: ParsedDocument; readonly value: ChannelsFile } | null
}

export interface RepositoryFile {
  /** Relative to the repository, with `/`. */
  readonly path: string
  readonly text: string
}

export interface Known {
  /** The JSON Schema of `settings` and `auth`, by connector. */
  readonly connectors: Readonly<Record<string, JsonObject>>
}

const KINDS = ['connection', 'mapping', 'channels', 'project'] as const
type Kind = (typeof KINDS)[number]
type Sorted = Readonly<Record<Kind, readonly ParsedDocument[]>>

export interface ParsedRepository {
  /** All of it; null when there are errors. */
  readonly repository: Repository | null
  /** What is sound, so that later checks can go on; null without a sound temporal.yaml. */
  readonly partial: Repository | null
  readonly diagnostics: readonly Diagnostic[]
}

/** Reads all files: YAML, shape, then the rules between them. Every fault of every file is told; never throws. */
export function parseRepository(
  files: readonly RepositoryFile[],
  known: Known,
  read: Reader = readFile,
): ParsedRepository {
  const diagnostics: Diagnostic[] = []
  const found = sortFiles(files.map(read), diagnostics)
  const settings = found.project[0]
  const mappings = byName(found.mapping, 'mapping', diagnostics) as Repository['mappings']
  const repository: Repository = {
    project: settings === undefined ? NO_PROJECT : settingsOf(settings),
    connections: byName(found.connection, 'connection', diagnostics) as Repository['connections'],
    mappings,
    mappingNames: declaredNames(files, 'mapping'),
    channels:
      found.channels[0] === undefined
        ? null
        : { document: found.channels[0], value: found.channels[0].value as ChannelsFile },
  }
  const unusable = new Set<string>()
  for (const [name, { document, value }] of Object.entries(repository.connections)) {
    const faults = connectorFaults(document, value, known)
    if (faults.length > 0 || known.connectors[value.connector] === undefined) unusable.add(name)
    diagnostics.push(...faults)
  }
  const broken = new Set(diagnostics.map(({ file }) => file))
  const context = {
    repository,
    known,
    unusable,
    connectionNames: declaredNames(files, 'connection'),
    settingsAreSound: settings !== undefined,
    allAreSound: broken.size === 0,
  }
  diagnostics.push(...namedRules(context, broken))
  const sorted = sortDiagnostics(diagnostics)
  if (settings === undefined) return { repository: null, partial: null, diagnostics: sorted }
  const partial: Repository = {
    ...repository,
    // What follows from a connection or a name that is wrong is not told again.
    connections: Object.fromEntries(
      Object.entries(repository.connections).filter(([name]) => !unusable.has(name)),
    ),
    mappings: Object.fromEntries(
      Object.entries(mappings)
        .filter(([, mapping]) => takenNames(mapping.value).length === 0)
        .map(([name, mapping]) => [name, withWordsAsTexts(mapping)]),
    ),
  }
  return { repository: hasErrors(sorted) ? null : partial, partial, diagnostics: sorted }
}

/** A file, read by itself. */
export interface ReadFile {
  readonly document: ParsedDocument
  readonly kind: Kind | null
  /** Of its YAML, else of its shape. */
  readonly faults: readonly Diagnostic[]
}

export type Reader = (file: RepositoryFile) => ReadFile

export function readFile({ path, text }: RepositoryFile): ReadFile {
  const document = parseDocument(path, text)
  const kind = document.diagnostics.length > 0 ? null : kindOf(document)
  if (kind === null) return { document, kind, faults: document.diagnostics }
  return {
    document,
    kind,
    faults: shapeFaults(document, kind === 'project' ? 'tidelock' : kind, document.value),
  }
}

/** Reads a file again only when it has changed since the last time. */
export function rememberingReader(): Reader {
  const last = new Map<string, { readonly text: string; readonly read: ReadFile }>()
  return (file) => {
    const before = last.get(file.path)
    if (before?.text === file.text) return before.read
    const read = readFile(file)
    last.set(file.path, { text: file.text, read })
    return read
  }
}

/** The sound documents by kind. */
function sortFiles(files: readonly ReadFile[], diagnostics: Diagnostic[]): Sorted {
  const found: Record<Kind, ParsedDocument[]> = { connection: [], mapping: [], channels: [], project: [] }
  for (const { document, kind, faults: own } of files) {
    const isReadable = document.diagnostics.length === 0
    const faults =
      kind === null ? (isReadable ? [unknownKind(document)] : own) : (misplaced(document, kind, found) ?? own)
    diagnostics.push(...faults)
    if (kind !== null && faults.length === 0) found[kind].push(document)
  }
  if (found.project.length === 0 && !diagnostics.some(({ file }) => file === 'temporal.yaml'))
    diagnostics.push({
      file: 'temporal.yaml',
      line: 1,
      column: 1,
      code: 'missing-settings',
      severity: 'error',
      message: 'There is no temporal.yaml.',
      hint: 'Write one with tidelock, project and environments.',
    })
  return found
}

function unknownKind(document: ParsedDocument): Diagnostic {
  const keys = isJsonObject(document.value as JsonValue) ? Object.keys(document.value as object) : []
  const slip = keys.find((key) => nearest(key, KINDS) !== null)
  const near = slip === undefined ? null : didYouMean(slip, KINDS)
  return diagnose(
    slip === undefined ? document.placeOf([]) : document.placeOfKey([slip]),
    { code: 'unknown-kind', severity: 'error', message: 'The file does not say what it is.' },
    near?.replace === undefined
      ? 'Begin with "tidelock: 1" and one of: connection, mapping, channels, project.'
      : { ...near, safe: isOnlyNear(slip!, near.replace, KINDS) },
    {
      pointer: ({ path }) => document.placeOf(path),
      replacement: (text) => document.replacing([slip!], text, 'key'),
    },
  )
}

/** There is one file of settings, temporal.yaml, and one of channels. Null: the file may be what it is, where it is. */
function misplaced(document: ParsedDocument, kind: Kind, found: Sorted): readonly Diagnostic[] | null {
  const tell = (message: string, hint: string): readonly Diagnostic[] => [
    { ...document.placeOfKey([kind]), code: 'misplaced-file', severity: 'error', message, hint },
  ]
  const isSettings = document.file === 'temporal.yaml'
  if (isSettings && kind !== 'project')
    return tell(`temporal.yaml holds the settings, not a ${kind}.`, 'Move it to a file below mappings/.')
  if (!isSettings && kind === 'project')
    return tell('The settings stand in temporal.yaml, at the top of the repository.', 'Move this there.')
  const other = kind === 'channels' ? found.channels[0] : undefined
  return other === undefined
    ? null
    : tell(`Channels are declared already in ${other.file}.`, 'Put them all into one file.')
}

/** Stands in while temporal.yaml cannot be read, so that the other files are checked all the same. */
const NO_PROJECT: Repository['project'] = {
  document: parseDocument('temporal.yaml', ''),
  name: '',
  environments: {},
  secrets: {},
  worker: null,
}

/** Names that files declare, those with faults too: what they name is there, only not usable yet. */
function declaredNames(
  files: readonly RepositoryFile[],
  kind: 'connection' | 'mapping',
): ReadonlySet<string> {
  const line = /^(\w+):\s*([a-z][a-z0-9-]*)/gm
  return new Set(
    files.flatMap(({ text }) => {
      const keys = [...text.matchAll(line)].map((match) => [match[1]!, match[2]!] as const)
      const isSaid = keys.some(([key]) => (KINDS as readonly string[]).includes(key))
      return keys.flatMap(([key, name]) =>
        key === kind || (!isSaid && nearest(key, KINDS) === kind) ? [name] : [],
      )
    }),
  )
}

function kindOf(document: ParsedDocument): Kind | null {
  if (!isJsonObject(document.value)) return null
  const key = Object.keys(document.value).find((name) => (KINDS as readonly string[]).includes(name))
  return (key ?? null) as Kind | null
}

function settingsOf(document: ParsedDocument): Repository['project'] {
  const value = document.value as SettingsFile
  return {
    document,
    name: value.project,
    environments: value.environments,
    secrets: (value.secrets ?? {}) as Repository['project']['secrets'],
    worker: value.worker ?? null,
  }
}

function byName(
  documents: readonly ParsedDocument[],
  key: 'connection' | 'mapping',
  diagnostics: Diagnostic[],
): Record<string, { document: ParsedDocument; value: unknown }> {
  const all: Record<string, { document: ParsedDocument; value: unknown }> = {}
  for (const document of documents) {
    const name = String((document.value as JsonObject)[key])
    const other = all[name]
    if (other === undefined) all[name] = { document, value: document.value }
    else
      diagnostics.push({
        ...document.placeOf([key]),
        code: 'duplicate-name',
        severity: 'error',
        message: `Another ${key} has the name "${name}": ${other.document.file}.`,
        hint: 'Give one of them another name.',
        related: [{ ...other.document.placeOf([key]), message: `the other ${key}` }],
      })
  }
  return all
}

/** `settings` and `auth` against the connector's own schema. */
function connectorFaults(
  document: ParsedDocument,
  value: ConnectionFile,
  known: Known,
): readonly Diagnostic[] {
  const schema = known.connectors[value.connector]
  if (schema === undefined) return []
  const part: Record<string, JsonValue> = {
    settings: (value.settings ?? {}) as JsonObject,
    auth: (value.auth ?? {}) as JsonObject,
  }
  return shapeFaults(document, schema, part)
}
