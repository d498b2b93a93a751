import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ROOT } from '../core/compile/repository.ts'
import { SARIF } from './sarif-schema.ts'

const BIN = join(ROOT, 'engine/cli/bin.js')
const CUSTOMERS = 'mappings/shopify-customers.yaml'
const ODOO = 'mappings/connections/odoo.yaml'
const ORDERS = 'mappings/shopify-orders.yaml'
const PRODUCTS = 'mappings/shopify-products.yaml'
let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidelock-validate-'))
  for (const part of ['mappings', 'temporal.yaml'])
    cpSync(join(ROOT, part), join(folder, part), { recursive: true })
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function validate(options: readonly string[], environment: NodeJS.ProcessEnv = {}) {
  const { GITHUB_ACTIONS: _, ...env } = process.env
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, 'validate', folder, ...options], {
    encoding: 'utf8',
    env: { ...env, ...environment },
  })
  return { code: status, stdout, stderr }
}

/** Without a folder, which has nothing to do with what a code means. */
const explain = (args: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, 'validate', ...args], {
    encoding: 'utf8',
  })
  return { code: status, stdout, stderr }
}

const read = (file: string) => readFileSync(join(folder, file), 'utf8')

/** The number of the last line that holds the text. */
const lineOf = (file: string, text: string) =>
  read(file)
    .split('\n')
    .findLastIndex((line) => line.includes(text)) + 1

function edit(file: string, from: string, to: string): void {
  const text = read(file)
  if (!text.includes(from)) throw new Error(`${file} does not hold ${from}`)
  writeFileSync(
    join(folder, file),
    text.replace(from, () => to),
  )
}

test('a fault is shown with its stretch underlined, what it has to do with, and where more is said', () => {
  edit(CUSTOMERS, '  city: customer', '  zip: customer.defaultAddress.zip\n  city: customer')
  const { code, stdout } = validate([])
  const line = lineOf(CUSTOMERS, '  zip: ')
  expect(code).toBe(1)
  expect(stdout.split('\n')).toEqual([
    `${CUSTOMERS}:${line}:3 error duplicate-key: "zip" stands here twice, first on line ${line - 1}.`,
    `  ${line} |   zip: customer.defaultAddress.zip`,
    '         ^^^',
    '  Keep one of them. (validate --fix does this)',
    `  ${CUSTOMERS}:${line - 1}:3 first written here`,
    `  ${line - 1} |   zip: customer.defaultAddress.zip`,
    '         ^^^',
    '',
    '1 error',
    'tidelock validate --fix mends 1 of them. tidelock validate --explain duplicate-key says more of a fault.',
    '',
  ])
})

