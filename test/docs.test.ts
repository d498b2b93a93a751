import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { COMMON_OPTIONS, helpOf } from '../engine/cli/command.ts'
import { COMMANDS } from '../engine/cli/commands.ts'
import { parseDocument } from '../engine/core/parse/document.ts'
import { shapeFaults } from '../engine/core/parse/shape.ts'
import { compileFiles, filesOf, ROOT } from './core/compile/repository.ts'

const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
]
const textOf = (page: string) => readFileSync(join(ROOT, page), 'utf8')
const blocks = (page: string, language: string) =>
  [...textOf(page).matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map((match) => match[1]!)

const KINDS = [
  ['connection', 'connection'],
  ['mapping', 'mapping'],
  ['channels', 'channels'],
  ['project', 'tidelock'],
] as const

test.each(pages.flatMap((page) => blocks(page, 'yaml').map((text, index) => ({ page, text, index }))))(
  'YAML example $index of $page is right',
  ({ page, text }) => {
    const document = parseDocument(page, text)
    expect(document.diagnostics).toEqual([])
    const value = document.value as Record<string, unknown>
    const kind = KINDS.find(([key]) => key in value)
    if (kind !== undefined) expect(shapeFaults(document, kind[1], value)).toEqual([])
    else if ('alerts' in value) alertsCompile(text)
    else compilesInPlace(value)
  },
)

/** Rules, as they stand at the end of the order mapping. */
function alertsCompile(rules: string): void {
  const files = filesOf('.')
  const orders = 'mappings/shopify-orders.yaml'
  const channels =
    'tidelock: 1\nchannels: { ops: { webhook: { url: "https://hooks.acme.example/a" } }, finance: { webhook: { url: "https://hooks.acme.example/b" } } }\n'
  const { diagnostics } = compileFiles({
    ...files,
    [orders]: `${files[orders]}\n${rules}`,
    'mappings/channels.yaml': channels,
  })
  expect(diagnostics).toEqual([])
}

/** A piece of a mapping: put into the order mapping in place of the lines it stands for. */
function compilesInPlace(piece: Record<string, unknown>): void {
  const fields = (piece['fields'] ?? piece) as Record<string, string>
  const files = filesOf('.')
  const orders = 'mappings/shopify-orders.yaml'
  const text = Object.entries(fields).reduce((before, [name, expression]) => {
    const line = new RegExp(`^  ${name}: .*$`, 'm')
    const written = `  ${name}: ${expression}`
    return line.test(before)
      ? before.replace(line, () => written)
      : before.replace(/^fields:.*$/m, (match) => `${match}\n${written}`)
  }, files[orders]!)
  expect(compileFiles({ ...files, [orders]: text }).diagnostics).toEqual([])
}

const commandLines = pages.flatMap((page) =>
  blocks(page, 'sh').flatMap((text) =>
    text
      .split('\n')
      .flatMap((line) =>
        line.startsWith('npx tidelock ') ? [{ page, line: line.replace(/#.*$/, '').trim() }] : [],
      ),
  ),
)

test.each(commandLines)('$page: $line names a command and options that exist', async ({ line }) => {
  const [name, ...words] = line.replace('npx tidelock ', '').split(/\s+/)
  const entry = COMMANDS.find((candidate) => candidate.name === name)
  expect(entry, `${name} is no command`).toBeDefined()
  const known = { ...COMMON_OPTIONS, ...(await entry!.load()).options }
  for (const word of words) if (word.startsWith('--')) expect(Object.keys(known)).toContain(word.slice(2))
})

test('npm commands in the README exist', () => {
  const scripts = JSON.parse(textOf('package.json')).scripts as Record<string, string>
  for (const match of textOf('README.md').matchAll(/npm run ([\w:-]+)/g))
    expect(Object.keys(scripts)).toContain(match[1])
})

test('links between pages lead somewhere', () => {
  for (const page of pages) {
    const folder = page.includes('/') ? page.slice(0, page.lastIndexOf('/')) : '.'
    for (const match of textOf(page).matchAll(/\]\((?!https?:|#)([^)#]+)/g)) {
      expect(() => readdirSync(join(ROOT, folder, match[1]!)), `${page} → ${match[1]}`).not.toThrowError(
        /ENOENT/,
      )
    }
  }
})

test.each(COMMANDS)('$name has a summary, an example and help', async (entry) => {
  const command = await entry.load()
  expect(entry.summary).not.toBe('')
  expect(command.examples.length).toBeGreaterThan(0)
  for (const [example] of command.examples) expect(example.startsWith(`tidelock ${entry.name}`)).toBe(true)
  expect(helpOf(entry, command)).toContain(entry.summary)
})
