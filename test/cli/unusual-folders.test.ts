import { execFileSync, spawnSync } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openWorkspace } from '../../engine/cli/workspace.ts'
import { ROOT } from '../core/compile/repository.ts'

const BIN = join(ROOT, 'engine/cli/bin.js')
const CUSTOMERS = 'mappings/shopify-customers.yaml'
const SHIPPED = [
  'mappings/connections/odoo.yaml',
  'mappings/connections/shopify.yaml',
  CUSTOMERS,
  'mappings/shopify-orders.yaml',
  'mappings/shopify-products.yaml',
  'temporal.yaml',
]
let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidelock-folders-'))
  for (const part of ['mappings', 'temporal.yaml'])
    cpSync(join(ROOT, part), join(folder, part), { recursive: true })
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const at = (...parts: string[]) => join(folder, ...parts)

function tidelock(args: readonly string[], cwd = folder) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, ...args], { cwd, encoding: 'utf8' })
  return { code: status, stdout, stderr }
}

function told(): readonly string[] {
  return openWorkspace(folder, 'default').diagnostics.map(
    ({ file, severity, code, message }) => `${file} ${severity} ${code}: ${message}`,
  )
}

function edit(file: string, from: string, to: string): void {
  const text = readFileSync(at(file), 'utf8')
  expect(text).toContain(from)
  writeFileSync(
    at(file),
    text.replace(from, () => to),
  )
}

const LINK_TO_NOTHING = 'error misplaced-file: The file cannot be read: it is a link to nothing.'

test.each<readonly [what: string, make: () => void, message: string]>([
  [
    'temporal.yaml is a folder',
    () => {
      rmSync(at('temporal.yaml'))
      mkdirSync(at('temporal.yaml'))
    },
    'temporal.yaml error misplaced-file: temporal.yaml is a folder; expected is a file.',
  ],
  [
    'temporal.yaml is a link to nothing',
    () => {
      rmSync(at('temporal.yaml'))
      symlinkSync('gone.yaml', at('temporal.yaml'))
    },
    `temporal.yaml ${LINK_TO_NOTHING}`,
  ],
  [
    'mappings is a file',
    () => {
      rmSync(at('mappings'), { recursive: true })
      writeFileSync(at('mappings'), '')
    },
    'mappings error misplaced-file: mappings is a file; expected is a folder.',
  ],
  [
    'a mapping is a link to nothing',
    () => symlinkSync('gone.yaml', at('mappings/lost.yaml')),
    `mappings/lost.yaml ${LINK_TO_NOTHING}`,
  ],
  [
    'a mapping is a link to itself',
    () => symlinkSync('loop.yaml', at('mappings/loop.yaml')),
    'mappings/loop.yaml error misplaced-file: The file cannot be read: it is a link that leads back to itself.',
  ],
  [
    'a mapping is a pipe',
    () => execFileSync('mkfifo', [at('mappings/pipe.yaml')]),
    'mappings/pipe.yaml error misplaced-file: This is no file, though its name is that of one.',
  ],
  [
    'the ending is written in capitals',
    () => writeFileSync(at('mappings/LOUD.YAML'), ''),
    'mappings/LOUD.YAML error empty-file: The file is empty.',
  ],
  [
    'no mapping is there',
    () => {
      rmSync(at('mappings'), { recursive: true })
      writeFileSync(at('temporal.yaml'), 'tidelock: 1\nproject: acme\nenvironments: { default: {} }\n')
    },
    'mappings warning empty: There is no mapping here, and nothing to check.',
  ],
])('%s: that is told at its place', (_what, make, message) => {
  make()
  expect(told()).toContain(message)
})

test('what cannot be read does not keep the others from being checked', () => {
  symlinkSync('gone.yaml', at('mappings/lost.yaml'))
  edit(CUSTOMERS, 'email: customer.', 'email: custommer.')
  expect(told()).toEqual([
    `mappings/lost.yaml ${LINK_TO_NOTHING}`,
    expect.stringContaining(`${CUSTOMERS} error unknown-variable`),
  ])
})

