import type { Diagnostic, Place } from '../../core/model/diagnostic.ts'
import { formatDiagnostic } from '../../core/parse/format.ts'
import { shownLines } from '../../core/parse/hidden-secrets.ts'
import { counted, type Output } from '../output.ts'
import type { Workspace } from '../workspace.ts'

/** Each fault with its line of the file, then a summary. */
export function showDiagnostics(
  workspace: Pick<Workspace, 'diagnostics' | 'plans' | 'texts'>,
  output: Output,
): void {
  const lines = new Map<string, readonly string[]>()
  const linesOf = (file: string) => {
    if (!lines.has(file))
      lines.set(file, shownLines(file, workspace.texts.get(file) ?? '', workspace.diagnostics))
    return lines.get(file)!
  }
  for (const diagnostic of workspace.diagnostics) {
    const lineOf = ({ file, line }: Pick<Place, 'file' | 'line'>) => linesOf(file)[line - 1] ?? null
    // Narrower than this, nothing of a line can be recognized.
    const width = output.columns === null ? undefined : Math.max(60, output.columns)
    output.line(formatDiagnostic(diagnostic, lineOf, width))
    output.line()
  }
  const { errors, warnings } = tallyOf(workspace.diagnostics)
  if (errors + warnings === 0) {
    output.line(output.style('green', `${counted(workspace.plans.length, 'mapping')}: no faults.`))
    return
  }
  const parts = [
    ...(errors > 0 ? [counted(errors, 'error')] : []),
    ...(warnings > 0 ? [counted(warnings, 'warning')] : []),
  ]
  output.line(output.style(errors > 0 ? 'red' : 'yellow', parts.join(', ')))
  output.line(furtherSteps(workspace.diagnostics))
}

function furtherSteps(diagnostics: readonly Diagnostic[]): string {
  const fixable = diagnostics.filter(({ fix }) => fix?.safe === true).length
  const fix = fixable === 0 ? '' : `tidelock validate --fix mends ${fixable} of them. `
  return `${fix}tidelock validate --explain ${diagnostics[0]!.code} says more of a fault.`
}

export function tallyOf(diagnostics: readonly Diagnostic[]): {
  readonly errors: number
  readonly warnings: number
} {
  return {
    errors: diagnostics.filter(({ severity }) => severity === 'error').length,
    warnings: diagnostics.filter(({ severity }) => severity === 'warning').length,
  }
}
