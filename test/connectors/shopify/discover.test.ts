import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { JsonObject } from '../../../engine/core/model/json.ts'
import { ROOT } from '../../core/compile/repository.ts'
import { openTinyShop } from './tiny-shop.ts'

interface Shape {
  readonly type?: string | readonly string[]
  readonly enum?: readonly (string | null)[]
  readonly items?: Shape
  readonly properties?: Readonly<Record<string, Shape>>
  readonly 'x-computed'?: string
  readonly [annotation: string]: unknown
}

/** What can be said of a field without what is in it. */
function facts(shape: Shape): JsonObject {
  return {
    type: shape['x-type'] as string,
    nullable: [shape.type ?? []].flat().includes('null'),
    connection: shape['x-connection'] === true,
    first: (shape['x-arguments'] ?? null) as JsonObject | null,
    choices: [...(shape.enum ?? [])].map(String).sort(),
  }
}

/** Every field that both describe, and those that the live shape stops before. */
function compare(recorded: Shape, live: Shape, path: readonly string[] = []): [string, unknown, unknown][] {
  const inRecorded = (recorded.items ?? recorded).properties
  const inLive = (live.items ?? live).properties
  if (inRecorded === undefined || inLive === undefined) return []
  return Object.entries(inRecorded).flatMap(([name, field]): [string, unknown, unknown][] => {
    if (field['x-computed'] !== undefined) return []
    const here = [...path, name]
    const found = inLive[name]
    if (found === undefined) return [[here.join('.'), facts(field), 'absent']]
    return [[here.join('.'), facts(field), facts(found)], ...compare(field, found, here)]
  })
}

test.each(['orders', 'customers', 'variants'])(
  'the live shape of %s is the recorded one',
  async (resource) => {
    const file = join(ROOT, 'schemas/recorded/shopify/2026-07', `${resource}.schema.json`)
    const recorded = JSON.parse(readFileSync(file, 'utf8')) as Shape
    const { connection } = await openTinyShop()
    const live = await connection.discover(resource, new AbortController().signal)
    expect(live).toMatchObject({
      title: resource,
      'x-system': 'shopify',
      'x-version': '2026-07',
      type: 'object',
    })
    const fields = compare(recorded, live as Shape)
    const leaves = (shape: Shape): number =>
      Object.values((shape.items ?? shape).properties ?? {}).reduce(
        (sum, field) => sum + 1 + leaves(field),
        0,
      )
    expect(fields.length).toBeGreaterThan(leaves(recorded) * 0.95)
    expect(fields.filter(([, a, b]) => JSON.stringify(a) !== JSON.stringify(b))).toEqual([])
  },
)
