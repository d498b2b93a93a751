import { execFileSync } from 'node:child_process'
import { cpSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { bundleWorkflows } from '../temporal/workflow-code.ts'

const ROOT = resolve(import.meta.dirname, '..', '..')

/**
 * Builds what the package ships into a folder: JavaScript (Node refuses type stripping under node_modules), what the stand-ins
 * read, and the workflows as one bundle.
 */
export async function buildInto(dist: string): Promise<void> {
  rmSync(dist, { recursive: true, force: true })
  execFileSync(
    process.execPath,
    [join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', 'tsconfig.build.json', '--outDir', dist],
    { cwd: ROOT, stdio: 'inherit' },
  )
  for (const name of readdirSync(join(ROOT, 'test', 'stand-ins'), { recursive: true, encoding: 'utf8' })) {
    if (name.endsWith('.json'))
      cpSync(join(ROOT, 'test', 'stand-ins', name), join(dist, 'test', 'stand-ins', name), {
        recursive: true,
      })
  }
  writeFileSync(join(dist, 'workflow-bundle.js'), await bundleWorkflows())
}
