import type { Edit } from '../model/diagnostic.ts'

/** A text with edits done that do not overlap. Its line endings, byte order mark, comments and layout stay as they are. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  const offsetAt = offsetsIn(text)
  const lineEnd = text.includes('\r\n') ? '\r\n' : '\n'
  const placed = edits.map((edit) => ({
    start: offsetAt(edit.line, edit.column),
    end: offsetAt(edit.endLine, edit.endColumn),
    text: edit.text.replace(/\r?\n/g, lineEnd),
  }))
  return placed
    .sort((a, b) => b.start - a.start || b.end - a.end)
    .reduce((done, { start, end, text: written }) => done.slice(0, start) + written + done.slice(end), text)
}

/** The offset of a line and column, both counted from 1; a byte order mark is before the first column. */
function offsetsIn(text: string): (line: number, column: number) => number {
  const begins = [text.startsWith('\ufeff') ? 1 : 0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) begins.push(at + 1)
  return (line, column) => Math.min(text.length, (begins[line - 1] ?? text.length) + column - 1)
}

/** Whether two edits of one file touch the same characters, or the same place. */
export function overlap(a: Edit, b: Edit): boolean {
  const isBefore = (one: Edit, other: Edit) =>
    one.endLine < other.line || (one.endLine === other.line && one.endColumn < other.column)
  return a.file === b.file && !isBefore(a, b) && !isBefore(b, a)
}
