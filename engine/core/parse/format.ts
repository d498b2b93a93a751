import type { Diagnostic } from '../model/diagnostic.ts'

/** `file:line:column severity code: message`, the line with a caret under the fault, and what to do. */
export function formatDiagnostic(diagnostic: Diagnostic, sourceLine: string | null): string {
  const { file, line, column, endLine = line, endColumn = column, severity, code, message, hint } = diagnostic
  const lines = [`${file}:${line}:${column} ${severity} ${code}: ${message}`]
  if (sourceLine !== null && sourceLine.trim() !== '') {
    const gutter = `${line} | `
    const pad = sourceLine.slice(0, column - 1).replace(/[^\t]/g, ' ')
    const end = endLine > line ? sourceLine.trimEnd().length + 1 : endColumn
    const marks = '^'.repeat(Math.max(1, end - column))
    lines.push(`  ${gutter}${sourceLine}`, `  ${' '.repeat(gutter.length)}${pad}${marks}`)
  }
  if (hint !== null) lines.push(`  ${hint}`)
  return lines.join('\n')
}
