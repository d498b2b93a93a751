import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { runTests } from '../../engine/cli/mapping-tests.ts'
import { checkFiles, openWorkspace } from '../../engine/cli/workspace.ts'
import { FUNCTIONS } from '../../engine/core/expression/functions.ts'
import { ROOT } from '../core/compile/repository.ts'
import { complaintsOf } from './oracle.ts'

const workspace = openWorkspace(join(ROOT, 'test', 'fixtures', 'unusual'), 'default')
const { plans, texts } = workspace

test('correct mappings pass without a word, however unusual', () => {
  expect(workspace.diagnostics).toEqual([])
  expect(plans.length).toBeGreaterThanOrEqual(30)
})

describe.each(runTests(workspace, []).map((tested) => [tested.plan.mapping, tested] as const))(
  '%s',
  (mapping, { plan, results }) => {
    test('gives what it says, of every recorded sample something that fits the target', () => {
      expect(
        results.filter(({ passed }) => !passed).map(({ fault, differences }) => fault ?? differences),
      ).toEqual([])
      expect(results.length > 0 || mapping === 'empty-sections').toBe(true)
      expect(complaintsOf(plan)).toEqual([])
    })
  },
)

test('they use every function there is', () => {
  const all = [...texts.values()].join('\n')
  expect(Object.keys(FUNCTIONS).filter((name) => !new RegExp(`\\b${name}\\(`).test(all))).toEqual([])
})

const WRITTEN: Readonly<Record<string, (text: string) => string>> = {
  'Windows line endings': (text) => text.replaceAll('\n', '\r\n'),
  'a byte order mark': (text) => `\ufeff${text}`,
  'no line end at the end': (text) => text.trimEnd(),
  'blank lines and a comment around it': (text) => `\n# before\n\n${text}\n\n  # after\n\n`,
}

test.each(Object.entries(WRITTEN))('%s says nothing', (_how, write) => {
  const written = new Map([...texts].map(([file, text]) => [file, write(text)]))
  const again = checkFiles(written, 'default', workspace.recorded)
  expect(again.diagnostics).toEqual([])
  expect(again.plans.map(({ hash }) => hash)).toEqual(plans.map(({ hash }) => hash))
})
