import { FUNCTIONS } from '../../engine/core/expression/functions.ts'
import type { Files } from './repository.ts'

/** Numbers from 0 to 1 by a seed: the same seed, the same numbers (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

interface Dice {
  number(below: number): number
  pick<T>(items: readonly T[]): T
}

type Mutator = (text: string, dice: Dice) => string

const onLines =
  (change: (lines: string[], dice: Dice) => void): Mutator =>
  (text, dice) => {
    const lines = text.split('\n')
    change(lines, dice)
    return lines.join('\n')
  }

/** One place where a pattern fits, written differently; the text as it is where none does. */
function atOne(
  text: string,
  pattern: RegExp,
  dice: Dice,
  write: (found: RegExpMatchArray) => string,
): string {
  const places = [...text.matchAll(pattern)]
  if (places.length === 0) return text
  const found = dice.pick(places)
  return text.slice(0, found.index) + write(found) + text.slice(found.index! + found[0].length)
}

const words = (text: string, pattern: RegExp) => [
  ...new Set([...text.matchAll(pattern)].map(([word]) => word)),
]
const LETTERS = 'abcdefghijklmnopqrstuvwxyz_ABC012'
const SPECIAL = [
  ':',
  '#',
  '-',
  '?',
  '*',
  '&',
  '!',
  '|',
  '>',
  '%',
  '@',
  '`',
  '{',
  '}',
  '[',
  ']',
  ',',
  '"',
  "'",
  '\\',
  '\t',
  ' #',
  ': ',
  '- ',
  '<<: ',
  '~',
  '\u0000',
  '\ud800',
  '“',
  '\u00a0',
  '---\n',
]

const oneLetter = (word: string, dice: Dice): string => {
  const at = dice.number(word.length)
  const letter = LETTERS[dice.number(LETTERS.length)]!
  switch (dice.number(4)) {
    case 0:
      return word.slice(0, at) + word.slice(at + 1)
    case 1:
      return word.slice(0, at) + letter + word.slice(at)
    case 2:
      return word.slice(0, at) + letter + word.slice(at + 1)
    default:
      return word.slice(0, at) + (word[at + 1] ?? '') + word[at]! + word.slice(at + 2)
  }
}

/** What hands, editors and merges do to a file. */
export const MUTATORS: Readonly<Record<string, Mutator>> = {
  'a line deleted': onLines((lines, dice) => void lines.splice(dice.number(lines.length), 1)),
  'a line twice': onLines((lines, dice) => {
    const at = dice.number(lines.length)
    lines.splice(at, 0, lines[at]!)
  }),
  'two lines swapped': onLines((lines, dice) => {
    const [a, b] = [dice.number(lines.length), dice.number(lines.length)]
    ;[lines[a], lines[b]] = [lines[b]!, lines[a]!]
  }),
  'a line moved': onLines((lines, dice) => {
    const [line] = lines.splice(dice.number(lines.length), 1)
    lines.splice(dice.number(lines.length + 1), 0, line!)
  }),
  'a line indented otherwise': onLines((lines, dice) => {
    const at = dice.number(lines.length)
    const by = dice.pick([-4, -2, -1, 1, 2, 4])
    lines[at] = by > 0 ? ' '.repeat(by) + lines[at]! : lines[at]!.replace(new RegExp(`^ {0,${-by}}`), '')
  }),
  'two values swapped': onLines((lines, dice) => {
    const pairs = lines.flatMap((line, at) => (/^\s*(- )?[\w."]+: \S/.test(line) ? [at] : []))
    const [a, b] = [dice.pick(pairs), dice.pick(pairs)]
    const parts = (at: number) => /^(\s*(?:- )?[\w."]+: )(.*)$/.exec(lines[at]!)!
    const [first, second] = [parts(a), parts(b)]
    lines[a] = first[1]! + second[2]!
    if (a !== b) lines[b] = second[1]! + first[2]!
  }),
  'a word by one letter': (text, dice) =>
    atOne(text, /[A-Za-z_]\w+/g, dice, ([word]) => oneLetter(word, dice)),
  'a word for another': (text, dice) =>
    atOne(text, /[A-Za-z_]\w+/g, dice, () => dice.pick(words(text, /[A-Za-z_]\w+/g))),
  'other quotation marks': (text, dice) =>
    atOne(text, /["']/g, dice, ([mark]) => dice.pick([mark === '"' ? "'" : '"', '', mark + mark])),
  'a special character': (text, dice) => {
    const at = dice.number(text.length)
    return text.slice(0, at) + dice.pick(SPECIAL) + text.slice(at)
  },
  'cut off': (text, dice) => text.slice(0, dice.number(text.length)),
  'a piece deleted': (text, dice) => {
    const at = dice.number(text.length)
    return text.slice(0, at) + text.slice(at + 1 + dice.number(12))
  },
  'a field for another': (text, dice) =>
    atOne(text, /(?<=\w\.)[a-z]\w+/g, dice, () => dice.pick(words(text, /(?<=\w\.)[a-z]\w+/g))),
  'a key for another': (text, dice) =>
    atOne(text, /(?<=^\s*)[a-z_]\w+(?=: )/gm, dice, () =>
      dice.pick(words(text, /(?<=^\s*)[a-z_]\w+(?=: )/gm)),
    ),
  'a function for another': (text, dice) =>
    atOne(text, /[a-z]\w+(?=\()/g, dice, () => dice.pick(Object.keys(FUNCTIONS))),
  'another number': (text, dice) =>
    atOne(text, /\d+(\.\d+)?/g, dice, ([number]) =>
      dice.pick(['0', '-1', '99999999999999999999', '1.5', '1e3', '08', `${number}${number}`, `"${number}"`]),
    ),
  'another text': (text, dice) => atOne(text, /"[^"\n]*"/g, dice, () => dice.pick(words(text, /"[^"\n]*"/g))),
  'a bracket deleted': (text, dice) => atOne(text, /[()[\]{}]/g, dice, () => ''),
  'an operator for another': (text, dice) =>
    atOne(text, /==|!=|&&|\|\||[<>+-](?= )/g, dice, () =>
      dice.pick(['==', '!=', '&&', '||', '<', '>', '+', '-', '=', 'in']),
    ),
  'a value for a constant': (text, dice) =>
    atOne(text, /(?<=^ {2,}[a-z_]\w+: )[^\n{[]+/gm, dice, () =>
      dice.pick([
        '{ constant: x }',
        '{ constant: 1 }',
        '{ constant: true }',
        '{ constant: null }',
        '12',
        'true',
        'null',
        '1.5',
      ]),
    ),
  'Windows line endings': (text) => text.replaceAll('\n', '\r\n'),
}

export interface Mutation {
  readonly number: number
  readonly how: string
  readonly file: string
  readonly files: Files
}

/** The mutation of a number: the same seed and number, the same mutation. Larger files are hit more often. */
export function mutationOf(files: Files, seed: number, number: number): Mutation {
  const random = randomOf(seed + number * 7919)
  const dice: Dice = {
    number: (below) => Math.floor(random() * below),
    pick: (items) => items[Math.floor(random() * items.length)]!,
  }
  const names = Object.keys(files).flatMap((file) =>
    Array.from({ length: Math.ceil(Math.sqrt(files[file]!.length / 400)) }, () => file),
  )
  const [file, how] = [dice.pick(names), dice.pick(Object.keys(MUTATORS))]
  return { number, how, file, files: { ...files, [file]: MUTATORS[how]!(files[file]!, dice) } }
}
