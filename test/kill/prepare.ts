import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { prepareDemoFolder } from '../../engine/cli/demo/folder.ts'
import type { StandInAddresses } from '../../engine/cli/demo/stand-ins.ts'
import { keysInFile } from '../../engine/store/seal.ts'
import { COPIES, copyText, type Flow, originalOf, SHIPPED } from './flows.ts'

/** `mappings` of them: the shipped ones, then copies. */
export function flowsOf(mappings: number): readonly Flow[] {
  return [...SHIPPED, ...COPIES].slice(0, mappings)
}

/**
 * A repository whose everything happens in seconds: schedules, retries, heartbeats, and the time after which a lost write is
 * settled. `store`: an address in DATABASE_URL, or null for SQLite.
 */
export function prepareFolder(
  folder: string,
  addresses: StandInAddresses,
  flows: readonly Flow[],
  onPostgres: boolean,
): void {
  prepareDemoFolder(folder, addresses, '19.0')
  const edit = (file: string, change: (text: string) => string) => {
    const path = join(folder, file)
    writeFileSync(path, change(readFileSync(path, 'utf8')))
  }
  for (const { mapping } of SHIPPED) edit(fileOf(mapping), quick)
  for (const flow of flows.filter((flow) => !SHIPPED.includes(flow)))
    writeFileSync(
      join(folder, fileOf(flow.mapping)),
      copyText(flow, readFileSync(join(folder, fileOf(originalOf(flow))), 'utf8')),
    )
  edit(join('mappings', 'connections', 'odoo.yaml'), (text) => `${text}limits: { settleAfter: 2s }\n`)
  if (onPostgres) keysInFile(join(folder, '.tidelock', 'keys'))
  edit('temporal.yaml', (text) => {
    const fast = text.replace(/^worker: .*$/m, 'worker: { legBudget: 3s, heartbeat: 2s, concurrency: 4 }')
    if (!onPostgres) return fast
    return fast
      .replace(
        /^( +)store: .*$/m,
        '$1store: { url: { secret: database-url } }\n$1keys: { secret: store-keys }',
      )
      .replace(
        /^secrets:$/m,
        'secrets:\n  database-url: { from: "env:DATABASE_URL" }\n  store-keys: { from: "file:.tidelock/keys" }',
      )
  })
}

const fileOf = (mapping: string): string => join('mappings', `${mapping}.yaml`)

function quick(text: string): string {
  const changed = text
    .replace(/^schedule: .*$/m, 'schedule: { every: 2s }')
    .replace(/retry: \{[^}]*\}/, 'retry: { first: 200ms, max: 1s, attempts: 1000 }')
    .replace(/again: \[[^\]]*\]/, 'again: [2s]')
  if (changed.includes('\nerrors:')) return changed
  const errors = 'errors: { retry: { first: 200ms, max: 1s, attempts: 1000 }, parked: { again: [2s] } }\n'
  return changed.replace(/^tests:/m, `${errors}\ntests:`)
}

/** A mapping that people change and change back: how a product is called. */
export interface Toggle {
  readonly mapping: string
  /** Writes the file as it was in the beginning, or changed. */
  write(changed: boolean): void
}

export function toggleOf(folder: string): Toggle {
  const mapping = 'shopify-products'
  const path = join(folder, fileOf(mapping))
  const original = readFileSync(path, 'utf8')
  const changed = original.replace(/^ {2}name: .*$/m, '  name: variant.sku')
  return { mapping, write: (isChanged) => writeFileSync(path, isChanged ? changed : original) }
}