test('JSON is one array, and every fault has every key', () => {
  edit(ORDERS, 'account.tax: [read], ', '')
  const { code, stdout } = validate(['--json'])
  expect(code).toBe(1)
  const [fault, ...others] = JSON.parse(stdout)
  expect(others).toEqual([])
  expect(fault).toMatchObject({
    code: 'missing-scope',
    severity: 'error',
    file: ORDERS,
    message: expect.stringMatching(
      /needs read on account.tax at "odoo", .*: line \d+ looks up account\.tax\.$/,
    ),
    hint: expect.stringMatching(/^Write odoo: \{ account\.tax: \[read\], /),
    docs: expect.stringMatching(/^https:.*\/missing-scope\.md$/),
    fix: { safe: true, edits: [{ file: ORDERS, line: fault.line }] },
  })
  const [because] = fault.related
  expect(read(ORDERS).split('\n')[because.line - 1]).toContain('match("account.tax"')
  expect(validate(['--format', 'json']).stdout).toBe(stdout)
})

test('what can be mended is mended in place: line endings, byte order mark, comments and modes stay', () => {
  const original = read(PRODUCTS).replaceAll('\n', '\r\n')
  writeFileSync(join(folder, PRODUCTS), `\ufeff${original}`)
  chmodSync(join(folder, PRODUCTS), 0o640)
  const wrong = original
    .replace('priority: low', 'priorty: low')
    .replace('tidelock: 1\r\n', '')
    .replace('default_code: variant.sku', 'default_code: variant.sku + " #" # kept')
    .replace('[read, create, write]', '[read, create, write, unlink]')
  writeFileSync(join(folder, PRODUCTS), `\ufeff${wrong}`)
  const dry = validate(['--fix', '--dry'])
  expect(dry.code).toBe(1)
  expect(dry.stdout).toContain('+priority: low')
  expect(read(PRODUCTS)).toBe(`\ufeff${wrong}`)
  const { code, stdout } = validate(['--fix'])
  expect(stdout).toContain(
    `${PRODUCTS}:${lineOf(PRODUCTS, "default_code: 'variant") - 1} quote-expression: Write 'variant.sku + " #"'`,
  )
  expect(stdout).toContain('4 faults in 1 file mended.\n3 mappings: no faults.')
  expect(code).toBe(0)
  expect(read(PRODUCTS)).toBe(
    `\ufeff${original.replace('default_code: variant.sku', `default_code: 'variant.sku + " #"' # kept`)}`,
  )
  expect(statSync(join(folder, PRODUCTS)).mode & 0o777).toBe(0o640)
  expect(readdirSync(join(folder, 'mappings')).sort()).toEqual(readdirSync(join(ROOT, 'mappings')).sort())
})

test('a near name is taken only when that is asked for', () => {
  edit(CUSTOMERS, 'email: customer.default', 'email: customer.defualt')
  const safe = validate(['--fix', '--json'])
  expect(safe.code).toBe(1)
  expect(JSON.parse(safe.stdout)).toMatchObject([{ code: 'unknown-field', fixed: false }])
  const unsafe = validate(['--fix', '--unsafe', '--json'])
  expect(unsafe.code).toBe(0)
  expect(JSON.parse(unsafe.stdout)).toMatchObject([
    { code: 'unknown-field', line: lineOf(CUSTOMERS, 'email: customer'), fixed: true },
  ])
  expect(read(CUSTOMERS)).toBe(readFileSync(join(ROOT, CUSTOMERS), 'utf8'))
})

test('missing rights are written as they should be, in a file without any', () => {
  const scopes = /scopes:\n(?: {2}.*\n)+/.exec(read(CUSTOMERS))![0]
  edit(CUSTOMERS, scopes, '')
  expect(validate(['--fix']).code).toBe(0)
  expect(read(CUSTOMERS).endsWith(`\n${scopes}`)).toBe(true)
})

test('SARIF is valid, with rules, related places and fixes', () => {
  edit(CUSTOMERS, '  city: customer', '  zip: customer.defaultAddress.zip\n  city: customer')
  edit(ORDERS, 'client_order_ref: order.name', 'client_order_ref: order.nmae')
  const { code, stdout } = validate(['--format', 'sarif'])
  expect(code).toBe(1)
  const log = JSON.parse(stdout)
  const ajv = new Ajv2020({ strict: false })
  addFormats.default(ajv)
  const isValid = ajv.compile(SARIF)
  isValid(log)
  expect(isValid.errors).toBeNull()
  const [{ tool, results }] = log.runs
  const line = lineOf(CUSTOMERS, '  zip: ')
  expect(tool.driver.rules.map(({ id }: { id: string }) => id)).toEqual(['duplicate-key', 'unknown-field'])
  expect(results[0]).toMatchObject({
    ruleId: 'duplicate-key',
    ruleIndex: 0,
    level: 'error',
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: CUSTOMERS },
          region: { startLine: line, startColumn: 3, endColumn: 6 },
        },
      },
    ],
    relatedLocations: [
      { message: { text: 'first written here' }, physicalLocation: { region: { startLine: line - 1 } } },
    ],
    fixes: [
      {
        artifactChanges: [
          {
            replacements: [
              { deletedRegion: { startLine: line, endLine: line + 1 }, insertedContent: { text: '' } },
            ],
          },
        ],
      },
    ],
  })
})

test('a repository without faults is valid SARIF too', () => {
  const { code, stdout } = validate(['--format', 'sarif'])
  expect(code).toBe(0)
  expect(JSON.parse(stdout).runs[0].results).toEqual([])
})

test('annotations for GitHub are escaped, and come by themselves in its actions', () => {
  cpSync(join(folder, CUSTOMERS), join(folder, 'mappings/a,b:c 100%.yaml'))
  edit('mappings/a,b:c 100%.yaml', 'owner: sales-ops', 'owner: *sales')
  const command =
    '::error file=mappings/a%2Cb%3Ac 100%25.yaml,line=5,endLine=5,col=8,endColumn=13,title=yaml-alias::An alias (*sales) stands here.%0AWrite the value out, or quote it if it was meant as text.\n'
  expect(validate(['--format', 'github']).stdout).toBe(command)
  const inActions = validate([], { GITHUB_ACTIONS: 'true' }).stdout
  expect(inActions.endsWith(command)).toBe(true)
  expect(inActions).toContain('\n1 error\n')
  expect(validate(['--json'], { GITHUB_ACTIONS: 'true' }).stdout).not.toContain('::error')
})

