import { hasErrors } from '../core/model/diagnostic.ts'
import { SyncError } from '../core/model/failure.ts'
import { EXIT, type Invocation } from './command.ts'
import { showDiagnostics } from './diagnostics/human.ts'
import { openSession, type Session } from './session.ts'
import { openWorkspace, type Workspace } from './workspace.ts'

/** Opens files, store and (when asked) Temporal for a command, and closes them again. Files with errors stop it: exit 1. */
export async function withSession(
  invocation: Invocation,
  work: (opened: { readonly session: Session; readonly workspace: Workspace }) => Promise<number>,
  options: {
    readonly filesMustBeSound: boolean
    /** Whether the store is brought to the newest version. Default: yes. */
    readonly migrate?: boolean
  } = { filesMustBeSound: true },
): Promise<number> {
  const { output } = invocation
  const folder = String(invocation.options['folder'] ?? invocation.cwd)
  const workspace = openWorkspace(folder, String(invocation.options['env'] ?? 'default'))
  if (hasErrors(workspace.diagnostics) && (options.filesMustBeSound || workspace.repository === null)) {
    if (!output.json) showDiagnostics(workspace, output)
    else output.data({ diagnostics: workspace.diagnostics })
    output.error('The files have errors; what is live stays as it is.')
    return EXIT.failed
  }
  if (workspace.repository === null)
    throw new SyncError('invalid-plan', `${folder} has no usable temporal.yaml.`)
  const session = await openSession({
    repository: workspace.repository,
    folder: workspace.folder,
    environment: workspace.environment,
    processEnvironment: invocation.environment,
    say: output.note,
    migrate: options.migrate ?? true,
  })
  try {
    return await work({ session, workspace })
  } finally {
    await session.close()
  }
}
