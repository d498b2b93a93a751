import { cpSync, mkdirSync, symlinkSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { buildInto } from '../../engine/generate/package.ts'

const ROOT = resolve(import.meta.dirname, '..', '..')

/** The program as it ships, built once for all processes of a storm, which start in a third of the time. Gives what to run. */
export async function buildProgram(folder: string): Promise<string> {
  const bin = join(folder, 'engine', 'cli', 'bin.js')
  mkdirSync(join(folder, 'engine', 'cli'), { recursive: true })
  cpSync(join(ROOT, 'engine', 'cli', 'bin.js'), bin)
  for (const name of ['node_modules', 'schemas', 'mappings', 'package.json'])
    symlinkSync(join(ROOT, name), join(folder, name))
  await buildInto(join(folder, 'dist'))
  return bin
}
