import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import type { Diagnostic } from '../core/model/diagnostic.ts'

const SETTINGS = 'temporal.yaml'
const MAPPINGS = 'mappings'

export interface RepositoryFiles {
  readonly texts: ReadonlyMap<string, string>
  /** Files that should be read and cannot be. */
  readonly unread: readonly Diagnostic[]
}

/** Reads temporal.yaml and every YAML file below mappings/, each file once, however many links lead to it. */
export function readRepository(root: string): RepositoryFiles {
  const texts = new Map<string, string>()
  const unread: Diagnostic[] = []
  const tell = (path: string, message: string, hint: string) => {
    const file = relative(root, path).replaceAll('\\', '/')
    unread.push({ file, line: 1, column: 1, code: 'misplaced-file', severity: 'error', message, hint })
  }
  const read = (path: string) => {
    try {
      texts.set(relative(root, path).replaceAll('\\', '/'), readFileSync(path, 'utf8'))
    } catch (error) {
      tell(path, `The file cannot be read: ${reasonOf(error)}.`, 'See who may read it, or move it elsewhere.')
    }
  }
  const settings = join(root, SETTINGS)
  if (statSync(settings, { throwIfNoEntry: false })?.isDirectory() === true)
    tell(
      settings,
      'temporal.yaml is a folder; expected is a file.',
      'Write the settings into a file of that name.',
    )
  else if (isThere(root, SETTINGS)) read(settings)
  const mappings = join(root, MAPPINGS)
  const found = statSync(mappings, { throwIfNoEntry: false })
  if (found?.isDirectory() === true) for (const path of filesBelow(mappings, tell).sort(byName)) read(path)
  else if (found !== undefined)
    tell(
      mappings,
      'mappings is a file; expected is a folder.',
      'Put each mapping into a file of its own below mappings/.',
    )
  return { texts, unread }
}

/** What is a YAML file by its name, and by what it is; each once, under a name of its own before one of a link. */
function filesBelow(mappings: string, tell: (path: string, message: string, hint: string) => void): string[] {
  const files: string[] = []
  const seen = new Set<string>()
  const links: string[] = []
  const visit = (path: string): void => {
    const isYaml = /\.ya?ml$/i.test(path)
    try {
      const real = realpathSync(path)
      const found = statSync(real)
      // A link to a folder around this one leads back here.
      if (
        seen.has(real) ||
        (path !== mappings && `${realpathSync(mappings)}${sep}`.startsWith(`${real}${sep}`))
      )
        return
      seen.add(real)
      if (found.isDirectory())
        for (const entry of readdirSync(path, { withFileTypes: true })) {
          if (entry.isSymbolicLink()) links.push(join(path, entry.name))
          else visit(join(path, entry.name))
        }
      else if (!isYaml) return
      else if (found.isFile()) files.push(path)
      else tell(path, 'This is no file, though its name is that of one.', 'Remove it, or write a file.')
    } catch (error) {
      if (isYaml) tell(path, `The file cannot be read: ${reasonOf(error)}.`, 'Mend the link or remove it.')
      else tell(path, `The folder cannot be read: ${reasonOf(error)}.`, 'Mend the link or remove it.')
    }
  }
  visit(mappings)
  // What a link leads to may hold further links.
  for (const link of links) visit(link)
  return files
}

function byName(a: string, b: string): number {
  const [left, right] = [a.slice(a.lastIndexOf(sep) + 1), b.slice(b.lastIndexOf(sep) + 1)]
  return left < right ? -1 : left > right ? 1 : 0
}

/** A link to nothing is there too. */
function isThere(folder: string, name: string): boolean {
  return existsSync(folder) && readdirSync(folder).includes(name)
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'you may not read it',
  EPERM: 'you may not read it',
  ENOENT: 'it is a link to nothing',
  ELOOP: 'it is a link that leads back to itself',
}

function reasonOf(error: unknown): string {
  const { code = '', message } = error as NodeJS.ErrnoException
  return REASONS[code] ?? message
}

/** The repository that a file or folder is part of: the nearest one at or above it. Null: there is none. */
export function repositoryAbove(path: string): string | null {
  for (let folder = resolve(path); ; folder = dirname(folder)) {
    const isRepository = [SETTINGS, MAPPINGS].some((name) => existsSync(join(folder, name)))
    if (isRepository) return folder
    if (folder === dirname(folder)) return null
  }
}
