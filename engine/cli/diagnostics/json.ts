import type { Diagnostic } from '../../core/model/diagnostic.ts'
import { docsOf } from './docs.ts'

/** A fault for machines; every key is always there. */
export function jsonOf(diagnostic: Diagnostic) {
  const { code, severity, file, line, column, endLine, endColumn, message, hint, related, fix } = diagnostic
  return {
    code,
    severity,
    file,
    line,
    column,
    endLine: endLine ?? line,
    endColumn: endColumn ?? column,
    message,
    hint,
    related: related ?? [],
    fix: fix ?? null,
    docs: docsOf(code),
  }
}
