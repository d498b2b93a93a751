import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { compile } from 'json-schema-to-typescript'
import { expressionsPage } from '../core/expression/page.ts'
import { DIAGNOSTICS } from '../core/model/diagnostics.ts'
import { diagnosticsPages } from '../core/model/diagnostics-page.ts'
import { errorsPage } from '../core/model/errors-page.ts'

/** Types of the language from its schemas, and pages from tables. `--check` fails when what is committed is not current. */
const ROOT = resolve(import.meta.dirname, '..', '..')
const OUT = join(ROOT, 'engine', 'core', 'parse', 'language.generated.ts')
const SCHEMAS = [
  ['connection', 'ConnectionFile'],
  ['mapping', 'MappingFile'],
  ['channels', 'ChannelsFile'],
  ['tidelock', 'SettingsFile'],
] as const

async function generate(): Promise<string> {
  const texts = ['// Generated from schemas/language by `npm run generate`. Do not edit.', '']
  const schemas: Record<string, unknown> = {}
  for (const [file, name] of SCHEMAS) {
    const schema = JSON.parse(readFileSync(join(ROOT, 'schemas', 'language', `${file}.schema.json`), 'utf8'))
    schemas[file] = schema
    const { $id: _id, title: _title, ...rest } = schema
    const types = await compile({ ...rest, title: name }, name, {
      bannerComment: '',
      additionalProperties: false,
      format: false,
      declareExternallyReferenced: true,
    })
    texts.push(
      `export declare namespace ${name}s {`,
      types.trim(),
      '}',
      `export type ${name} = ${name}s.${name}`,
      '',
    )
  }
  texts.push(
    `/** The schemas themselves, so that the core reads no files. */`,
    `export const LANGUAGE_SCHEMAS: Readonly<Record<string, object>> = ${JSON.stringify(schemas, null, 1)}`,
    '',
  )
  return texts.join('\n')
}

/** The shipped files that examples of faults change. */
function exampleFiles(): Readonly<Record<string, string>> {
  const files = Object.values(DIAGNOSTICS).map(({ example }) => example.file)
  const texts = files
    .filter((file) => existsSync(join(ROOT, file)))
    .map((file) => [file, readFileSync(join(ROOT, file), 'utf8')] as const)
  return Object.fromEntries(texts)
}

const outputs = [
  [OUT, await generate()],
  [join(ROOT, 'docs', 'expressions.md'), expressionsPage()],
  [join(ROOT, 'docs', 'errors.md'), errorsPage()],
  ...Object.entries(diagnosticsPages(exampleFiles())).map(
    ([name, text]) => [join(ROOT, 'docs', 'diagnostics', name), text] as const,
  ),
] as const
mkdirSync(join(ROOT, 'docs', 'diagnostics'), { recursive: true })
for (const [path, text] of outputs) {
  if (!process.argv.includes('--check')) writeFileSync(path, text)
  else if (!existsSync(path) || readFileSync(path, 'utf8') !== text) {
    process.stderr.write(`${relative(ROOT, path)} is not current: npm run generate\n`)
    process.exitCode = 1
  }
}
