import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { describe, expect, test } from 'vitest'
import { LANGUAGE_SCHEMAS } from '../../../engine/core/parse/language.generated.ts'
import { isTimeZone } from '../../../engine/core/parse/time-zone.ts'

const ROOT = resolve(import.meta.dirname, '..', '..', '..')
const FOLDER = join(ROOT, 'schemas', 'language')
const files = readdirSync(FOLDER)
const schemaOf = (file: string) => JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as Schema

interface Schema {
  readonly $ref?: string
  readonly title?: string
  readonly description?: string
  readonly type?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: boolean | Schema
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
  readonly $defs?: Readonly<Record<string, Schema>>
}

function* schemasBelow(schema: Schema, path: string): Iterable<readonly [string, Schema]> {
  yield [path, schema]
  const { additionalProperties: others, items } = schema
  for (const [name, part] of Object.entries(schema.properties ?? {}))
    yield* schemasBelow(part, `${path}.${name}`)
  for (const [name, part] of Object.entries(schema.$defs ?? {})) yield* schemasBelow(part, `${path}#${name}`)
  for (const [index, part] of (schema.anyOf ?? []).entries()) yield* schemasBelow(part, `${path}|${index}`)
  if (typeof others === 'object') yield* schemasBelow(others, `${path}.*`)
  if (items !== undefined) yield* schemasBelow(items, `${path}[]`)
}

describe.each(files)('%s', (file) => {
  const schema = schemaOf(file)
  const parts = [...schemasBelow(schema, file.replace('.schema.json', ''))]

  test('is a JSON Schema in the strict sense, references included', () => {
    const ajv = new Ajv2020({ strict: true, allowUnionTypes: true })
    addFormats.default(ajv)
    // Our own; an editor that does not know it lets it pass.
    ajv.addFormat('time-zone', isTimeZone)
    expect(() => ajv.compile(schema)).not.toThrow()
  })

  test('says of every key what it is', () => {
    const silent = parts.flatMap(([path, part]) =>
      Object.entries(part.properties ?? {}).flatMap(([name, { $ref, description }]) => {
        const referred = schema.$defs?.[$ref?.split('/').at(-1) ?? '']
        return (description ?? referred?.description) === undefined ? [`${path}.${name}`] : []
      }),
    )
    expect(silent).toEqual([])
  })

  test('knows every key of every block, but for what connectors and samples define', () => {
    const open = parts.flatMap(([path, part]) =>
      part.type === 'object' && part.additionalProperties === undefined ? [path.replace(/^.*\./, '')] : [],
    )
    const byOthers = ['settings', 'auth', 'change', 'expect']
    expect(open.filter((name) => !byOthers.includes(name))).toEqual([])
  })

  test('has no definition that nothing uses', () => {
    const text = JSON.stringify(schema)
    expect(Object.keys(schema.$defs ?? {}).filter((name) => !text.includes(`"#/$defs/${name}"`))).toEqual([])
  })
})

test('the schemas inside the engine are those of the folder', () => {
  expect(
    Object.keys(LANGUAGE_SCHEMAS)
      .map((name) => `${name}.schema.json`)
      .sort(),
  ).toEqual(files.sort())
  for (const file of files) expect(LANGUAGE_SCHEMAS[file.replace('.schema.json', '')]).toEqual(schemaOf(file))
})

test('the generated types are current', () => {
  const run = () =>
    execFileSync(process.execPath, ['engine/generate/main.ts', '--check'], { cwd: ROOT, stdio: 'pipe' })
  expect(run).not.toThrow()
})
