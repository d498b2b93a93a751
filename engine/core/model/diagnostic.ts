export const SEVERITIES = ['error', 'warning', 'info'] as const
export type Severity = (typeof SEVERITIES)[number]

/** A place in a file. Lines and columns count from 1; `file` is relative to the repository, with `/`. */
export interface Place {
  readonly file: string
  readonly line: number
  readonly column: number
}

/**
 * One authoring fault, as a value: collected, sorted and shown together, never thrown.
 * `code` is kebab-case and stable; `message` says what was found and what was expected; `hint` says what to do.
 */
export interface Diagnostic extends Place {
  readonly code: string
  readonly severity: Severity
  readonly message: string
  readonly hint: string | null
}

/** File by file, top to bottom; errors before warnings at one place. */
export function sortDiagnostics(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return [...diagnostics].sort(
    (a, b) =>
      (a.file < b.file ? -1 : a.file > b.file ? 1 : 0) ||
      a.line - b.line ||
      a.column - b.column ||
      SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
      (a.code < b.code ? -1 : a.code > b.code ? 1 : 0),
  )
}

export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((diagnostic) => diagnostic.severity === 'error')
}
