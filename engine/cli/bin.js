#!/usr/bin/env node
// In the repository the sources run as they are; the published package holds them built.
import { existsSync } from 'node:fs'
import module from 'node:module'

const [major = 0] = process.versions.node.split('.').map(Number)
if (major < 24) {
  process.stderr.write(`Tidelock needs Node 24 or newer; this is ${process.versions.node}.\n`)
  process.exit(2)
}
// What was compiled once is kept for the next start (in the machine's folder for temporary files).
module.enableCompileCache?.()
const source = new URL('./main.ts', import.meta.url)
await import(
  existsSync(source) ? source.href : new URL('../../dist/engine/cli/main.js', import.meta.url).href
)
