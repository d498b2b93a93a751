import { isScalar, parseDocument } from 'yaml'

type Style = 'plain' | 'single' | 'double' | 'block'

function styleOf(raw: string): Style {
  if (raw.startsWith("'")) return 'single'
  if (raw.startsWith('"')) return 'double'
  return /^[|>]/.test(raw) ? 'block' : 'plain'
}

/**
 * Where each character of a scalar's value stands in what was written, the end included: quotes, escapes, folded lines and
 * indentation are taken into account. Null: the two could not be matched.
 */
export function offsetsOf(raw: string, value: string): readonly number[] | null {
  const style = styleOf(raw)
  const offsets: number[] = []
  let at = style === 'block' ? raw.indexOf('\n') + 1 : style === 'plain' ? 0 : 1
  while (offsets.length < value.length) {
    const character = value[offsets.length]!
    if (style === 'double' && raw[at] === '\\') {
      const joint = /^\\\r?\n\s*/.exec(raw.slice(at, at + 400))
      const sequence = joint ?? /^\\(?:x..|u.{4}|U.{8}|.)/s.exec(raw.slice(at, at + 10))
      if (sequence === null) return null
      if (joint === null) offsets.push(at)
      if (sequence[0][1] === 'U' && /[\ud800-\udbff]/.test(character)) offsets.push(at)
      at += sequence[0].length
    } else if (/\s/.test(character)) {
      const written = runOf(raw, at)
      const blanks = runOf(value, offsets.length)
      if (written === 0) return null
      for (let index = 0; index < blanks; index++) offsets.push(at + Math.min(index, written - 1))
      at += written
    } else if (/\s/.test(raw[at] ?? '')) at += runOf(raw, at)
    else if (raw[at] !== character) return null
    else {
      offsets.push(at)
      at += style === 'single' && character === "'" ? 2 : 1
    }
  }
  return [...offsets, at]
}

/** How many blanks and line ends stand from here on. */
function runOf(text: string, from: number): number {
  let at = from
  while (/\s/.test(text[at] ?? '')) at++
  return at - from
}

/** A piece of text as it is written inside a scalar that stands there already; null: not without quoting the whole anew. */
export function pieceIn(raw: string, piece: string): string | null {
  switch (styleOf(raw)) {
    case 'single':
      return piece.replaceAll("'", "''")
    case 'double':
      return JSON.stringify(piece).slice(1, -1)
    case 'block':
      return piece
    default:
      return null
  }
}

/** A text as YAML reads it back: plain where that is possible, in the quotation marks it had, else in single ones. */
export function scalarFor(text: string, raw: string | null, flow: boolean): string {
  const style = raw === null ? 'plain' : styleOf(raw)
  if (style === 'double') return JSON.stringify(text)
  return style !== 'single' && isPlain(text, flow) ? text : `'${text.replaceAll("'", "''")}'`
}

function isPlain(text: string, flow: boolean): boolean {
  const document = parseDocument(flow ? `{ a: ${text} }` : `a: ${text}`, { logLevel: 'silent' })
  const read = document.getIn(['a'], true)
  return document.errors.length === 0 && isScalar(read) && read.type === 'PLAIN' && read.source === text
}
