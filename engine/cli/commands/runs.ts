import { runs as listRuns } from '../../store/runs.ts'
import { prefixText } from '../../temporal/names.ts'
import { type Command, EXIT, UsageError } from '../command.ts'
import { instantText, table } from '../output.ts'
import { withSession } from '../with-session.ts'

export const runs: Command = {
  positionals: '[MAPPING]',
  options: { limit: { type: 'string', value: 'N', help: 'how many (default: 20)' } },
  examples: [['tidelock runs shopify-orders --limit 5', 'the last five runs of one mapping']],
  run: (invocation) =>
    withSession(
      invocation,
      async ({ session }) => {
        const { output, options, positionals } = invocation
        const limit = Number(options['limit'] ?? 20)
        if (!Number.isInteger(limit) || limit < 1)
          throw new UsageError('--limit takes a whole number from 1 on')
        const mapping = positionals[0]
        const found = await listRuns(session.store, prefixText(session.prefix), {
          limit: limit + 1,
          ...(mapping === undefined ? {} : { mapping }),
        })
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
