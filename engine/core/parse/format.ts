import type { Diagnostic, Place, Related } from '../model/diagnostic.ts'

/** How many other places are shown to people; machines get all. */
const MOST_RELATED = 3

/** How wide a shown line is where nobody says how wide it can be. */
const WIDTH = 160

/** What is shown of a hint; machines get all. */
const HINT_LENGTH = 500

/** `file:line:column severity code: message`, the line with what is at fault underlined, other places, and what to do. */
export function formatDiagnostic(
  diagnostic: Diagnostic,
  lineOf: (place: Pick<Place, 'file' | 'line'>) => string | null,
  width = WIDTH,
): string {
  const { severity, code, message, related = [], fix } = diagnostic
  const hint = shortened(diagnostic.hint)
  const head = `${placeText(diagnostic)} ${severity} ${code}: ${message}`
  const others = related
    .slice(0, MOST_RELATED)
    .flatMap((other) => [`${placeText(other)} ${other.message}`, ...sourceLines(other, lineOf(other), width)])
  const further = related.length - MOST_RELATED
  if (further > 0) others.push(`and ${further} more`)
  const fixed = fix?.safe === true ? '(validate --fix does this)' : ''
  const advice =
    hint === null && fixed === ''
      ? []
      : [[fixed === '' ? hint : ended(hint), fixed].filter(Boolean).join(' ')]
  const lines = [...sourceLines(diagnostic, lineOf(diagnostic), width), ...advice, ...others]
  return [head, ...lines.map((line) => `  ${line}`)].map(visible).join('\n')
}

/** A hint that more is said behind ends as a sentence does. */
function ended(hint: string | null): string | null {
  return hint === null || /[.?!…]$/.test(hint) ? hint : `${hint}.`
}

function shortened(hint: string | null): string | null {
  return hint !== null && hint.length > HINT_LENGTH
    ? `${hint
        .slice(0, HINT_LENGTH - 1)
        .toWellFormed()
        .trimEnd()}…`
    : hint
}

function placeText({ file, line, column }: Place): string {
  return `${file}:${line}:${column}`
}

/** The line of the file, and below it marks under what is meant; of what goes over several lines the first. */
function sourceLines(
  {
    line,
    column,
    endLine = line,
    endColumn = column,
  }: Place & Partial<Pick<Related, 'endLine' | 'endColumn'>>,
  source: string | null,
  width: number,
): readonly string[] {
  if (source === null || source.trim() === '') return []
  const end = endLine > line ? source.trimEnd().length + 1 : endColumn
  const gutter = `${line} | `
  const { start, stop, before, after } = windowOf(source, column - 1, width - gutter.length - 2)
  const pad = (before + source.slice(start, column - 1)).replace(/[^\t]/gu, blankFor)
  const marked = source.slice(column - 1, Math.min(stop, Math.max(column, end - 1)))
  const marks = visible(marked).replace(/./gu, (character) => '^'.repeat(blankFor(character).length))
  const shown = before + source.slice(start, stop) + after
  return [`${gutter}${shown}`, `${' '.repeat(gutter.length)}${pad}${marks === '' ? '^' : marks}`]
}

interface Window {
  readonly start: number
  readonly stop: number
  /** What stands for what is left out. */
  readonly before: '' | '…'
  readonly after: '' | '…'
}

/** The part of a line around an offset that there is room for: of a longer line a quarter before it. */
function windowOf(source: string, offset: number, room: number): Window {
  if (source.length <= room) return { start: 0, stop: source.length, before: '', after: '' }
  const from = Math.max(0, Math.min(offset - Math.floor(room / 4), source.length - room))
  const to = Math.min(source.length, from + room)
  const [isCut, goesOn] = [from > 0, to < source.length]
  return {
    start: betweenCharacters(source, isCut ? from + 1 : from),
    stop: betweenCharacters(source, goesOn ? to - 1 : to),
    before: isCut ? '…' : '',
    after: goesOn ? '…' : '',
  }
}

/** Not in the middle of a character that takes two units. */
function betweenCharacters(source: string, at: number): number {
  return /[\udc00-\udfff]/.test(source[at] ?? '') ? at - 1 : at
}

/** As many blanks as a terminal gives the character: wide ones take two, marks on others none. */
function blankFor(character: string): string {
  if (/\p{Mark}/u.test(character)) return ''
  const shown = visible(character)
  if (shown !== character) return ' '.repeat(shown.length)
  return /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u.test(
    character,
  )
    ? '  '
    : ' '
}

/** A text whose control characters, and those that change the direction of writing, are shown instead of acted upon. */
export function visible(text: string): string {
  return text.replace(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is shown
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\ufeff]/g,
    (character) => {
      const code = character.charCodeAt(0).toString(16)
      return code.length <= 2 ? `\\x${code.padStart(2, '0')}` : `\\u${code.padStart(4, '0')}`
    },
  )
}
