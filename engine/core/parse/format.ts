import type { Diagnostic } from '../model/diagnostic.ts'

/** `file:line:column severity code: message`, the line with a caret under the fault, and what to do. */
export function formatDiagnostic(diagnostic: Diagnostic, sourceLine: string | null): string {
  const { file, line, column, severity, code, message, hint } = diagnostic
  const lines = [`${file}:${line}:${column} ${severity} ${code}: ${message}`]
  if (sourceLine !== null && sourceLine.trim() !== '') {
    const gutter = `${line} | `
    const pad = sourceLine.slice(0, column - 1).replace(/[^\t]/g, ' ')
    lines.push(`  ${gutter}${sourceLine}`, `  ${' '.repeat(gutter.length)}${pad}^`)
  }
  if (hint !== null) lines.push(`  ${hint}`)
  return lines.join('\n')
}
