import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { JsonValue } from '../../core/model/json.ts'
import { hashOf } from '../../core/transform/fingerprint.ts'
import { type DeadLetterRow, deadLetters } from '../../store/dead-letters.ts'
import { type Decision, decisionsOf } from '../../store/decisions.ts'
import { saveEdit } from '../../store/edits.ts'
import { prefixText } from '../../temporal/names.ts'
import { EXIT, type Invocation, UsageError } from '../command.ts'
import { confirm } from '../confirm.ts'
import { counted, table } from '../output.ts'
import type { Session } from '../session.ts'
import { actorOf, DEFAULT_REASONS } from './actor.ts'
import { type Deciding, decideAll } from './decision.ts'
import { planBook } from './plans.ts'
import { csvRows } from './sheet/csv.ts'
import {
  idsOfSheet,
  readSheet,
  type SheetDecision,
  type SheetFault,
  type SheetLetter,
} from './sheet/import.ts'

/** `dead-letters import`: carries out what a person decided in an exported sheet, all of it or, when anything is wrong, nothing. */
export async function importSheet(
  invocation: Invocation,
  session: Session,
  names: readonly string[],
): Promise<number> {
  const { options, output, cwd } = invocation
  const [name, more] = names
  if (name === undefined || more !== undefined) throw new UsageError('import needs the name of one file')
  const rows = csvRows(textOf(resolve(cwd, name), name))
  const letters = 'fault' in rows ? new Map() : await lettersOf(session, idsOfSheet(rows))
  const { decisions, before, faults } =
    'fault' in rows
      ? { decisions: [], before: 0, faults: [{ line: rows.line, column: null, message: rows.fault }] }
      : readSheet(rows, letters)
  if (faults.length > 0) return refuse(invocation, name, faults)
  showCounts(invocation, decisions, before)
  const dry = options['dry'] === true
  const nothing = decisions.length === 0
  if (
    nothing ||
    dry ||
    !(await confirm(invocation, `Decide on ${counted(decisions.length, 'dead letter')}?`))
  ) {
    output.data({ file: name, dry, decided: 0, before, skipped: 0, mappings: [], letters: [] })
    output.line(nothing ? 'There is nothing to decide.' : 'Nothing was decided.')
    return EXIT.ok
  }
  const { by } = actorOf(invocation, session)
  const { decided, after } = await decideAll(
    invocation,
    session,
    await decidingOf(session, decisions, letters, by),
  )
  const shown = await planBook(session).shown(after, false)
  const count = decided.reduce((sum, { count: of }) => sum + of, 0)
  const skipped = decided.reduce((sum, { skipped: of }) => sum + of, 0)
  output.data({
    file: name,
    dry: false,
    decided: count,
    before,
    skipped,
    mappings: decided,
    letters: shown.map(({ id, mapping, state }) => ({ id, mapping, state })),
  })
  output.line(`${output.style('green', '✓')} ${counted(count, 'decision')} carried out`)
  if (skipped > 0) output.line(`  ${skipped} left alone: settled or changed meanwhile`)
  for (const [state, group] of Map.groupBy(shown, (letter) => letter.state))
    output.line(`  ${state}: ${group.length}`)
  return EXIT.ok
}

function textOf(path: string, name: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new UsageError(`${name} could not be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`)
  }
}

function refuse({ output }: Invocation, name: string, faults: readonly SheetFault[]): number {
  const sorted = faults.toSorted((a, b) => a.line - b.line)
  output.data({ file: name, faults: sorted })
  for (const { line, column, message } of sorted)
    output.error(`${name}:${line}${column === null ? '' : ` column ${column}`}: ${message}`)
  output.error(`${counted(faults.length, 'fault')}; nothing was decided.`)
  return EXIT.failed
}

function showCounts({ output }: Invocation, decisions: readonly SheetDecision[], before: number): void {
  const kinds = [...Map.groupBy(decisions, ({ kind }) => kind)].map(
    ([kind, of]) => [kind, of.length] as const,
  )
  if (kinds.length > 0) for (const line of table(['decision', 'lines'], kinds)) output.line(line)
  if (before > 0) output.line(`${before} decided before, by an earlier import of this file`)
}

async function lettersOf(
  session: Session,
  ids: readonly string[],
): Promise<ReadonlyMap<string, SheetLetter>> {
  const scope = prefixText(session.prefix)
  const found = await deadLetters(session.store, scope, { ids, limit: Math.max(1, ids.length) })
  const decisions = Map.groupBy(
    await decisionsOf(
      session.store,
      scope,
      found.map(({ id }) => id),
    ),
    ({ deadLetterId }) => deadLetterId,
  )
  const plans = planBook(session)
  const letters = new Map<string, SheetLetter>()
  for (const letter of found) {
    const stored = await plans.planOf(letter)
    if (stored === null) continue
    const taken = decisions.get(letter.id) ?? []
    const decidedBefore = (decision: SheetDecision) => taken.some((known) => isSame(known, decision, letter))
    letters.set(letter.id, { letter, plan: stored.plan, decidedBefore })
  }
  return letters
}

/** Whether a decision that was taken is the one that a line of the sheet says. */
function isSame(known: Decision, decision: SheetDecision, { owner }: DeadLetterRow): boolean {
  if (known.kind !== decision.kind || known.decidedAt < decision.since) return false
  if (decision.kind === 'assign') return owner === decision.to
  if (known.reason !== (decision.reason || DEFAULT_REASONS[decision.kind])) return false
  return (
    decision.overlay === null ||
    known.overlay === null ||
    hashOf(known.overlay as JsonValue) === hashOf(decision.overlay as JsonValue)
  )
}

/** One Update for all lines of a mapping that decide the same for the same reason. */
async function decidingOf(
  session: Session,
  decisions: readonly SheetDecision[],
  letters: ReadonlyMap<string, SheetLetter>,
  by: string,
): Promise<readonly Deciding[]> {
  const scope = prefixText(session.prefix)
  const groups = Map.groupBy(decisions, ({ id, kind, reason, to }) =>
    JSON.stringify([letters.get(id)!.letter.mapping, kind, reason, to]),
  )
  const found: Deciding[] = []
  for (const group of groups.values()) {
    for (let start = 0; start < group.length; start += 1_000) {
      const some = group.slice(start, start + 1_000)
      const [{ kind, to }] = some as [SheetDecision]
      const reason = some[0]!.reason || DEFAULT_REASONS[kind]
      const { mapping } = letters.get(some[0]!.id)!.letter
      const ids = some.map(({ id }) => id)
      // The same lines again are the same decision.
      const updateId = `import-${hashOf(some.map(({ line: _, ...rest }) => rest) as unknown as JsonValue)}`
      const base = { mapping, ids, updateId }
      if (kind === 'assign') found.push({ ...base, decision: { kind, ids, to, by, reason } })
      else if (kind !== 'correct') found.push({ ...base, decision: { kind, ids, by, reason } })
      else {
        const edits = some.map(({ id, overlay }) => ({
          deadLetterId: id,
          sourceHash: letters.get(id)!.letter.sourceHash,
          overlay: overlay ?? {},
        }))
        const edit = await session.store.transaction((trx) => saveEdit(trx, scope, mapping, edits))
        found.push({ ...base, decision: { kind, edit, by, reason } })
      }
    }
  }
  return found
}
