import { didYouMean } from '../../core/expression/nearest.ts'
import { DECISION_KINDS, type DecisionKind } from '../../core/model/dead-letter.ts'
import { DEAD_LETTER_ORDERS } from '../../store/dead-letters.ts'
import { type Command, type Invocation, type OptionSpec, UsageError } from '../command.ts'
import { decideOn } from '../dead-letters/decisions.ts'
import { exportSheet } from '../dead-letters/exporting.ts'
import { importSheet } from '../dead-letters/importing.ts'
import { list } from '../dead-letters/list.ts'
import { FILTER_OPTIONS } from '../dead-letters/selected.ts'
import { show } from '../dead-letters/show.ts'
import type { Session } from '../session.ts'
import { withSession } from '../with-session.ts'
import type { Workspace } from '../workspace.ts'

const OPTIONS: Readonly<Record<string, OptionSpec>> = {
  ...FILTER_OPTIONS,
  clusters: { type: 'boolean', help: 'list: one row a cause' },
  sort: { type: 'string', value: 'ORDER', help: `list: ${DEAD_LETTER_ORDERS.join(', ')} (default: newest)` },
  limit: { type: 'string', value: 'N', help: 'list: how many (default: 50)' },
  open: { type: 'boolean', help: 'personal values too; who looked is noted beside the decisions' },
  by: { type: 'string', value: 'WHO', help: 'who decides (default: the address git knows, or the user)' },
  reason: { type: 'string', value: 'TEXT', help: 'why; discard and correct need it' },
  set: { type: 'string', value: 'PATH=VALUE', help: 'correct: one value, may be repeated', multiple: true },
  edit: {
    type: 'string',
    value: 'FILE|JSON',
    help: 'correct: an edited copy of the record, or values by path; - reads it',
  },
  to: { type: 'string', value: 'NAME', help: 'assign: the new owner; none takes it away' },
  dry: {
    type: 'boolean',
    help: 'shows what a decision is about and what would come of it, and decides nothing',
  },
  yes: { type: 'boolean', help: 'decides without asking' },
  'no-wait': { type: 'boolean', help: 'does not wait for what comes of a retry' },
}

export const deadLetters: Command = {
  positionals: 'list|show|retry|correct|discard|assign|export|import [ID|KEY|LABEL|FILE …]',
  options: OPTIONS,
  examples: [
    ['tidelock dead-letters list --mapping shopify-orders', 'what is parked, and why'],
    ['tidelock dead-letters list --clusters', 'one row a cause, with how many and since when'],
    ['tidelock dead-letters show "#1042"', 'one of them: reason, line of the mapping, both sides, decisions'],
    [
      'tidelock dead-letters retry --cluster c-Xy12ab34cd56',
      'all of one cause, after showing what would come of it',
    ],
    [
      'tidelock dead-letters correct "#1042" --set lineItems.0.sku=SKU-1 --reason "typo in the shop"',
      'tries it with another value, which holds until the record changes at its source',
    ],
    ['tidelock dead-letters discard "#1042" --reason "a test order"', 'leaves it out until it changes'],
    ['tidelock dead-letters export parked.csv --mapping shopify-orders', 'to decide in a spreadsheet'],
    ['tidelock dead-letters import parked.csv', 'carries out what was decided there, all of it or nothing'],
  ],
  exits: ['1  none is there by that name; a correction or a sheet has faults'],
  run: (invocation) =>
    withSession(
      invocation,
      async ({ session, workspace }) => {
        const [what = 'list', ...names] = invocation.positionals
        const work = Object.hasOwn(WORK, what) ? WORK[what]! : null
        if (work !== null) return work(invocation, session, names, workspace)
        const hint = didYouMean(what, Object.keys(WORK))?.hint ?? `There are ${Object.keys(WORK).join(', ')}.`
        throw new UsageError(`"${what}" is nothing dead-letters does. ${hint}`)
      },
      { filesMustBeSound: false },
    ),
}

type Work = (
  invocation: Invocation,
  session: Session,
  names: readonly string[],
  workspace: Workspace,
) => Promise<number>

const WORK: Readonly<Record<string, Work>> = {
  list,
  show: (invocation, session, names, { texts }) => show(invocation, session, names, texts),
  ...Object.fromEntries(DECISION_KINDS.map((kind) => [kind, decider(kind)])),
  export: exportSheet,
  import: importSheet,
}

function decider(kind: DecisionKind): Work {
  return (invocation, session, names) => decideOn(invocation, session, kind, names)
}
