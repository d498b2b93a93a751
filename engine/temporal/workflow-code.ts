import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { bundleWorkflowCode } from '@temporalio/worker'

const ROOT = resolve(import.meta.dirname, '..', '..')
const WORKFLOWS = join(ROOT, 'workflows')
/** In the published package, beside `engine/`. */
const SHIPPED = join(ROOT, 'workflow-bundle.js')

/**
 * The workflows as one bundle. The published package ships it; in the repository it is made when a worker starts, and kept under
 * `node_modules` as long as the workflows and the packages are the same: it costs seconds of a core.
 */
export async function workflowCode(): Promise<{ readonly codePath: string } | { readonly code: string }> {
  if (existsSync(SHIPPED)) return { codePath: SHIPPED }
  const folder = join(ROOT, 'node_modules', '.cache', 'tidelock')
  const codePath = join(folder, `workflows-${hashOfSources()}.js`)
  if (existsSync(codePath)) return { codePath }
  const code = await bundleWorkflows()
  try {
    mkdirSync(folder, { recursive: true })
    const unfinished = `${codePath}.${process.pid}`
    writeFileSync(unfinished, code)
    renameSync(unfinished, codePath)
    return { codePath }
  } catch {
    // Somebody else's folder, or no room: it works as well without.
    return { code }
  }
}

/** Bundles the workflows of the repository, and says nothing but warnings. */
export async function bundleWorkflows(): Promise<string> {
  const nothing = () => {}
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(WORKFLOWS, 'index.ts'),
    logger: {
      log: nothing,
      trace: nothing,
      debug: nothing,
      info: nothing,
      warn: console.warn,
      error: console.error,
    },
  })
  return code
}

/** Workflows import nothing but each other, packages, and types. */
function hashOfSources(): string {
  const hash = createHash('sha256')
  const files = readdirSync(WORKFLOWS)
    .toSorted()
    .map((name) => join(WORKFLOWS, name))
  for (const file of [...files, join(ROOT, 'package-lock.json')]) hash.update(readFileSync(file)).update('\0')
  return hash.digest('hex').slice(0, 16)
}
