import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { compileMapping } from '../core/compile/mapping.ts'
import { compileRepository, type HashedPlan, rememberingCompiler } from '../core/compile/repository.ts'
import type { ConnectionDefinition } from '../core/model/connector.ts'
import { type Diagnostic, hasErrors, sortDiagnostics } from '../core/model/diagnostic.ts'
import { SyncError } from '../core/model/failure.ts'
import type { JsonObject } from '../core/model/json.ts'
import type { RecordedSamples, RecordedSchemas } from '../core/model/recorded.ts'
import { hideSecrets } from '../core/parse/hidden-secrets.ts'
import {
  applyEnvironment,
  parseRepository,
  type Reader,
  type Repository,
  readFile,
  rememberingReader,
} from '../core/parse/repository.ts'
import { CONNECTORS } from './connectors.ts'
import { recordedFiles, recordedSamples } from './recorded-files.ts'
import { readRepository } from './repository-files.ts'

/** A repository of mappings, read, checked and compiled for one environment. */
export interface Workspace {
  readonly folder: string
  readonly environment: string
  readonly diagnostics: readonly Diagnostic[]
  /** Null when the files cannot be used at all. */
  readonly repository: Repository | null
  /** In `link` order; those without errors. */
  readonly plans: readonly HashedPlan[]
  /** The text of every file, for showing a fault's line. */
  readonly texts: ReadonlyMap<string, string>
  /** What is wrong with files that could not be read. */
  readonly unread: readonly Diagnostic[]
  readonly recorded: ReturnType<typeof recordedOf>
  readonly memory: Memory
}

/** Reads every YAML file under mappings/ and temporal.yaml. Faults are in the diagnostics; a folder or environment that is not there throws `invalid-plan`. */
export function openWorkspace(folder: string, environment: string): Workspace {
  const root = resolve(folder)
  if (!existsSync(root)) {
    throw new SyncError('invalid-plan', `There is no folder ${root}. Name the folder of your mappings.`)
  }
  const { texts, unread } = readRepository(root)
  const recorded = recordedOf(root)
  const memory = createMemory()
  const checked = checkFiles(texts, environment, recorded, memory)
  return { folder: root, environment, texts, unread, recorded, memory, ...withUnread(checked, unread) }
}

/** The same repository with other texts in its files; only what changed is read and compiled anew. */
export function checkAgain(workspace: Workspace, texts: Workspace['texts']): Workspace {
  const { environment, recorded, memory, unread } = workspace
  return { ...workspace, texts, ...withUnread(checkFiles(texts, environment, recorded, memory), unread) }
}

type Checked = Pick<Workspace, 'diagnostics' | 'repository' | 'plans'>

/** What is wrong with files that could not be read comes to what was found in the others. */
function withUnread(checked: Checked, unread: readonly Diagnostic[]): Checked {
  const hasSettings = unread.some(({ file }) => file === 'temporal.yaml')
  const others = checked.diagnostics.filter(({ code }) => !(hasSettings && code === 'missing-settings'))
  const isEmpty = checked.repository?.mappingNames.size === 0 && unread.length === 0
  const diagnostics = sortDiagnostics([...others, ...unread, ...(isEmpty ? [NOTHING] : [])])
  return { ...checked, diagnostics, plans: hasErrors(diagnostics) ? [] : checked.plans }
}

const NOTHING: Diagnostic = {
  file: 'mappings',
  line: 1,
  column: 1,
  code: 'empty',
  severity: 'warning',
  message: 'There is no mapping here, and nothing to check.',
  hint: 'Write one into a file below mappings/, or name the folder that has them.',
}

/** What is recorded of the systems: the repository's own first. */
export function recordedOf(folder: string) {
  return { schemas: recordedFiles(folder), samples: recordedSamples(folder) }
}

/** How files are read and mappings compiled: anew, or only what has changed since the last time. */
export interface Memory {
  readonly read: Reader
  readonly compile: typeof compileMapping
}

/** For whoever checks again and again. */
export function createMemory(): Memory {
  return { read: rememberingReader(), compile: rememberingCompiler() }
}

/** All that is checked of a repository, in one pass: what the files say alone, together, and against the recorded schemas. */
export function checkFiles(
  texts: ReadonlyMap<string, string>,
  environment: string,
  recorded: { readonly schemas: RecordedSchemas; readonly samples: RecordedSamples },
  memory: Memory = { read: readFile, compile: compileMapping },
): Checked {
  const parsed = parseRepository(
    [...texts].map(([path, text]) => ({ path, text })),
    { connectors: SETTINGS },
    memory.read,
  )
  const { partial: sound } = parsed
  const diagnostics = parsed.diagnostics.map(hideSecrets)
  if (sound === null) return { diagnostics, repository: null, plans: [] }
  const applied = applyEnvironment(sound, environment)
  // That there is no environment by the name used without --env is told already.
  if (applied === null && hasErrors(diagnostics)) return { diagnostics, repository: null, plans: [] }
  if (applied === null) {
    throw new SyncError(
      'invalid-plan',
      `temporal.yaml has no environment "${environment}"; it has ${Object.keys(sound.project.environments).join(', ')}.`,
    )
  }
  const connections = Object.fromEntries(
    Object.entries(applied.connections).map(([name, value]) => {
      const { connector, settings, auth, limits } = value as unknown as {
        connector: string
        settings?: JsonObject
        auth?: JsonObject
        limits?: JsonObject
      }
      const definition: ConnectionDefinition = { name, connector, settings: settings ?? {}, auth: auth ?? {} }
      return [name, { definition, limits: limits ?? null }]
    }),
  )
  const compiled = compileRepository(
    sound,
    { project: sound.project.name, connections, ...recorded },
    memory.compile,
  )
  // Where a fault was told already, the next one follows from it.
  const told = new Set(diagnostics.map(placeText))
  const more = compiled.diagnostics.filter((diagnostic) => !told.has(placeText(diagnostic)))
  const all = sortDiagnostics([...diagnostics, ...more.map(hideSecrets)])
  return { diagnostics: all, repository: sound, plans: hasErrors(all) ? [] : compiled.plans }
}

function placeText({ file, line, column }: Diagnostic): string {
  return `${file}:${line}:${column}`
}

/** The schema of each connector's `settings` and `auth`. */
const SETTINGS = Object.fromEntries(
  Object.entries(CONNECTORS).map(([name, connector]) => [name, connector.configSchema]),
)
