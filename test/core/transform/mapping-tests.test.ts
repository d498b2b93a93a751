import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import type { References } from '../../../engine/core/expression/compile.ts'
import type { JsonObject } from '../../../engine/core/model/json.ts'
import { createTransformer } from '../../../engine/core/transform/transformer.ts'
import { compileFiles, filesOf, ROOT } from '../compile/repository.ts'

interface MappingTest {
  readonly name: string
  readonly given: { readonly sample: string; readonly change?: Readonly<Record<string, unknown>> }
  readonly expect: Readonly<Record<string, unknown>>
}

/** Every reference is there: the tests of a mapping are about values. */
const ALL_THERE: References = {
  match: () => ({ status: 'found', id: '7' }),
  link: () => ({ status: 'found', id: '8' }),
  ref: () => ({ status: 'found', id: '9' }),
}

function sample(path: string, change: Readonly<Record<string, unknown>>): JsonObject {
  const record = JSON.parse(
    readFileSync(join(ROOT, 'schemas/recorded/shopify/2026-07/samples', `${path}.json`), 'utf8'),
  )
  for (const [place, value] of Object.entries(change)) {
    const parts = place.split('.')
    const parent = parts.slice(0, -1).reduce((node, part) => node[part], record)
    parent[parts.at(-1)!] = value
  }
  return record
}

const cases = ['.', 'test/fixtures/language'].flatMap((folder) => {
  const files = filesOf(folder)
  return compileFiles(files).plans.flatMap(({ plan }) => {
    const tests = (parse(files[`mappings/${plan.mapping}.yaml`]!).tests ?? []) as MappingTest[]
    return tests.map((mappingTest) => ({
      title: `${folder} ${plan.mapping}: ${mappingTest.name}`,
      plan,
      mappingTest,
    }))
  })
})

test.each(cases)('$title', ({ plan, mappingTest }) => {
  const transformer = createTransformer(plan)
  const source = transformer.decode(sample(mappingTest.given.sample, mappingTest.given.change ?? {}))
  const transformed = transformer.transform(source, ALL_THERE)
  const { parked, then, ...fields } = mappingTest.expect as { parked?: { at: string }; then?: string[] }
  if (parked !== undefined) {
    expect(transformed.status).toBe('parked')
    if (transformed.status === 'parked')
      expect(transformed.parking.at?.replaceAll('fields.', '')).toBe(parked.at)
    return
  }
  if (transformed.status !== 'mapped') throw new Error(JSON.stringify(transformed))
  const { mapped } = transformed
  if (then !== undefined) expect(mapped.steps.map((step) => plan.steps[step]!.call)).toEqual(then)
  for (const [field, wanted] of Object.entries(fields)) {
    if (!Array.isArray(wanted)) {
      expect(mapped.fields[field]).toBe(typeof wanted === 'number' ? String(wanted) : wanted)
      continue
    }
    const lines = mapped.lines.filter((line) => line.field === field)
    expect(lines).toHaveLength(wanted.length)
    for (const [index, line] of (wanted as Record<string, unknown>[]).entries()) {
      for (const [name, value] of Object.entries(line))
        expect(lines[index]!.fields[name]).toBe(typeof value === 'number' ? String(value) : value)
    }
  }
})
