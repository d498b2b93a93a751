import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { CONNECTORS } from '../../../engine/cli/connectors.ts'
import { recordedFiles } from '../../../engine/cli/recorded-files.ts'
import { type CompiledRepository, compileRepository } from '../../../engine/core/compile/repository.ts'
import { type Diagnostic, sortDiagnostics } from '../../../engine/core/model/diagnostic.ts'
import type { JsonObject } from '../../../engine/core/model/json.ts'
import { applyEnvironment, parseRepository } from '../../../engine/core/parse/repository.ts'

export const ROOT = resolve(import.meta.dirname, '..', '..', '..')

/** The shipped files, or those of a fixture folder, by path. */
export function filesOf(folder: string): Record<string, string> {
  const root = join(ROOT, folder)
  const files: Record<string, string> = { 'temporal.yaml': readFileSync(join(root, 'temporal.yaml'), 'utf8') }
  for (const name of readdirSync(join(root, 'mappings'), { recursive: true, encoding: 'utf8' })) {
    if (name.endsWith('.yaml')) files[`mappings/${name}`] = readFileSync(join(root, 'mappings', name), 'utf8')
  }
  return files
}

/** Reads, checks and compiles files as the commands do. */
export function compileFiles(files: Readonly<Record<string, string>>): {
  plans: CompiledRepository['plans']
  diagnostics: readonly Diagnostic[]
} {
  const parsed = parseRepository(
    Object.entries(files).map(([path, text]) => ({ path, text })),
    {
      connectors: Object.fromEntries(
        Object.entries(CONNECTORS).map(([name, { configSchema }]) => [name, configSchema]),
      ),
    },
  )
  if (parsed.partial === null) return { plans: [], diagnostics: parsed.diagnostics }
  const applied = applyEnvironment(parsed.partial, 'default')!
  const connections = Object.fromEntries(
    Object.entries(applied.connections).map(([name, value]) => {
      const { connector, settings, auth, limits } = value as unknown as {
        connector: string
        settings: JsonObject
        auth: JsonObject
        limits?: JsonObject
      }
      return [name, { definition: { name, connector, settings, auth }, limits: limits ?? null }]
    }),
  )
  const compiled = compileRepository(parsed.partial, {
    project: parsed.partial.project.name,
    connections,
    schemas: recordedFiles(ROOT),
  })
  return {
    plans: compiled.plans,
    diagnostics: sortDiagnostics([...parsed.diagnostics, ...compiled.diagnostics]),
  }
}

/** One file changed by replacing a text that must be there. */
export function changed(
  files: Readonly<Record<string, string>>,
  file: string,
  from: string,
  to: string,
): Record<string, string> {
  const text = files[file]
  if (text === undefined || !text.includes(from)) throw new Error(`${file} does not hold ${from}`)
  return { ...files, [file]: text.replace(from, to) }
}
