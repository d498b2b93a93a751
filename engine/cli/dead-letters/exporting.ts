import { existsSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { EXIT, type Invocation, UsageError } from '../command.ts'
import { counted } from '../output.ts'
import type { Session } from '../session.ts'
import { actorOf, noteOpening } from './actor.ts'
import { planBook } from './plans.ts'
import { filterOf, lettersFitting } from './selected.ts'
import { csvText } from './sheet/csv.ts'
import { sheetOf } from './sheet/export.ts'

/** `dead-letters export`: a CSV file in which a person decides. */
export async function exportSheet(
  invocation: Invocation,
  session: Session,
  names: readonly string[],
): Promise<number> {
  const { options, output, cwd } = invocation
  const [name, more] = names
  if (name === undefined || more !== undefined) throw new UsageError('export needs the name of one file')
  const file = resolve(cwd, name)
  if (existsSync(file))
    throw new UsageError(
      `${name} is there already: name a file that is not, so that no decisions in it get lost`,
    )
  const { sort: _, ...filter } = filterOf(invocation, session.store.now())
  const plans = planBook(session)
  const judged = []
  let planless = 0
  for (const letter of await lettersFitting(session, filter)) {
    const stored = await plans.planOf(letter)
    if (stored === null) planless++
    else judged.push({ letter, plan: stored.plan })
  }
  const open = options['open'] === true
  if (open)
    await noteOpening(
      session,
      judged.map(({ letter }) => letter),
      actorOf(invocation, session),
    )
  const rows = sheetOf(judged, { exportedAt: session.store.now(), open })
  // Whoever may read the folder may not read the records of customers.
  writeFileSync(file, csvText(rows), { flag: 'wx', mode: 0o600 })
  output.data({ file, count: judged.length, planless, open })
  output.line(
    `${file} has ${counted(judged.length, 'dead letter')}${open ? ', personal values too' : ', personal values masked'}.`,
  )
  output.line(
    'Write retry, correct, discard or assign into the column "decision", a reason beside it, then: tidelock dead-letters import.',
  )
  if (planless > 0) output.note(`${planless} of plans that are not known any more were left out.`)
  return EXIT.ok
}
