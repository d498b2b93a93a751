import { existsSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { SyncError } from '../../core/model/failure.ts'
import { EXIT, type Invocation, UsageError } from '../command.ts'
import { counted } from '../output.ts'
import type { Session } from '../session.ts'
import { actorOf, noteOpening } from './actor.ts'
import { planBook } from './plans.ts'
import { filterOf, lettersFitting } from './selected.ts'
import { csvText } from './sheet/csv.ts'
import { sheetOf } from './sheet/export.ts'
import { refuseUnknown } from './unknown.ts'

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
  const above = dirname(file)
  if (!existsSync(above)) throw new UsageError(`There is no folder ${above} to write ${name} into`)
  await refuseUnknown(invocation, session)
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
  writeSheet(file, csvText(rows))
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

/** Whoever may read the folder may not read the records of customers. */
function writeSheet(file: string, text: string): void {
  try {
    writeFileSync(file, text, { flag: 'wx', mode: 0o600 })
  } catch (error) {
    throw new SyncError('invalid-plan', `${file} cannot be written: ${(error as Error).message}.`, {
      cause: error,
    })
  }
}
