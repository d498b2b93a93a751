import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageFolder } from '../recorded-files.ts'

/** The version of this package. */
export const VERSION = String(JSON.parse(readFileSync(join(packageFolder(), 'package.json'), 'utf8')).version)

/** Where the page of a code is read: it is part of the published package, in the version that found the fault. */
export function docsOf(code: string): string {
  return `https://unpkg.com/tidelock@${VERSION}/docs/diagnostics/${code}.md`
}

/** Where the pages about states and alerts are read. */
export const OPERATIONS_DOCS = `https://unpkg.com/tidelock@${VERSION}/docs/operations`
