import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createSealer, keysInFile, parseKeys } from '../../engine/store/seal.ts'
import { ownFolder } from './opened.ts'

const key = (id: string): string => `${id}:${randomBytes(32).toString('base64')}`
const sealerOf = (...keys: readonly string[]) => createSealer(() => parseKeys(keys.join(','), 'the test'))

describe('sealed texts', () => {
  const sealer = sealerOf(key('a'))

  test('open again as what they were, and say nothing of it before', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 8 }), (text) => {
        const sealed = sealer.seal(text, 'test')
        expect(sealed).not.toContain(text)
        expect(sealed).not.toContain(Buffer.from(text).toString('base64'))
        expect(sealer.open(sealed, 'test')).toBe(text)
      }),
    )
  })

  test('of the same text differ', () => {
    expect(sealer.seal('same', 'test')).not.toBe(sealer.seal('same', 'test'))
  })

  test('open for their own purpose only', () => {
    expect(() => sealer.open(sealer.seal('x', 'credential'), 'dead_letter.payload')).toThrow(/does not open/)
  })

  test('that were altered anywhere do not open', () => {
    const sealed = sealer.seal('a text', 'test')
    const start = sealed.lastIndexOf(':') + 1
    const bytes = Buffer.from(sealed.slice(start), 'base64')
    for (let at = 0; at < bytes.length; at++) {
      const altered = Buffer.from(bytes)
      altered[at]! ^= 1
      const text = sealed.slice(0, start) + altered.toString('base64')
      expect(() => sealer.open(text, 'test')).toThrow(/was altered/)
    }
  })

  test('of a former key open as long as it is given, and new ones take the first', () => {
    const [old, recent] = [key('old'), key('recent')]
    const sealed = sealerOf(old).seal('x', 'test')
    const both = sealerOf(recent, old)
    expect(both.open(sealed, 'test')).toBe('x')
    expect([both.keyOf(sealed), both.keyOf(both.seal('x', 'test'))]).toEqual(['old', 'recent'])
    expect(() => sealerOf(recent).open(sealed, 'test')).toThrow(/key "old", and there is only recent/)
  })

  test('that were kept before anything was sealed are read as they are', () => {
    expect(sealer.open('{"a":1}', 'test')).toBe('{"a":1}')
    expect(sealer.keyOf('{"a":1}')).toBeNull()
  })
})

describe('keys', () => {
  const cases: readonly (readonly [string, string, RegExp])[] = [
    ['nothing', ' \n', /hold nothing/],
    ['no name', randomBytes(32).toString('base64'), /without a name/],
    ['too short', `a:${randomBytes(16).toString('base64')}`, /"a" of 16 bytes/],
    ['one name twice', `${key('a')}\n${key('a')}`, /"a" twice/],
  ]
  test.each(cases)('are refused: %s', (_, text, message) => {
    expect(() => parseKeys(text, 'secret "store-keys"')).toThrow(message)
    try {
      parseKeys(text, 'secret "store-keys"')
    } catch (error) {
      for (const part of text.split(/[\s,:]+/).filter((found) => found.length > 8))
        expect(String(error)).not.toContain(part)
    }
  })

  test('in a file are made once, for their owner alone, whoever comes at the same time', () => {
    const path = join(ownFolder(), '.tidelock', 'keys')
    const seal = join(import.meta.dirname, '..', '..', 'engine', 'store', 'seal.ts')
    const program = `const { keysInFile } = await import(${JSON.stringify(seal)}); console.log(keysInFile(${JSON.stringify(path)}).get('local-1').toString('hex'))`
    const both = execFileSync(
      '/bin/sh',
      [
        '-c',
        '"$0" --input-type=module -e "$1" & "$0" --input-type=module -e "$1"; wait',
        process.execPath,
        program,
      ],
      { encoding: 'utf8' },
    )
    const keys = new Set(both.trim().split('\n'))
    expect([...keys]).toEqual([keysInFile(path).get('local-1')!.toString('hex')])
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })
})
