import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { fixTexts } from '../../../engine/cli/diagnostics/fix.ts'
import { type Code, DIAGNOSTICS, entryOf } from '../../../engine/core/model/diagnostics.ts'
import { compileFiles, filesOf, ROOT } from '../compile/repository.ts'
import { withExample } from './examples.ts'

const shipped = filesOf('.')
const CODES = Object.keys(DIAGNOSTICS) as Code[]
const told = (files: Readonly<Record<string, string>>) =>
  compileFiles(files).diagnostics.map(({ code, severity, message }) => `${severity} ${code}: ${message}`)

/** Texts in quotation marks below a folder, which codes are written as. */
function textsIn(folders: readonly string[]): ReadonlySet<string> {
  const files = folders.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.generated.ts'))
      .map((name) => join(folder, name)),
  )
  return new Set(
    files.flatMap((file) =>
      [...readFileSync(join(ROOT, file), 'utf8').matchAll(/'([a-z][a-z-]*)'/g)].map((match) => match[1]!),
    ),
  )
}

test('every code that is explained is told somewhere', () => {
  const used = textsIn(['engine/core/parse', 'engine/core/compile', 'engine/core/expression'])
  expect(CODES.filter((code) => !used.has(code))).toEqual([])
})

describe.each(CODES)('%s', (code) => {
  const { example, severity, title, why, mend } = entryOf(code)

  test('is just what the wrong example has, with its severity', () => {
    const faults = told(withExample(shipped, example, 'wrong'))
    expect(faults).toHaveLength(1)
    expect(faults[0]).toMatch(new RegExp(`^${severity} ${code}: `))
  })

  test('is gone in the right one', () => {
    expect(told(withExample(shipped, example, 'right'))).toEqual([])
  })

  test('is explained in sentences', () => {
    expect(title).not.toMatch(/[.!]$/)
    for (const text of [why, mend]) expect(text).toMatch(/^[A-Z`&\d].*[.]$/s)
  })

  test('its fix, where it has one, mends it and nothing else', () => {
    const files = withExample(shipped, example, 'wrong')
    const check = (texts: ReadonlyMap<string, string>) => compileFiles(Object.fromEntries(texts)).diagnostics
    const [fault] = compileFiles(files).diagnostics
    if (fault?.fix === undefined) return
    const fixed = fixTexts(new Map(Object.entries(files)), check, { unsafe: !fault.fix.safe })
    expect(fixed.diagnostics.map(({ code, message }) => `${code}: ${message}`)).toEqual([])
    expect(fixed.mended.map(({ code }) => code)).toEqual([code])
    const changed = [...fixed.texts].filter(([file, text]) => files[file] !== text).map(([file]) => file)
    expect(changed).toEqual([example.file])
  })
})
