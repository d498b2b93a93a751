import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { expect, test } from 'vitest'

const ROOT = resolve(import.meta.dirname, '..')

/** What each folder may import, besides itself. `type:` allows types only. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'engine/core/model': [],
  'engine/core/expression': ['engine/core/model'],
  'engine/core/parse': ['engine/core/model', 'engine/core/expression'],
  'engine/core/transform': ['engine/core/model', 'engine/core/expression'],
  'engine/core/pace': ['engine/core/model', 'engine/core/expression'],
  'engine/core/breaker': [],
  'engine/core/drift': ['engine/core/model', 'engine/core/expression'],
  'engine/core/diff': ['engine/core/model', 'engine/core/alert'],
  'engine/core/alert': [
    'engine/core/model',
    'engine/core/expression',
    'engine/core/parse',
    'engine/core/transform',
  ],
  'engine/core/personal': ['engine/core/model'],
  'engine/core/dead-letter': [
    'engine/core/model',
    'engine/core/expression',
    'engine/core/transform',
    'engine/core/personal',
  ],
  'engine/core/compile': [
    'engine/core/model',
    'engine/core/expression',
    'engine/core/parse',
    'engine/core/transform',
  ],
  'engine/core/mapping-test': ['engine/core/model', 'engine/core/expression', 'engine/core/transform'],
  'engine/core/explain': ['engine/core/model', 'engine/core/expression'],
  'engine/connectors/odoo': ['engine/core/model'],
  'engine/connectors/shopify': ['engine/core/model'],
  'engine/store': [
    'engine/core/model',
    'type:engine/core/transform',
    'type:engine/core/alert',
    'type:engine/core/dead-letter',
    'type:engine/core/drift',
  ],
  'engine/notify': ['engine/core/model', 'type:engine/core/alert'],
  'engine/transfer': ['engine/core', 'engine/store'],
  'engine/temporal': ['engine/core', 'engine/store', 'engine/transfer', 'workflows'],
  workflows: ['engine/core/model', 'type:engine/temporal'],
  'engine/cli': [
    'engine/core',
    'engine/connectors',
    'engine/notify',
    'engine/store',
    'engine/transfer',
    'engine/temporal',
    'workflows',
  ],
  'engine/generate': ['engine/core', 'engine/temporal'],
}

const WHAT_TO_DO =
  'Move what both need to a folder they may import (docs/architecture.md), or hand it in as an argument.'

interface Import {
  readonly from: string
  readonly to: string
  readonly typeOnly: boolean
}

function sourceFiles(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name))
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(ROOT, file), 'utf8')
  const found: Import[] = []
  for (const match of text.matchAll(/^(?:import|export)\s+(type\s+)?([^'"]*?)from\s+'(\.[^']+)'/gms)) {
    const names = match[2] ?? ''
    const typeOnly =
      match[1] !== undefined ||
      (names.includes('{') &&
        names.replace(/[{}\s]/g, '').length > 0 &&
        names
          .replace(/[{}]/g, '')
          .split(',')
          .every((name) => name.trim() === '' || name.trim().startsWith('type ')))
    found.push({ from: file, to: relative(ROOT, resolve(ROOT, dirname(file), match[3]!)), typeOnly })
  }
  return found
}

function folderOf(file: string): string | null {
  const path = file.replaceAll('\\', '/')
  return Object.keys(MAY_IMPORT).find((folder) => path === folder || path.startsWith(`${folder}/`)) ?? null
}

const files = ['engine', 'workflows'].flatMap(sourceFiles)

test('every source file stands in a folder that the architecture knows', () => {
  expect(files.filter((file) => folderOf(file) === null)).toEqual([])
})

test('imports follow the way of the data', () => {
  const violations = files.flatMap(importsOf).flatMap(({ from, to, typeOnly }) => {
    const own = folderOf(from)!
    const allowed = MAY_IMPORT[own]!.some((entry) => {
      const types = entry.startsWith('type:')
      const folder = types ? entry.slice(5) : entry
      return to.replaceAll('\\', '/').startsWith(`${folder}/`) && (!types || typeOnly)
    })
    return to.startsWith(own) || allowed
      ? []
      : [
          `${from} must not import ${to}. ${own} may import ${MAY_IMPORT[own]!.join(', ') || 'nothing'}. ${WHAT_TO_DO}`,
        ]
  })
  expect(violations, violations.join('\n')).toEqual([])
})

test('the core reaches nothing outside the process', () => {
  const reaching = files
    .filter((file) => file.startsWith('engine/core'))
    .flatMap((file) => {
      const text = readFileSync(join(ROOT, file), 'utf8')
      return [...text.matchAll(/from '(node:[^']+|@temporalio[^']*|kysely|undici)'/g)].map(
        (match) => `${file} imports ${match[1]}`,
      )
    })
    .filter((line) => !line.endsWith('node:crypto'))
  expect(reaching).toEqual([])
})

test('workflows import nothing that the sandbox would refuse', () => {
  const bad = sourceFiles('workflows').filter((file) =>
    /from '(node:|@temporalio\/(client|worker|activity))/.test(readFileSync(join(ROOT, file), 'utf8')),
  )
  expect(bad).toEqual([])
})

test('no written file has more than 400 lines', () => {
  const long = files.filter(
    (file) =>
      !file.endsWith('.generated.ts') && readFileSync(join(ROOT, file), 'utf8').split('\n').length > 401,
  )
  expect(long).toEqual([])
})
