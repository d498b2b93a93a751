import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { parse } from 'yaml'
import { openWorkspace, type Workspace } from '../../../engine/cli/workspace.ts'
import { LANGUAGE_SCHEMAS } from '../../../engine/core/parse/language.generated.ts'
import { median, rounded } from '../figures.ts'
import { prepareRepository } from './folder.ts'

const ROOT = join(import.meta.dirname, '..', '..', '..')
const BIN = join(ROOT, 'engine', 'cli', 'bin.js')

export interface CheckBenchOptions {
  readonly mappings: number
  readonly pairs: number
  say(message: string): void
}

/** Milliseconds: medians of the pairs, warm. */
export interface CheckBenchResult {
  /** What `yaml` and `ajv` alone need for the files. */
  readonly yamlAjv: number
  /** All that `tidelock validate` does with them. */
  readonly validate: number
  readonly ratio: number
  /** The whole command, Node's start included. */
  readonly command: number
  /** The shipped repository, as after a keystroke. */
  readonly shipped: number
}

/** `yaml` and `ajv` alone, and the checker, in turns on the same files. */
export function runCheckBench({ mappings, pairs, say }: CheckBenchOptions): CheckBenchResult {
  const folder = mkdtempSync(join(tmpdir(), 'tidelock-bench-'))
  try {
    prepareRepository(folder, mappings)
    const readers = compiledSchemas()
    const turns = Array.from({ length: pairs + 1 }, (_, number) => {
      const yamlAjv = milliseconds(() => readAlone(folder, readers))
      const validate = milliseconds(() => checked(folder, mappings))
      if (number > 0)
        say(`pair ${number}: yaml and ajv ${rounded(yamlAjv)} ms, validate ${rounded(validate)} ms`)
      return { yamlAjv, validate }
    }).slice(1)
    const yamlAjv = median(turns.map((turn) => turn.yamlAjv))
    const validate = median(turns.map((turn) => turn.validate))
    return {
      yamlAjv: rounded(yamlAjv),
      validate: rounded(validate),
      ratio: rounded(validate / yamlAjv),
      command: rounded(
        median(Array.from({ length: Math.min(pairs, 3) }, () => milliseconds(() => command(folder)))),
      ),
      shipped: rounded(median(Array.from({ length: 4 * pairs }, () => milliseconds(() => checked(ROOT, 3))))),
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const KINDS = {
  mapping: 'mapping',
  connection: 'connection',
  channels: 'channels',
  project: 'tidelock',
} as const

function compiledSchemas(): ReadonlyMap<string, ValidateFunction> {
  const ajv = new Ajv2020({ allErrors: true, strict: false })
  addFormats.default(ajv)
  return new Map(
    Object.entries(KINDS).map(([kind, schema]) => [kind, ajv.compile(LANGUAGE_SCHEMAS[schema]!)]),
  )
}

function readAlone(folder: string, schemas: ReadonlyMap<string, ValidateFunction>): void {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.yaml'),
  )
  for (const name of files) {
    const value = parse(readFileSync(join(folder, name), 'utf8')) as object
    const kind = Object.keys(KINDS).find((key) => key in value)!
    if (!schemas.get(kind)!(value)) throw new Error(`${name} does not fit its schema.`)
  }
}

function checked(folder: string, mappings: number): Workspace {
  const workspace = openWorkspace(folder, 'default')
  const [fault] = workspace.diagnostics
  if (fault !== undefined) throw new Error(`${fault.file}:${fault.line} ${fault.message}`)
  if (workspace.plans.length !== mappings)
    throw new Error(`${workspace.plans.length} plans of ${mappings} mappings.`)
  return workspace
}

function command(folder: string): void {
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, 'validate', folder], {
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`validate ended with ${status}: ${stdout}${stderr}`)
}

function milliseconds(work: () => unknown): number {
  const before = performance.now()
  work()
  return performance.now() - before
}