test('what is no text is told once and never reaches the terminal', () => {
  writeFileSync(
    join(folder, 'mappings/picture.yaml'),
    Uint8Array.from({ length: 2560 }, (_, index) => index % 256),
  )
  writeFileSync(
    join(folder, 'mappings/latin.yaml'),
    Buffer.from('tidelock: 1\nmapping: caf\u00e9\n', 'latin1'),
  )
  edit(ORDERS, 'order.name', 'order.name\u001b[31m')
  const { stdout } = validate([])
  expect(stdout.match(/error not-text/g)).toHaveLength(3)
  expect(stdout).toContain('\\x1b[31m')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these must not be there
  expect(stdout).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f]/)
})

test('a code is explained in the terminal; one that is none names the nearest', () => {
  const { code, stdout } = explain(['--explain', 'quote-expression'])
  expect(code).toBe(0)
  expect(stdout).toContain('How to mend it. ')
  expect(stdout).toContain('      client_order_ref: order.name + " #1"')
  const wrong = explain(['--explain', 'quote-expresion'])
  expect(wrong).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('Did you mean "quote-expression"?'),
  })
})

const TOKEN = `shpat_${'0123456789abcdef'.repeat(2)}`
const PRIVATE = '-----BEGIN RSA PRIVATE KEY-----'

test.each([
  [ODOO, '{ secret: odoo-key }', `"${TOKEN}"`, TOKEN, 'secret-literal'],
  [ODOO, '{ secret: odoo-key }', 'hunter2-hunter2', 'hunter2', 'wrong-kind'],
  [ODOO, '{ secret: odoo-key }', '73571357', '73571357', 'wrong-kind'],
  [ODOO, '{ secret: odoo-key }', `{ secret: ${TOKEN} }`, TOKEN, 'secret-literal'],
  [ODOO, 'auth: {', `auth: { other: 1, apikey: ${TOKEN},`, TOKEN, 'unknown-key'],
  [ODOO, '{ secret: odoo-key }', `"${TOKEN}`, TOKEN, 'yaml-syntax'],
  [ODOO, '{ secret: odoo-key }', '{ secret: odoo-key }, apikey: hunter2hunter2', 'hunter2', 'unknown-key'],
  [ODOO, 'auth: {', 'auth: { "password": \'hunter2 hunter2\',', 'hunter2', 'unknown-key'],
  [ODOO, '{ secret: odoo-key } }', 'hunter2-hunter2', 'hunter2', 'yaml-syntax'],
  ['temporal.yaml', '"env:ODOO_API_KEY"', TOKEN, TOKEN, 'secret-literal'],
  ['temporal.yaml', '"env:ODOO_API_KEY"', 'hunter2-hunter2', 'hunter2', 'bad-format'],
  ['temporal.yaml', 'sqlite:.tidelock/store.db', 'postgres://me:p@ss1word@db/x', 'ss1word', 'secret-literal'],
  [CUSTOMERS, 'email: customer.', `email: 'custommer.x + "${TOKEN}"' #`, TOKEN, 'secret-literal'],
  [CUSTOMERS, 'email: customer.', `email: customer.x + " #${TOKEN}" #`, TOKEN, 'quote-expression'],
  [CUSTOMERS, 'schedule:', `note: |\n  ${PRIVATE}\n  MIIhunter2\nschedule:`, 'hunter2', 'unknown-key'],
] as const)('a secret pasted into %s for %s is found and never shown', (file, from, to, secret, code) => {
  edit(file, from, to)
  // The second shows the lines of the files too.
  const outputs = [['--json'], ['--fix', '--unsafe', '--dry']].map((options) => validate(options))
  for (const { code: status, stdout, stderr } of outputs) {
    expect(status).toBe(1)
    expect(stdout).toContain(code)
    expect(stdout + stderr).not.toContain(secret)
  }
})

test('a secret is shown as wide as it is written, and what it is replaced by is said', () => {
  edit(ODOO, '{ secret: odoo-key }', TOKEN)
  const { stdout } = validate([])
  const [head, source, marks, hint] = stdout.split('\n')
  expect(head).toMatch(/^mappings\/connections\/odoo.yaml:14:\d+ error secret-literal: This looks like a key/)
  expect(source).toContain(`apiKey: shpa${'•'.repeat(TOKEN.length - 4)} }`)
  expect(marks!.indexOf('^')).toBe(source!.indexOf('shpa'))
  expect(marks!.trim()).toBe('^'.repeat(TOKEN.length))
  expect(hint).toMatch(/Replace the key where it was made.* Write \{ secret: NAME \}/)
})

test.each([
  [['--dry'], /--dry says how --fix works/],
  [['--unsafe'], /--unsafe says how --fix works/],
  [['--format', 'xml'], /human, json, sarif, github/],
  [['--json', '--format', 'sarif'], /exclude one another/],
])('validate %j cannot run', (options, said) => {
  expect(validate(options)).toMatchObject({ code: 2, stderr: expect.stringMatching(said) })
})

