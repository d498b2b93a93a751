import type { Fault } from '../expression/parse.ts'
import { type Advised, type Diagnostic, diagnose, type Severity } from '../model/diagnostic.ts'
import type { Code } from '../model/diagnostics.ts'
import type { ParsedDocument } from '../parse/document.ts'

export type Path = readonly (string | number)[]

/** Collects the faults of one file while it is compiled, each at its place, and the places of the plan's parts. */
export interface Report {
  readonly file: string
  readonly document: ParsedDocument
  readonly diagnostics: Diagnostic[]
  readonly places: Record<string, { line: number; column: number }>
  /** `where` is a path in the file; the value's place is taken, or the key's with `key`. */
  add(
    severity: Severity,
    code: Code,
    where: Path,
    message: string,
    advised?: Advised,
    at?: 'key' | 'value',
  ): void
  /** Faults of an expression, each moved to its own place in the text. */
  addFaults(where: Path, faults: readonly Fault[]): void
  /** Remembers where a part of the plan was written. */
  mark(planPath: string, where: Path): void
}

export function createReport(document: ParsedDocument): Report {
  const diagnostics: Diagnostic[] = []
  const places: Record<string, { line: number; column: number }> = {}
  const placeOf = (where: Path, at: 'key' | 'value' = 'value') =>
    at === 'key' ? document.placeOfKey(where) : document.placeOf(where)
  const pointer = ({ path, of }: { readonly path: Path; readonly of?: 'key' | 'value' }) => placeOf(path, of)
  return {
    file: document.file,
    document,
    diagnostics,
    places,
    add(severity, code, where, message, advised = null, at = 'value') {
      const replacement = (text: string) => document.replacing(where, text, at)
      diagnostics.push(
        diagnose(placeOf(where, at), { code, severity, message }, advised, { pointer, replacement }),
      )
    },
    addFaults(where, faults) {
      for (const { code, message, hint, offset, length, advice = hint } of faults) {
        const place = document.placeIn(where, offset, length)
        const replacement = (text: string) => document.replacingIn(where, offset, length, text)
        diagnostics.push(
          diagnose(place, { code, severity: 'error', message }, advice, { pointer, replacement }),
        )
      }
    },
    mark(planPath, where) {
      const place = document.placeOf(where)
      places[planPath] = { line: place.line, column: place.column }
    },
  }
}
