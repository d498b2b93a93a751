import type { Command } from '../command.ts'
import { DECISION_OPTIONS, decideCommand } from '../decide-runs.ts'

export const abort: Command = {
  positionals: 'MAPPING',
  options: DECISION_OPTIONS,
  examples: [
    [
      'tidelock abort shopify-orders --reason "waits for the new price list"',
      'the run ends; what it moved stays, and the next run begins where it stopped',
    ],
  ],
  exits: ['1  no run of the mapping waits'],
  run: (invocation) => decideCommand('abort', invocation),
}
