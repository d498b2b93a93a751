import { type Diagnostic, sortDiagnostics } from '../model/diagnostic.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../model/json.ts'
import { type ParsedDocument, parseDocument } from './document.ts'
import type { ChannelsFile, ConnectionFile, MappingFile, SettingsFile } from './language.generated.ts'
import { namedRules } from './rules.ts'
import { shapeFaults } from './shape.ts'

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

/** Reads all files. `partial` holds what is sound, so that later checks can go on; null without a sound temporal.yaml. */
export function parseRepository(
  files: readonly RepositoryFile[],
  known: Known,
): { readonly partial: Repository | null; readonly diagnostics: readonly Diagnostic[] } {
  const diagnostics: Diagnostic[] = []
  const found: Record<Kind, ParsedDocument[]> = { connection: [], mapping: [], channels: [], project: [] }
  for (const { path, text } of files) {
    const document = parseDocument(path, text)
    diagnostics.push(...document.diagnostics)
    if (document.diagnostics.length > 0) continue
    const kind = kindOf(document)
    if (kind === null) {
      diagnostics.push({
        ...document.placeOf([]),
        code: 'unknown-kind',
        severity: 'error',
        message: 'The file does not say what it is.',
        hint: 'Begin with "tidelock: 1" and one of: connection, mapping, channels, project.',
      })
      continue
    }
    const faults = shapeFaults(document, kind === 'project' ? 'tidelock' : kind, document.value)
    diagnostics.push(...faults)
    if (faults.length === 0) found[kind].push(document)
  }
  const settings = found.project[0]
  if (settings === undefined) {
    if (!diagnostics.some((diagnostic) => diagnostic.file === 'temporal.yaml')) {
      diagnostics.push({
        file: 'temporal.yaml',
        line: 1,
        column: 1,
        code: 'missing-settings',
        severity: 'error',
        message: 'There is no temporal.yaml.',
        hint: 'Write one with tidelock, project and environments.',
      })
    }
    return { partial: null, diagnostics: sortDiagnostics(diagnostics) }
  }
  const repository: Repository = {
    project: settingsOf(settings),
    connections: byName(found.connection, 'connection', diagnostics) as Repository['connections'],
    mappings: byName(found.mapping, 'mapping', diagnostics) as Repository['mappings'],
    mappingNames: declaredNames(files, 'mapping'),
    channels:
      found.channels[0] === undefined
        ? null
        : { document: found.channels[0], value: found.channels[0].value as ChannelsFile },
  }
  for (const { document, value } of Object.values(repository.connections))
    diagnostics.push(...connectorFaults(document, value, known))
  diagnostics.push(
    ...namedRules(
      repository,
      known,
      declaredNames(files, 'connection'),
      new Set(
        files.filter(({ path }) => diagnostics.some((fault) => fault.file === path)).map(({ path }) => path),
      ),
    ),
  )
  return { partial: repository, diagnostics: sortDiagnostics(diagnostics) }
}

/** Names that files declare, those with faults too: what they name is there, only not usable yet. */
function declaredNames(
  files: readonly RepositoryFile[],
  kind: 'connection' | 'mapping',
): ReadonlySet<string> {
  const line = new RegExp(`^${kind}:\\s*([a-z][a-z0-9-]*)`, 'gm')
  return new Set(files.flatMap(({ text }) => [...text.matchAll(line)].map((match) => match[1]!)))
}

function kindOf(document: ParsedDocument): Kind | null {
  if (!isJsonObject(document.value)) return null
  return KINDS.find((kind) => kind in (document.value as JsonObject)) ?? null
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

/** What an environment makes of the files: connections with its overrides, where Temporal and the store are. Null: there is no such environment. */
export function applyEnvironment(repository: Repository, environment: string) {
  const chosen = repository.project.environments[environment]
  if (chosen === undefined) return null
  const connections = Object.fromEntries(
    Object.entries(repository.connections).map(([name, { value }]) => {
      const override = (chosen.connections?.[name] ?? {}) as JsonObject
      return [name, merge(value as unknown as JsonObject, override)]
    }),
  )
  return { connections, temporal: chosen.temporal ?? {}, store: chosen.store ?? null }
}

function merge(base: JsonObject, over: JsonObject): JsonObject {
  const merged: Record<string, JsonValue> = { ...base }
  for (const [name, value] of Object.entries(over)) {
    const before = merged[name]
    merged[name] =
      isJsonObject(value) && isJsonObject(before ?? null) ? merge(before as JsonObject, value) : value
  }
  return merged
}