test('links are followed, and each file is read once', () => {
  symlinkSync('..', at('mappings/up'))
  symlinkSync('.', at('mappings/here'))
  symlinkSync('shopify-orders.yaml', at('mappings/again.yaml'))
  renameSync(at(CUSTOMERS), at('elsewhere.yaml'))
  symlinkSync('../elsewhere.yaml', at(CUSTOMERS))
  const { texts, diagnostics } = openWorkspace(folder, 'default')
  expect(diagnostics).toEqual([])
  expect([...texts.keys()].sort()).toEqual(SHIPPED)
})

test.each([
  ['2,000 terms', Array.from({ length: 2000 }, () => 'customer.email').join(' + ')],
  ['10,000 times not', `'${'!'.repeat(10_000)}customer.verifiedEmail' #`],
])('an expression of %s is one fault', (_what, expression) => {
  edit(CUSTOMERS, 'city: customer.defaultAddress.city', 'city: customer.x')
  edit(CUSTOMERS, '  email: customer.', `  email: ${expression} #`)
  const found = openWorkspace(folder, 'default').diagnostics
  expect(found.map(({ code }) => code)).toEqual(expect.arrayContaining(['unknown-field', 'syntax']))
  expect(found.filter(({ code }) => code === 'syntax')).toEqual([
    expect.objectContaining({ file: CUSTOMERS, message: expect.stringMatching(/too long: .* 250 levels/) }),
  ])
})

test.each([
  ['10,000 brackets', `${'['.repeat(10_000)}${']'.repeat(10_000)}`],
  ['10,000 open brackets', '['.repeat(10_000)],
  ['101 brackets', `${'['.repeat(101)}${']'.repeat(101)}`],
])('%s within one another are said to be too deep', (_what, value) => {
  edit(CUSTOMERS, 'schedule:', `note: ${value}\nschedule:`)
  expect(told()).toEqual([
    `${CUSTOMERS} error yaml-syntax: Lists and blocks are nested too deeply (more than 100 levels).`,
  ])
})

test('a file that is named is shown alone, out of the repository above it', () => {
  edit(CUSTOMERS, 'email: customer.', 'email: custommer.')
  edit('mappings/shopify-orders.yaml', 'priority: high', 'priorty: high')
  const named = tidelock(['validate', 'shopify-orders.yaml', '--json'], at('mappings'))
  expect(JSON.parse(named.stdout)).toMatchObject([
    { file: 'mappings/shopify-orders.yaml', code: 'unknown-key' },
  ])
  const all = tidelock(['validate', '--json'], at('mappings'))
  expect(JSON.parse(all.stdout)).toHaveLength(2)
  const mended = tidelock(['validate', CUSTOMERS, '--fix'])
  expect(mended.stdout).not.toContain('mended')
  expect(readFileSync(at('mappings/shopify-orders.yaml'), 'utf8')).toContain('priorty: high')
})

test.each([
  [['validate', 'a', 'b'], /one folder or file/],
  [['validate', '.', '--folder', '.'], /named twice/],
  [['validate', '--explain', 'empty', '--fix'], /--json only/],
  [['validate', 'notes.txt'], /neither temporal.yaml nor a YAML file below mappings/],
  [
    ['test', '--junit', 'nowhere/x.xml'],
    /^error The results cannot be written to .*nowhere\/x\.xml: ENOENT[^\n]*\n$/,
  ],
])('%j cannot run, and one line says why', (args, said) => {
  writeFileSync(at('notes.txt'), '')
  const { code, stderr } = tidelock(args)
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(said) })
  expect(stderr.trim().split('\n')).toHaveLength(1)
})

test('-h is --help', () => {
  expect(tidelock(['validate', '-h'])).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('-h, --help'),
  })
})
