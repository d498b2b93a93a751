import type { Code } from './diagnostics.ts'

export const SEVERITIES = ['error', 'warning', 'info'] as const
export type Severity = (typeof SEVERITIES)[number]

/** A place in a file. Lines and columns count from 1; `file` is relative to the repository, with `/`. */
export interface Place {
  readonly file: string
  readonly line: number
  readonly column: number
}

/** A stretch of a file, up to but without `endLine:endColumn`. A byte order mark and line endings are no columns. */
export interface Stretch extends Place {
  readonly endLine: number
  readonly endColumn: number
}

/** Another place that has to do with a fault: "declared here". */
export interface Related extends Place {
  readonly endLine?: number
  readonly endColumn?: number
  readonly message: string
}

/** A stretch of a file and what to write there instead. `\n` becomes the file's own line ending. */
export interface Edit extends Stretch {
  readonly text: string
}

/** What a machine can do about a fault. */
export interface Fix {
  readonly title: string
  /** Whether `--fix` does it unasked: only where what the file says cannot change without being seen. */
  readonly safe: boolean
  readonly edits: readonly Edit[]
}

/**
 * One authoring fault, as a value: collected, sorted and shown together, never thrown.
 * `code` is kebab-case and stable; `message` says what was found and what was expected; `hint` says what to do.
 */
export interface Diagnostic extends Place {
  readonly code: Code
  readonly severity: Severity
  readonly message: string
  readonly hint: string | null
  readonly endLine?: number
  readonly endColumn?: number
  readonly related?: readonly Related[]
  readonly fix?: Fix
  /** What is marked may be a secret, though it does not look like one: nobody is shown it. */
  readonly secret?: true
}

/** A value of the same file that a fault points at. */
export interface Pointer {
  readonly path: readonly (string | number)[]
  readonly of?: 'key' | 'value'
  readonly message: string
}

/** What to do about a fault: a sentence, and what a machine needs to do it. A text alone is a sentence. */
export interface Advice {
  readonly hint: string | null
  /** What to write instead of the name, value or part of an expression that the fault marks. It is quoted as the file needs it. */
  readonly replace?: string
  /** The replacement is a name: where a text written out is marked, it stands in the same quotation marks. */
  readonly isName?: true
  /** The fix where it is not the replacement of what is marked. */
  readonly edits?: readonly Edit[]
  /** (Default: `Write …`, or the hint.) */
  readonly title?: string
  /** See `Fix`. (Default: false) */
  readonly safe?: boolean
  readonly related?: readonly (Pointer | Related)[]
}

/** A hint alone, nothing at all, or more. */
export type Advised = string | null | Advice

/** What only the file's document knows: where a pointer points, and how a replacement is written there. */
export interface Resolve {
  pointer(pointer: Pointer): Stretch
  /** Null: it cannot be written in place. */
  replacement(text: string): Edit | null
}

/** Puts a fault together from where it is, what it is, and what to do about it. */
export function diagnose(
  { file, line, column, endLine, endColumn }: Stretch,
  { code, severity, message }: Pick<Diagnostic, 'code' | 'severity' | 'message'>,
  advised: Advised,
  resolve: Resolve,
): Diagnostic {
  const advice: Advice = typeof advised === 'object' && advised !== null ? advised : { hint: advised }
  const { hint, replace, safe = false } = advice
  const replacement = replace === undefined ? null : resolve.replacement(replace)
  const edits = advice.edits ?? (replacement === null ? [] : [replacement])
  const title = advice.title ?? (replace === undefined ? (hint ?? message) : `Write ${replace}`)
  const related = (advice.related ?? []).map(
    (other): Related => ('path' in other ? { ...resolve.pointer(other), message: other.message } : other),
  )
  return {
    file,
    line,
    column,
    endLine,
    endColumn,
    code,
    severity,
    message,
    hint,
    ...(related.length > 0 ? { related } : {}),
    ...(edits.length > 0 ? { fix: { title, safe, edits } } : {}),
  }
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
