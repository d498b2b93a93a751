import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Text } from './search.ts'

/** A file as bytes: text in UTF-8 is found as it stands in Latin 1. Nothing where there is none. */
export function fileText(folder: string, name: string): readonly Text[] {
  const path = join(folder, name)
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return []
  return [{ where: name, text: readFileSync(path).toString('latin1') }]
}

/** The files of a folder whose names end so. */
export function filesEnding(folder: string, ending: string): readonly Text[] {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return []
  return readdirSync(folder)
    .filter((name) => name.endsWith(ending))
    .flatMap((name) => fileText(folder, name))
}
