import { formatDiagnostic } from '../../core/parse/format.ts'
import { type Command, EXIT } from '../command.ts'
import type { Output } from '../output.ts'
import { openWorkspace, type Workspace } from '../workspace.ts'

export const validate: Command = {
  positionals: '[FOLDER]',
  options: {},
  examples: [
    ['tidelock validate', 'checks the repository you stand in'],
    [
      'tidelock validate ../acme --json',
      'one JSON array of {code, severity, file, line, column, message, hint}',
    ],
  ],
  async run({ positionals, options, output, cwd }) {
    const folder = positionals[0] ?? String(options['folder'] ?? cwd)
    const workspace = openWorkspace(folder, String(options['env'] ?? 'default'))
    output.data(
      workspace.diagnostics.map(({ code, severity, file, line, column, message, hint }) => ({
        code,
        severity,
        file,
        line,
        column,
        message,
        hint,
      })),
    )
    if (!output.json) showDiagnostics(workspace, output)
    return workspace.diagnostics.some((diagnostic) => diagnostic.severity === 'error') ? EXIT.failed : EXIT.ok
  },
}

/** Each fault with its line of the file, then a summary. */
export function showDiagnostics(workspace: Workspace, output: Output): void {
  for (const diagnostic of workspace.diagnostics) {
    const line = workspace.texts.get(diagnostic.file)?.split(/\r?\n/)[diagnostic.line - 1] ?? null
    output.line(formatDiagnostic(diagnostic, line))
    output.line()
  }
  const errors = workspace.diagnostics.filter(({ severity }) => severity === 'error').length
  const warnings = workspace.diagnostics.filter(({ severity }) => severity === 'warning').length
  if (errors + warnings === 0) {
    output.line(
      output.style(
        'green',
        `${workspace.plans.length} mapping${workspace.plans.length === 1 ? '' : 's'}: no faults.`,
      ),
    )
    return
  }
  const parts = [
    errors > 0 ? `${errors} error${errors === 1 ? '' : 's'}` : null,
    warnings > 0 ? `${warnings} warning${warnings === 1 ? '' : 's'}` : null,
  ]
  output.line(output.style(errors > 0 ? 'red' : 'yellow', parts.filter((part) => part !== null).join(', ')))
}
