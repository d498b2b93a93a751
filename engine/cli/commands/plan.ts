import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Action, MappingChange } from '../../core/diff/plan-diff.ts'
import { showChannelChanges } from '../channels.ts'
import { type Command, EXIT } from '../command.ts'
import type { Output } from '../output.ts'
import { situateAll } from '../situation.ts'
import { withSession } from '../with-session.ts'

const GLYPHS: Readonly<Record<Action, string>> = { create: '+', update: '~', none: ' ', remove: '-' }
const COLOURS = { create: 'green', update: 'yellow', none: 'dim', remove: 'red' } as const

export const plan: Command = {
  positionals: '',
  options: {
    out: { type: 'string', value: 'FILE', help: 'write the plan, for `apply FILE`' },
    'detailed-exitcode': { type: 'boolean', help: 'exit 2 when there is a difference' },
  },
  examples: [
    ['tidelock plan', 'shows what apply would do'],
    [
      'tidelock plan --out change.plan --detailed-exitcode',
      'for CI: 0 no difference, 2 a difference, 1 an error',
    ],
  ],
  exits: ['2  with --detailed-exitcode: there is a difference'],
  run: (invocation) =>
    withSession(invocation, async ({ session, workspace }) => {
      const { output, options, cwd } = invocation
      const { changes, channels, stateHash } = await situateAll(session, workspace)
      const differs = channels.length > 0 || changes.some((change) => change.action !== 'none')
      output.data({ changes, channels, stateHash, differs })
      showChannelChanges(channels, output)
      showChanges(changes, output)
      if (typeof options['out'] === 'string') {
        writeFileSync(
          resolve(cwd, options['out']),
          `${JSON.stringify({ tidelock: 1, environment: session.prefix.environment, stateHash, changes, channels }, null, 2)}\n`,
        )
        output.line(`Written to ${options['out']}: tidelock apply ${options['out']}`)
      }
      if (changes.some((change) => change.refusals.length > 0)) return EXIT.failed
      return options['detailed-exitcode'] === true && differs ? 2 : EXIT.ok
    }),
}

export function showChanges(changes: readonly MappingChange[], output: Output): void {
  for (const change of changes) {
    if (change.action === 'none') {
      output.line(output.style('dim', `  ${change.mapping}: no difference`))
      for (const consequence of change.consequences) output.line(`      ${consequence}`)
      continue
    }
    const was = change.movedFrom === null ? '' : ` (was ${change.movedFrom})`
    output.line(output.style(COLOURS[change.action], `${GLYPHS[change.action]} ${change.mapping}${was}`))
    for (const difference of change.differences) output.line(`      ${difference}`)
    for (const consequence of change.consequences) output.line(`      ${consequence}`)
    for (const refusal of change.refusals) output.line(output.style('red', `      refused: ${refusal}`))
  }
  const counts = (action: Action) => changes.filter((change) => change.action === action).length
  output.line()
  output.line(
    `${counts('create')} to create, ${counts('update')} to update, ${counts('none')} unchanged, ${counts('remove')} no longer in the files.`,
  )
}
