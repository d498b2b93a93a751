import type { FunctionEntry } from '../functions.ts'
import { isList, isObject, kindOfValue, showValue, textOfValue, type Value } from '../kinds.ts'
import { badValue } from '../park.ts'
import { safePattern } from '../pattern.ts'
import { count } from './numbers.ts'

const text = { name: 'text', takes: ['text', 'date', 'datetime'] } as const
const LONGEST = 1_000_000

function textOf(value: Value | undefined): string {
  if (typeof value !== 'string')
    throw badValue(`${showValue(value ?? null)} is ${kindOfValue(value ?? null)}, not a text.`)
  return value
}

/** Characters, so that an emoji counts once and is never cut in half. */
function characters(value: Value | undefined): readonly string[] {
  return Array.from(textOf(value))
}

function simple(meaning: string, cel: string, gives: string, run: (text: string) => string): FunctionEntry {
  return {
    group: 'texts',
    parameters: [text],
    gives: 'text',
    nulls: 'gives',
    meaning,
    example: { cel, gives },
    run: ([x]) => run(textOf(x)),
  }
}

function question(meaning: string, cel: string, run: (text: string, part: string) => boolean): FunctionEntry {
  return {
    group: 'texts',
    parameters: [text, { name: 'part', takes: ['text'] }],
    gives: 'boolean',
    nulls: 'gives',
    meaning,
    example: { cel, gives: true },
    run: ([x, part]) => run(textOf(x), textOf(part)),
  }
}

const asciiLower = (value: string) => value.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
const asciiUpper = (value: string) => value.replace(/[a-z]/g, (letter) => letter.toUpperCase())

export const TEXT_FUNCTIONS: Readonly<Record<string, FunctionEntry>> = {
  lower: simple('In small letters.', 'lower("ÉTÉ")', 'été', (value) => value.toLowerCase()),
  upper: simple('In capital letters.', 'upper("mug")', 'MUG', (value) => value.toUpperCase()),
  lowerAscii: simple('A to Z in small letters, all else as it is.', '"ABÉ".lowerAscii()', 'abÉ', asciiLower),
  upperAscii: simple(
    'a to z in capital letters, all else as it is.',
    '"abé".upperAscii()',
    'ABé',
    asciiUpper,
  ),
  trim: simple('Without white space at both ends.', '" a b ".trim()', 'a b', (value) => value.trim()),
  contains: question('Whether the text holds the part.', '"red mug".contains("mug")', (value, part) =>
    value.includes(part),
  ),
  startsWith: question(
    'Whether the text begins with the part.',
    '"red mug".startsWith("red")',
    (value, part) => value.startsWith(part),
  ),
  endsWith: question('Whether the text ends with the part.', '"red mug".endsWith("mug")', (value, part) =>
    value.endsWith(part),
  ),
  matches: {
    group: 'texts',
    parameters: [text, { name: 'pattern', takes: ['text'], literal: true }],
    gives: 'boolean',
    nulls: 'gives',
    meaning:
      'Whether some part of the text fits a regular expression; ^ and $ tie it to the ends. Repeating what already repeats or branches, references back and look-around are refused: they can take forever.',
    example: { cel: '"A-17".matches("^[A-Z]-[0-9]+$")', gives: true },
    run: ([x, pattern]) => {
      const compiled = safePattern(textOf(pattern))
      if (typeof compiled === 'string') throw badValue(compiled)
      return compiled.test(textOf(x).slice(0, 10_000))
    },
  },
  replace: {
    group: 'texts',
    parameters: [text, { name: 'part', takes: ['text'] }, { name: 'by', takes: ['text'] }],
    gives: 'text',
    nulls: 'gives',
    meaning: 'With every occurrence of the part replaced.',
    example: { cel: '"a-b-c".replace("-", "/")', gives: 'a/b/c' },
    run: ([x, part, by]) => {
      const [value, found, put] = [textOf(x), textOf(part), textOf(by)]
      if ((value.length + 1) * (put.length + 1) > LONGEST) throw badValue('the text would become too long.')
      return value.replaceAll(found, () => put)
    },
  },
  substring: {
    group: 'texts',
    parameters: [
      text,
      { name: 'from', takes: ['integer'] },
      { name: 'to', takes: ['integer'], optional: true },
    ],
    gives: 'text',
    nulls: 'gives',
    meaning:
      'The characters from one position (counted from 0) up to, without, another. What lies beyond the end is left out.',
    example: { cel: '"abcdef".substring(1, 3)', gives: 'bc' },
    run: ([x, from, to]) => {
      const start = count(from!, 0, LONGEST, 'The beginning')
      const end = to === undefined ? undefined : count(to, 0, LONGEST, 'The end')
      return characters(x).slice(start, end).join('')
    },
  },
  truncate: {
    group: 'texts',
    parameters: [text, { name: 'n', takes: ['integer'] }],
    gives: 'text',
    nulls: 'gives',
    meaning: 'At most n characters of it.',
    example: { cel: 'truncate("tidelock", 4)', gives: 'tide' },
    run: ([x, n]) => {
      const most = count(n!, 0, LONGEST, 'The length')
      const value = textOf(x)
      return value.length <= most ? value : characters(value).slice(0, most).join('')
    },
  },
  split: {
    group: 'texts',
    parameters: [text, { name: 'separator', takes: ['text'] }],
    gives: () => ({ kind: 'list', of: { kind: 'text', nullable: false }, nullable: false }),
    nulls: 'gives',
    meaning: 'The parts between the separators, as a list.',
    example: { cel: '"a,b".split(",")', gives: ['a', 'b'] },
    run: ([x, separator]) => textOf(x).split(textOf(separator)),
  },
  join: {
    group: 'texts',
    parameters: [
      { name: 'list', takes: ['list'] },
      { name: 'separator', takes: ['text'], optional: true },
    ],
    gives: 'text',
    nulls: 'gives',
    meaning:
      'The items of a list as one text, with the separator between them. Items without a value are left out.',
    example: { cel: 'join(["a", null, "b"], ", ")', gives: 'a, b' },
    run: ([list, separator]) => {
      if (!isList(list!)) throw badValue(`${showValue(list!)} is ${kindOfValue(list!)}, not a list.`)
      const parts = list.filter((item) => item !== null).map((item) => textOfValue(item) ?? textOf(item))
      return parts.join(separator === undefined ? '' : textOf(separator))
    },
  },
  size: {
    group: 'lists',
    parameters: [{ name: 'x', takes: ['text', 'list', 'map'] }],
    gives: 'integer',
    nulls: 'takes',
    meaning: 'How many characters a text or items a list has; 0 for nothing.',
    example: { cel: '"añb".size()', gives: 3 },
    run: ([x]) => {
      if (x === null) return 0
      if (typeof x === 'string') return characters(x).length
      if (isList(x!)) return x.length
      if (isObject(x!)) return Object.keys(x).length
      throw badValue(`${showValue(x!)} is ${kindOfValue(x!)}, which has no size.`)
    },
  },
}
