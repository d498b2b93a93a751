import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { CONNECTORS } from '../../../engine/cli/connectors.ts'
import type { JsonObject } from '../../../engine/core/model/json.ts'
import { type Known, parseRepository, type RepositoryFile } from '../../../engine/core/parse/repository.ts'

const ROOT = resolve(import.meta.dirname, '..', '..', '..')

export type Files = Readonly<Record<string, string>>

/** The connectors' own schemas, and one for connections that are described by their file alone. */
export const KNOWN: Known = {
  connectors: {
    ...Object.fromEntries(Object.entries(CONNECTORS).map(([name, { configSchema }]) => [name, configSchema])),
    rest: { type: 'object' } satisfies JsonObject,
  },
}

/** A fixture's files by path. */
export function fixture(name: string): Files {
  const root = join(ROOT, 'test', 'fixtures', name)
  return Object.fromEntries(
    readdirSync(root, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.yaml'))
      .sort()
      .map((path) => [path.replaceAll('\\', '/'), readFileSync(join(root, path), 'utf8')]),
  )
}

/** Parses files given by path. */
export function parse(files: Files) {
  const list: RepositoryFile[] = Object.entries(files).map(([path, text]) => ({ path, text }))
  return parseRepository(list, KNOWN)
}

/** One file with a text replaced that must be there. */
export function edited(files: Files, file: string, from: string, to: string): Files {
  const text = files[file]
  if (text === undefined || !text.includes(from)) throw new Error(`${file} does not hold ${from}`)
  return { ...files, [file]: text.replace(from, () => to) }
}
