import type { Fault } from '../expression/parse.ts'
import type { Diagnostic, Place, Severity } from '../model/diagnostic.ts'
import type { ParsedDocument } from '../parse/document.ts'

export type Path = readonly (string | number)[]

/** Collects the faults of one file while it is compiled, each at its place, and the places of the plan's parts. */
export interface Report {
  readonly file: string
  readonly diagnostics: Diagnostic[]
  readonly places: Record<string, { line: number; column: number }>
  /** `where` is a path in the file; the value's place is taken, or the key's with `key`. */
  add(
    severity: Severity,
    code: string,
    where: Path,
    message: string,
    hint?: string | null,
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
  const push = (place: Place, severity: Severity, code: string, message: string, hint: string | null) =>
    diagnostics.push({
      file: place.file,
      line: place.line,
      column: place.column,
      code,
      severity,
      message,
      hint,
    })
  return {
    file: document.file,
    diagnostics,
    places,
    add(severity, code, where, message, hint = null, at = 'value') {
      push(at === 'key' ? document.placeOfKey(where) : document.placeOf(where), severity, code, message, hint)
    },
    addFaults(where, faults) {
      const raw = document.rawOf(where)
      const place = raw?.place ?? document.placeOf(where)
      for (const fault of faults) {
        push(offsetIn(place, raw?.text ?? null, fault.offset), 'error', fault.code, fault.message, fault.hint)
      }
    },
    mark(planPath, where) {
      const place = document.placeOf(where)
      places[planPath] = { line: place.line, column: place.column }
    },
  }
}

/** The place of a character of an expression: exact in a scalar on one line, the scalar's own place in a folded one. */
function offsetIn(place: Place, raw: string | null, offset: number): Place {
  if (raw === null || raw.includes('\n')) return place
  const quoted = raw.startsWith("'") || raw.startsWith('"')
  return { ...place, column: place.column + (quoted ? 1 : 0) + offset }
}
