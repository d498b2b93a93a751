import type { Diagnostic } from '../../core/model/diagnostic.ts'
import { visible } from '../../core/parse/format.ts'

const COMMANDS = { error: 'error', warning: 'warning', info: 'notice' } as const

/** A fault as a workflow command of GitHub Actions, which shows it at its line of the pull request. */
export function githubCommand(diagnostic: Diagnostic): string {
  const { severity, code, file, line, column, endLine = line, endColumn = column, message, hint } = diagnostic
  const properties = {
    file,
    line,
    endLine,
    // GitHub takes columns of one line only, and the last one included.
    ...(endLine === line ? { col: column, endColumn: Math.max(column, endColumn - 1) } : {}),
    title: code,
  }
  const listed = Object.entries(properties).map(
    ([name, value]) => `${name}=${property(visible(String(value)))}`,
  )
  const text = hint === null ? message : `${message}\n${hint}`
  return `::${COMMANDS[severity]} ${listed.join(',')}::${data(visible(text))}`
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
