import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { checkFiles, recordedOf } from '../../../engine/cli/workspace.ts'

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

const recorded = recordedOf(ROOT)

/** Reads, checks and compiles files as the commands do. */
export function compileFiles(files: Readonly<Record<string, string>>) {
  return checkFiles(new Map(Object.entries(files)), 'default', recorded)
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
