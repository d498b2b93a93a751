import type { Diagnostic, Place, Related } from '../model/diagnostic.ts'

/** How many other places are shown to people; machines get all. */
const MOST_RELATED = 3

/** `file:line:column severity code: message`, the line with what is at fault underlined, other places, and what to do. */
export function formatDiagnostic(
  diagnostic: Diagnostic,
  lineOf: (place: Pick<Place, 'file' | 'line'>) => string | null,
): string {
  const { severity, code, message, hint, related = [], fix } = diagnostic
  const head = `${placeText(diagnostic)} ${severity} ${code}: ${message}`
  const others = related
    .slice(0, MOST_RELATED)
    .flatMap((other) => [`${placeText(other)} ${other.message}`, ...sourceLines(other, lineOf(other))])
  const further = related.length - MOST_RELATED
  if (further > 0) others.push(`and ${further} more`)
  const fixed = fix?.safe === true ? '(validate --fix does this)' : ''
  const advice =
    hint === null && fixed === ''
      ? []
      : [[fixed === '' ? hint : ended(hint), fixed].filter(Boolean).join(' ')]
  const lines = [...sourceLines(diagnostic, lineOf(diagnostic)), ...advice, ...others]
  return [head, ...lines.map((line) => `  ${line}`)].map(visible).join('\n')
}

/** A hint that more is said behind ends as a sentence does. */
function ended(hint: string | null): string | null {
  return hint === null || /[.?!]$/.test(hint) ? hint : `${hint}.`
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
): readonly string[] {
  if (source === null || source.trim() === '') return []
  const end = endLine > line ? source.trimEnd().length + 1 : endColumn
  const gutter = `${line} | `
  const pad = source.slice(0, column - 1).replace(/[^\t]/gu, blankFor)
  const marked = source.slice(column - 1, Math.max(column, end - 1))
  const marks = visible(marked).replace(/./gu, (character) => '^'.repeat(blankFor(character).length))
  return [`${gutter}${source}`, `${' '.repeat(gutter.length)}${pad}${marks === '' ? '^' : marks}`]
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