test('watching validates again on every change, also while a file is broken', async () => {
  const child = spawn(process.execPath, [BIN, 'validate', folder, '--watch'])
  try {
    const seen = watched(child)
    await seen('3 mappings: no faults.')
    edit(CUSTOMERS, 'email: customer.', 'email: custommer.')
    await seen('unknown-variable')
    edit(CUSTOMERS, 'fields:', 'fields: [')
    await seen('This [ is never closed.')
    cpSync(join(ROOT, CUSTOMERS), join(folder, CUSTOMERS))
    await seen('3 mappings: no faults.')
    child.kill('SIGINT')
    expect(await new Promise((ended) => child.once('exit', ended))).toBe(0)
  } finally {
    child.kill('SIGKILL')
  }
})

test('watching sees a file that another one replaces, again and again, and folders that come', async () => {
  const child = spawn(process.execPath, [BIN, 'validate', folder, '--watch'])
  const replace = (file: string, from: string, to: string) => {
    const text = read(file)
    writeFileSync(join(folder, 'beside.tmp'), text.replace(from, to))
    renameSync(join(folder, 'beside.tmp'), join(folder, file))
  }
  try {
    const seen = watched(child)
    await seen('3 mappings: no faults.')
    for (let time = 0; time < 2; time++) {
      replace(CUSTOMERS, 'email: customer.', 'email: custommer.')
      await seen('unknown-variable')
      replace(CUSTOMERS, 'email: custommer.', 'email: customer.')
      await seen('3 mappings: no faults.')
    }
    replace('temporal.yaml', 'project: acme', 'projct: acme')
    await seen('unknown-kind')
    replace('temporal.yaml', 'projct: acme', 'project: acme')
    await seen('3 mappings: no faults.')
    mkdirSync(join(folder, 'mappings/more.d/deep'), { recursive: true })
    await seen('3 mappings: no faults.')
    writeFileSync(join(folder, 'mappings/more.d/deep/new.yaml'), '')
    await seen('empty-file')
  } finally {
    child.kill('SIGKILL')
  }
})

test.each(['validate', 'test'])('%s --watch ends with one line when its folder is gone', async (name) => {
  const child = spawn(process.execPath, [BIN, name, '--folder', folder, '--watch'])
  try {
    const seen = watched(child)
    await seen(name === 'validate' ? '3 mappings: no faults.' : ' passed')
    let said = ''
    child.stderr.on('data', (chunk: Buffer) => {
      said += String(chunk)
    })
    renameSync(folder, `${folder}-elsewhere`)
    expect(await new Promise((ended) => child.once('close', ended))).toBe(2)
    expect(said).toBe(`error The folder ${folder} is gone; there is nothing left to watch.\n`)
  } finally {
    child.kill('SIGKILL')
    rmSync(`${folder}-elsewhere`, { recursive: true, force: true })
  }
})

test.each([
  ['stdout', ['validate', '--format', 'sarif'], 1],
  ['stdout', ['validate', '--watch'], 0],
  ['stdout', ['--help'], 0],
  ['stderr', ['validate', '--frmat'], 2],
] as const)('whoever closes %s of %j early is told nothing', async (stream, args, code) => {
  edit(CUSTOMERS, 'email: customer.', 'email: custommer.')
  const child = spawn(process.execPath, [BIN, ...args], { cwd: folder })
  let said = ''
  child[stream].destroy()
  const other = stream === 'stdout' ? child.stderr : child.stdout
  other.on('data', (chunk: Buffer) => {
    said += String(chunk)
  })
  expect(await new Promise((ended) => child.once('close', ended))).toBe(code)
  expect(said).toBe(args.at(-1) === '--watch' ? 'Waiting for changes; Ctrl-C ends.\n' : '')
})

/** Waits until something is said after what was waited for before, and that it waits for changes again. */
function watched(child: ChildProcess): (text: string) => Promise<void> {
  let said = ''
  let from = 0
  const listeners = new Set<() => void>()
  for (const stream of [child.stdout!, child.stderr!])
    stream.on('data', (chunk: Buffer) => {
      said += String(chunk)
      for (const listener of listeners) listener()
    })
  return (text) =>
    new Promise((found) => {
      const look = () => {
        const at = said.indexOf(text, from)
        const waits = at < 0 ? -1 : said.indexOf('Waiting for changes', from)
        if (at < 0 || waits < 0) return
        from = Math.max(at + text.length, waits + 1)
        listeners.delete(look)
        found()
      }
      listeners.add(look)
      look()
    })
}
