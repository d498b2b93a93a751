import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { JsonObject } from '../core/model/json.ts'
import type { RecordedSamples, RecordedSchema, RecordedSchemas } from '../core/model/recorded.ts'

const ENDING = '.schema.json'

/** Folder of the package: two up from the sources, three from the build. */
export function packageFolder(): string {
  const near = fileURLToPath(new URL('../../', import.meta.url))
  return existsSync(join(near, 'package.json')) ? near : fileURLToPath(new URL('../../../', import.meta.url))
}

/** Recorded schemas of the repository first, then those shipped with the engine. Files and folders are read when asked for, once. */
export function recordedFiles(folder: string): RecordedSchemas {
  const roots = rootsOf(folder)
  const read = new Map<string, RecordedSchema | null>()
  const once = rememberedLists()
  return {
    schema(system, version, resource) {
      const name = `${system}/${version}/${resource}${ENDING}`
      if (!read.has(name)) {
        const path = roots.map((root) => join(root, name)).find((candidate) => existsSync(candidate))
        read.set(name, path === undefined ? null : (JSON.parse(readFileSync(path, 'utf8')) as RecordedSchema))
      }
      return read.get(name) ?? null
    },
    resources: (system, version) =>
      once(join(system, version), () =>
        namesIn(roots, join(system, version)).flatMap((name) =>
          name.endsWith(ENDING) ? [name.slice(0, -ENDING.length)] : [],
        ),
      ),
    versions: (system) =>
      once(system, () =>
        namesIn(roots, system)
          .filter((name) => !name.includes('.json'))
          .sort(byVersion),
      ),
  }
}

/** Samples of the repository first, then those shipped with the engine. */
export function recordedSamples(folder: string): RecordedSamples {
  const roots = rootsOf(folder)
  const once = rememberedLists()
  return {
    sample(system, version, name) {
      const path = roots
        .map((root) => join(root, system, version, 'samples', `${name}.json`))
        .find((candidate) => existsSync(candidate))
      return path === undefined ? null : (JSON.parse(readFileSync(path, 'utf8')) as JsonObject)
    },
    names(system, version, resource) {
      const folder = join(system, version, 'samples', resource)
      return once(folder, () =>
        namesIn(roots, folder).flatMap((name) =>
          name.endsWith('.json') ? [`${resource}/${name.slice(0, -'.json'.length)}`] : [],
        ),
      )
    },
  }
}

/** What a folder holds is listed when it is asked for, once. */
function rememberedLists() {
  const listed = new Map<string, readonly string[]>()
  return (folder: string, list: () => readonly string[]): readonly string[] => {
    const known = listed.get(folder) ?? list()
    listed.set(folder, known)
    return known
  }
}

/** The repository's own, then those shipped with the engine. */
function rootsOf(folder: string): readonly string[] {
  return [join(folder, 'schemas', 'recorded'), join(packageFolder(), 'schemas', 'recorded')]
}

function namesIn(roots: readonly string[], folder: string): string[] {
  const names = roots.flatMap((root) =>
    existsSync(join(root, folder)) ? readdirSync(join(root, folder)) : [],
  )
  return [...new Set(names)].sort()
}

/** `9.0` before `18.0`, `2026-04` before `2026-07`. */
function byVersion(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true })
}
