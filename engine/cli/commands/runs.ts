import { runs as listRuns } from '../../store/runs.ts'
import { prefixText } from '../../temporal/names.ts'
import { type Command, EXIT } from '../command.ts'
import { limitOf } from '../limit.ts'
import { instantText, table } from '../output.ts'
import { refuseUnapplied } from '../unknown-mapping.ts'
import { withSession } from '../with-session.ts'

export const runs: Command = {
  positionals: '[MAPPING]',
  options: { limit: { type: 'string', value: 'N', help: 'how many (default: 20)' } },
  examples: [['tidelock runs shopify-orders --limit 5', 'the last five runs of one mapping']],
  run: (invocation) =>
    withSession(
      invocation,
      async ({ session }) => {
        const { output, positionals } = invocation
        const limit = limitOf(invocation, 20)
        const mapping = positionals[0]
        const found = await listRuns(session.store, prefixText(session.prefix), {
          limit: limit + 1,
          ...(mapping === undefined ? {} : { mapping }),
        })
        if (mapping !== undefined && found.length === 0) await refuseUnapplied(session, mapping)
        const rows = found.slice(0, limit)
        output.data(rows)
        const lines = table(
          [
            'started',
            'mapping',
            'lane',
            'state',
            'read',
            'created',
            'updated',
            'unchanged',
            'filtered',
            'parked',
            'calls',
          ],
          rows.map((row) => {
            const { tally } = row
            const cells = [
              tally.read,
              tally.created,
              tally.updated,
              tally.unchanged,
              tally.filtered,
              tally.parked,
              tally.calls,
            ]
            return [instantText(row.startedAt), row.mapping, row.lane, row.state, ...cells]
          }),
        )
        for (const line of rows.length === 0 ? ['No runs yet.'] : lines) output.line(line)
        if (found.length > limit) output.note(`There are older ones: --limit ${limit * 5} shows more.`)
        return EXIT.ok
      },
      { filesMustBeSound: false },
    ),
}
