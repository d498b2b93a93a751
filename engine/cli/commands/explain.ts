import { versionOf } from '../../core/compile/context.ts'
import type { HashedPlan } from '../../core/compile/repository.ts'
import { explainRecord } from '../../core/explain/record.ts'
import { didYouMean } from '../../core/expression/nearest.ts'
import { namedReferences } from '../../core/mapping-test/references.ts'
import { createTransformer } from '../../core/transform/transformer.ts'
import { prefixText } from '../../temporal/names.ts'
import { explain as explainLive } from '../../transfer/explain.ts'
import { type Command, EXIT, type Invocation, UsageError } from '../command.ts'
import { showLines, showVerdict } from '../explanation.ts'
import { noteMasked } from '../masked-note.ts'
import { recordedSamples } from '../recorded-files.ts'
import { sourceKeyOf } from '../source-key.ts'
import { unknownMapping } from '../unknown-mapping.ts'
import { withSession } from '../with-session.ts'
import type { Workspace } from '../workspace.ts'

export const explain: Command = {
  positionals: 'MAPPING [KEY|LABEL]',
  options: {
    sample: {
      type: 'string',
      value: 'NAME',
      help: 'a recorded sample instead of a real record: orders/1042',
    },
    open: { type: 'boolean', help: 'show personal values too' },
  },
  examples: [
    [
      'tidelock explain shopify-orders "#1042"',
      'reads the order, shows each line with its values, writes nothing',
    ],
    [
      'tidelock explain shopify-orders --sample orders/1042',
      'the same on a recorded sample, without any system',
    ],
  ],
  exits: ['1  there is no such record'],
  run: (invocation) =>
    withSession(invocation, async ({ session, workspace }) => {
      const { positionals, options, output, signal } = invocation
      const [name, text] = positionals
      if (name === undefined) throw new UsageError('Name a mapping, and a record by its key or label')
      const planned = planNamed(workspace, name)
      if (typeof options['sample'] === 'string')
        return explainSample(invocation, workspace, planned, options['sample'])
      if (text === undefined) throw new UsageError('Name a record by its key or label, or give --sample')
      const scope = prefixText(session.prefix)
      const { plan, hash, sourceMap } = planned
      const explained = await explainLive(session.workerDependencies(), {
        scope,
        plan,
        planHash: hash,
        sourceMap,
        key: await sourceKeyOf(session.store, scope, plan, text),
        open: options['open'] === true,
        signal,
      })
      if (explained === null) {
        output.error(
          `${plan.source.connection.name} has no ${plan.source.resource} with the key ${text}, and no label ${text} is known. Labels are known of records that were read before; else give the key.`,
        )
        return EXIT.failed
      }
      output.data(explained)
      showVerdict(plan, explained, output)
      showLines(sourceMap, explained.record, explained.target?.fields ?? null, output)
      noteMasked(explained, output)
      return EXIT.ok
    }),
}

function planNamed(workspace: Workspace, name: string): HashedPlan {
  const names = workspace.plans.map(({ plan }) => plan.mapping)
  const found = workspace.plans.find(({ plan }) => plan.mapping === name)
  if (found !== undefined) return found
  throw unknownMapping(name, names)
}

function explainSample(
  { output }: Invocation,
  workspace: Workspace,
  { plan, sourceMap }: HashedPlan,
  name: string,
): number {
  const samples = recordedSamples(workspace.folder)
  const of = [plan.source.connection.connector, versionOf(plan.source.connection)] as const
  const sample = samples.sample(...of, name)
  if (sample === null) {
    const names = samples.names(...of, plan.source.resource)
    output.error(
      `There is no sample "${name}". ${didYouMean(name, names)?.hint ?? `There are: ${names.join(', ')}.`}`,
    )
    return EXIT.failed
  }
  const source = createTransformer(plan).decode(sample)
  const record = explainRecord(plan, source, namedReferences([]))
  output.data({ mapping: plan.mapping, sample: name, record })
  output.line(output.style('bold', `${plan.mapping}: ${name}`))
  output.line('A recorded sample: look-ups show as what they would look up.')
  showLines(sourceMap, record, null, output)
  return EXIT.ok
}
