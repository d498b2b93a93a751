import type { Command } from '../command.ts'
import { DECISION_OPTIONS, decideCommand } from '../decide-runs.ts'

export const resume: Command = {
  positionals: 'MAPPING',
  options: DECISION_OPTIONS,
  examples: [
    [
      'tidelock resume shopify-orders --reason "prices mended in the shop"',
      'the halted run goes on where it stopped',
    ],
  ],
  exits: ['1  no run of the mapping waits'],
  run: (invocation) => decideCommand('resume', invocation),
}
