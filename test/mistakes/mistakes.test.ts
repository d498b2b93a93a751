import { describe, expect, test } from 'vitest'
import { fixTexts } from '../../engine/cli/diagnostics/fix.ts'
import type { Diagnostic } from '../../engine/core/model/diagnostic.ts'
import { AREAS } from '../../engine/core/model/diagnostics/entry.ts'
import { areaOf, type Code, DIAGNOSTICS, entryOf, isCode } from '../../engine/core/model/diagnostics.ts'
import { compileFiles } from '../core/compile/repository.ts'
import { CONNECTION_MISTAKES, SECRET_MISTAKES, SETTINGS_MISTAKES } from './connections.ts'
import { FUNCTION_MISTAKES, NAME_MISTAKES, SYNTAX_MISTAKES, TYPE_MISTAKES } from './expressions.ts'
import { AFTER_MISTAKES, FIELD_MISTAKES, LINE_MISTAKES, TEST_MISTAKES } from './fields.ts'
import { ALERT_MISTAKES, FILE_MISTAKES, LINK_MISTAKES, RIGHT_MISTAKES, TIME_MISTAKES } from './mapping.ts'
import { COMPLETE, type Mistake, mistaken } from './repository.ts'
import { SHAPE_MISTAKES } from './shape.ts'
import { QUOTING_MISTAKES, YAML_MISTAKES } from './yaml.ts'

const GROUPS: readonly (readonly [level: string, mistakes: readonly Mistake[]])[] = [
  ['YAML', YAML_MISTAKES],
  ['what YAML does to an expression', QUOTING_MISTAKES],
  ['the shape of a file', SHAPE_MISTAKES],
  ['files and their names', FILE_MISTAKES],
  ['syntax of expressions', SYNTAX_MISTAKES],
  ['names in expressions', NAME_MISTAKES],
  ['functions', FUNCTION_MISTAKES],
  ['types', TYPE_MISTAKES],
  ['fields of the target', FIELD_MISTAKES],
  ['lines and own records', LINE_MISTAKES],
  ['adopt, agree and then', AFTER_MISTAKES],
  ['links between mappings', LINK_MISTAKES],
  ['rights', RIGHT_MISTAKES],
  ['times', TIME_MISTAKES],
  ['alerts and channels', ALERT_MISTAKES],
  ['connections', CONNECTION_MISTAKES],
  ['secrets', SECRET_MISTAKES],
  ['settings', SETTINGS_MISTAKES],
  ['tests', TEST_MISTAKES],
]

describe.each(GROUPS)('%s', (_level, mistakes) => {
  test.each(mistakes)('%s', (...mistake) => {
    const [, file, , , code, said] = mistake
    const marked = mistaken(mistake)
    const at = marked[file]?.indexOf('‸') ?? 0
    expect(at, 'no ‸ in the row').toBeGreaterThanOrEqual(0)
    const files = file in marked ? { ...marked, [file]: marked[file]!.replace('‸', '') } : marked
    const { diagnostics } = compileFiles(files)
    const told = diagnostics.map(
      (each) => `${each.file}:${each.line}:${each.column} ${each.code}: ${each.message}`,
    )
    expect(told, told.join('\n')).toHaveLength(1)
    const [fault] = diagnostics
    const before = (marked[file]?.slice(0, at) ?? '').split('\n')
    const severity = isCode(code) ? entryOf(code).severity : 'no such code'
    expect(fault).toMatchObject({
      code,
      severity,
      file,
      line: before.length,
      column: before.at(-1)!.length + 1,
    })
    expect(`${fault!.message} ${fault!.hint}`).toMatch(said)
    if (fault!.fix !== undefined) mends(files, fault!)
  })
})

/** A safe fix is done; one that is only offered is done where it does no harm, and else leaves the files alone. What is left was hidden. */
function mends(files: Readonly<Record<string, string>>, { code, fix }: Diagnostic): void {
  const texts = new Map(Object.entries(files))
  const check = (now: ReadonlyMap<string, string>) => compileFiles(Object.fromEntries(now)).diagnostics
  const fixed = fixTexts(texts, check, { unsafe: !fix!.safe })
  const isMended = fixed.mended.length > 0
  if (fix!.safe) expect(isMended, `${fix!.title} is refused`).toBe(true)
  if (isMended) expect(fixed.mended[0]!.code).toBe(code)
  else expect(fixed.texts).toEqual(texts)
  const rank = (of: Code) => AREAS.indexOf(areaOf(of))
  if (isMended) expect(fixed.diagnostics.filter((left) => rank(left.code) <= rank(code))).toEqual([])
}

test('without a mistake nothing is said', () => {
  expect(compileFiles(COMPLETE).diagnostics).toEqual([])
})

test('every code that the checker can tell is reached, by at least 120 mistakes', () => {
  const mistakes = GROUPS.flatMap(([, rows]) => rows)
  expect(mistakes.length).toBeGreaterThanOrEqual(120)
  const reached = new Set(mistakes.map(([, , , , code]) => code))
  expect([...reached].sort()).toEqual(Object.keys(DIAGNOSTICS).sort())
})
