import { SyncError } from '../../core/model/failure.ts'
import { prefixText } from '../../temporal/names.ts'
import { type Command, EXIT, UsageError } from '../command.ts'
import { dryRun } from '../dry-run.ts'
import { runMappings } from '../run-mappings.ts'
import type { Session } from '../session.ts'
import { situate } from '../situation.ts'
import { sourceKeyOf } from '../source-key.ts'
import { unknownMapping } from '../unknown-mapping.ts'
import { withSession } from '../with-session.ts'
import type { Workspace } from '../workspace.ts'

export const run: Command = {
  positionals: '[MAPPING]',
  options: {
    full: { type: 'boolean', help: 'read everything, not only what changed' },
    only: {
      type: 'string',
      value: 'KEY|LABEL',
      help: 'just this record, by its key at the source or by what people call it',
    },
    dry: {
      type: 'boolean',
      help: 'read real records and show what would happen; writes nothing, uses the files',
    },
    limit: { type: 'string', value: 'N', help: 'with --dry: at most so many records (default: 20)' },
    compare: { type: 'boolean', help: 'with --dry: show each field beside what the target has now' },
    open: { type: 'boolean', help: 'with --dry: show personal values too' },
  },
  examples: [
    ['tidelock run shopify-orders', 'what changed since the last run'],
    ['tidelock run shopify-orders --only "#1042"', 'one order, by its name'],
    ['tidelock run shopify-orders --dry --limit 5 --compare', 'what the files would do, record by record'],
    [
      'tidelock run shopify-orders --json',
      '{"mapping","read","created","updated","unchanged","filtered","parked","calls","writeCalls","seconds","due","delivered","balanced",…}',
    ],
  ],
  exits: ['1  a run failed or does not balance'],
  run: (invocation) =>
    withSession(invocation, async ({ session, workspace }) => {
      const { options, output, positionals } = invocation
      const mappings = chosen(workspace, positionals[0])
      if (options['dry'] === true) return dryRun(invocation, session, workspace, mappings)
      for (const name of ['limit', 'compare', 'open'])
        if (options[name] !== undefined) throw new UsageError(`--${name} goes with --dry`)
      await refuseDifferences(session, workspace, mappings)
      const only =
        typeof options['only'] === 'string'
          ? [await onlyKey(session, workspace, mappings, options['only'])]
          : null
      const lane = only !== null ? 'retry' : options['full'] === true ? 'backfill' : 'live'
      const results = await runMappings(invocation, session, mappings, { lane, only })
      for (const result of results) output.data(result)
      return results.every((result) => result.balanced) ? EXIT.ok : EXIT.failed
    }),
}

function chosen(workspace: Workspace, name: string | undefined): readonly string[] {
  const names = workspace.plans.map(({ plan }) => plan.mapping)
  if (name === undefined) return names
  if (names.includes(name)) return [name]
  throw unknownMapping(name, names)
}

/** Only what was reviewed and applied runs: files that differ from it are not what people believe to be running. */
async function refuseDifferences(
  session: Session,
  workspace: Workspace,
  mappings: readonly string[],
): Promise<void> {
  const { changes } = await situate(session, workspace.plans)
  const differing = changes.filter(
    (change) => mappings.includes(change.mapping) && change.hash !== change.appliedHash,
  )
  if (differing.length === 0) return
  const [first] = differing
  const what = first!.appliedHash === null ? 'is not applied yet' : 'differs from what is applied'
  throw new SyncError(
    'invalid-plan',
    `${differing.map((change) => change.mapping).join(', ')} ${what}. See it with tidelock plan, then tidelock apply; or try the files with --dry.`,
  )
}

async function onlyKey(
  session: Session,
  workspace: Workspace,
  mappings: readonly string[],
  text: string,
): Promise<string> {
  if (mappings.length !== 1) throw new UsageError('--only needs the name of one mapping')
  const { plan } = workspace.plans.find((candidate) => candidate.plan.mapping === mappings[0])!
  return sourceKeyOf(session.store, prefixText(session.prefix), plan, text)
}
