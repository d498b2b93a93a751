import type { Overlay } from '../../core/dead-letter/overlay.ts'
import type { DecisionKind } from '../../core/model/dead-letter.ts'
import { SyncError } from '../../core/model/failure.ts'
import type { DeadLetterRow } from '../../store/dead-letters.ts'
import { saveEdit } from '../../store/edits.ts'
import { prefixText } from '../../temporal/names.ts'
import { EXIT, type Invocation, UsageError } from '../command.ts'
import { confirm } from '../confirm.ts'
import { counted } from '../output.ts'
import type { Session } from '../session.ts'
import { actorOf, DEFAULT_REASONS, noteOpening } from './actor.ts'
import { changeLines, correctionOf, type Edits } from './correction.ts'
import { type Deciding, decideAll } from './decision.ts'
import { type Preview, previews, showPreviews } from './judged-again.ts'
import { nameOf } from './list.ts'
import { type PlanBook, planBook } from './plans.ts'
import { lettersMeant } from './selected.ts'
import { settledAlready } from './settled.ts'
import { editsOf } from './written-edits.ts'

/** An Update takes no more ids. */
const MOST_IDS = 1_000

/** `dead-letters retry|correct|discard|assign`: shows what it is about and what would come of it, asks, decides, says what came of it. */
export async function decideOn(
  invocation: Invocation,
  session: Session,
  kind: DecisionKind,
  names: readonly string[],
): Promise<number> {
  const { options, output } = invocation
  const actor = actorOf(invocation, session)
  const reason = actor.reason || DEFAULT_REASONS[kind]
  if ((kind === 'discard' || kind === 'correct') && actor.reason === '')
    throw new UsageError(`${kind} needs --reason: why, for whoever looks at it later`)
  const edits = kind === 'correct' ? editsOf(invocation) : null
  const to = kind === 'assign' ? ownerOf(invocation) : null
  const meant = await lettersMeant(invocation, session, names)
  if ('fault' in meant) {
    output.error(meant.fault)
    return EXIT.failed
  }
  const { letters } = meant
  if (letters.length === 0) {
    output.data({ decision: kind, count: 0, skipped: 0, mappings: [], letters: [], previews: [], dry: false })
    output.line('None is open that fits.')
    return EXIT.ok
  }
  const plans = planBook(session)
  const settled = await settledAlready(session, kind, letters, plans)
  if (settled.length > 0) {
    output.data({ decision: kind, count: 0, skipped: letters.length, faults: settled })
    for (const sentence of settled) output.error(sentence)
    return EXIT.failed
  }
  if (options['open'] === true) await noteOpening(session, letters, actor)
  const overlays = new Map<string, Overlay>()
  if (edits !== null) {
    const faults = await correctAll(letters, edits, plans, overlays)
    if (faults.length > 0) {
      output.data({ faults })
      for (const fault of faults) output.error(fault)
      return EXIT.failed
    }
  }
  const found =
    kind === 'retry' || kind === 'correct'
      ? await previewAll(invocation, session, letters, plans, overlays)
      : []
  await showBefore(invocation, letters, { kind, to, overlays, found, plans })
  const dry = options['dry'] === true
  const question = `${VERBS[kind]} ${counted(letters.length, 'dead letter')}${to === null ? '' : ` to ${to}`}?`
  if (dry || !(await confirm(invocation, question))) {
    output.data({ decision: kind, dry, count: 0, skipped: 0, mappings: [], letters: [], previews: found })
    output.line('Nothing was decided.')
    return EXIT.ok
  }
  const { decided, after } = await decideAll(
    invocation,
    session,
    await decidingOf(invocation, session, { kind, to, actor: { by: actor.by, reason }, letters, overlays }),
  )
  const shown = await plans.shown(after, options['open'] === true)
  const count = decided.reduce((sum, { count: of }) => sum + of, 0)
  const skipped = decided.reduce((sum, { skipped: of }) => sum + of, 0)
  output.data({
    decision: kind,
    dry: false,
    ...actor,
    count,
    skipped,
    mappings: decided.map(({ kind: _, ...rest }) => rest),
    letters: shown.map(({ id, mapping, key, label, state, class: why, message, targetId }) => ({
      ...{ id, mapping, key, label, state, class: why, message, targetId },
    })),
    previews: found,
  })
  output.line(
    `${output.style('green', '✓')} ${kind}: ${counted(count, 'dead letter')}${skipped === 0 ? '' : `; ${skipped} left alone, settled or changed meanwhile`}`,
  )
  showAfter(shown, invocation)
  return EXIT.ok
}

const VERBS = { retry: 'Try again', correct: 'Correct', discard: 'Discard', assign: 'Assign' } as const

function ownerOf({ options }: Invocation): string | null {
  const { to } = options
  if (typeof to !== 'string' || to.trim() === '') throw new UsageError('assign needs --to NAME, or --to none')
  return to.trim() === 'none' ? null : to.trim()
}

async function correctAll(
  letters: readonly DeadLetterRow[],
  edits: Edits,
  plans: PlanBook,
  overlays: Map<string, Overlay>,
): Promise<readonly string[]> {
  const faults: string[] = []
  for (const letter of letters) {
    const stored = await plans.planOf(letter)
    const [shown] = await plans.shown([letter], false)
    if (stored === null || letter.payload === null) {
      faults.push(`${nameOf(shown!)}: its record or its plan is not kept any more.`)
      continue
    }
    const { overlay, faults: own } = correctionOf(stored.plan, letter.payload.data, edits)
    faults.push(...own.map((fault) => `${nameOf(shown!)}: ${fault}`))
    overlays.set(letter.id, overlay)
  }
  return faults
}

async function previewAll(
  { options, output, signal }: Invocation,
  session: Session,
  letters: readonly DeadLetterRow[],
  plans: PlanBook,
  overlays: ReadonlyMap<string, Overlay>,
): Promise<readonly Preview[]> {
  const found: Preview[] = []
  for (const [, group] of Map.groupBy(letters, ({ mapping }) => mapping)) {
    const stored = await plans.planOf(group[0]!)
    if (stored === null) continue
    const open = options['open'] === true
    try {
      found.push(...(await previews(session, stored, group, { overlays, open, signal })))
    } catch (error) {
      // It may be decided all the same: what is decided waits until the systems answer again.
      if (!(error instanceof SyncError)) throw error
      output.note(`What would come of it could not be seen: ${error.message}`)
    }
  }
  return found
}

async function showBefore(
  { options, output }: Invocation,
  letters: readonly DeadLetterRow[],
  about: {
    readonly kind: DecisionKind
    readonly to: string | null
    readonly overlays: ReadonlyMap<string, Overlay>
    readonly found: readonly Preview[]
    readonly plans: PlanBook
  },
): Promise<void> {
  if (output.json) return
  const { kind, overlays, found, plans } = about
  const open = options['open'] === true
  const shown = await plans.shown(letters, open)
  if (kind === 'retry' || kind === 'correct') showPreviews(shown, found, output)
  else
    for (const letter of shown.slice(0, 20))
      output.line(`${nameOf(letter)}  ${letter.mapping}  ${letter.class}: ${letter.message}`)
  for (const letter of letters) {
    const overlay = overlays.get(letter.id)
    const stored = overlay === undefined ? null : await plans.planOf(letter)
    if (overlay === undefined || stored === null) continue
    output.line(`corrected in ${letter.id}`)
    for (const line of changeLines(stored.plan, letter.payload?.data ?? {}, overlay, open))
      output.line(`  ${line}`)
  }
}

/** One Update a mapping, or several where there are very many. A correction is kept first, and its Update carries its id alone. */
async function decidingOf(
  { options }: Invocation,
  session: Session,
  about: {
    readonly kind: DecisionKind
    readonly to: string | null
    readonly actor: { readonly by: string; readonly reason: string }
    readonly letters: readonly DeadLetterRow[]
    readonly overlays: ReadonlyMap<string, Overlay>
  },
): Promise<readonly Deciding[]> {
  const { kind, to, actor, overlays } = about
  const scope = prefixText(session.prefix)
  const found: Deciding[] = []
  for (const [mapping, letters] of Map.groupBy(about.letters, (letter) => letter.mapping)) {
    const { cluster } = options
    const wholeCluster = typeof cluster === 'string' && kind !== 'correct' && onlyCluster(options)
    for (let start = 0; start < letters.length; start += MOST_IDS) {
      const some = wholeCluster ? letters : letters.slice(start, start + MOST_IDS)
      const ids = some.map(({ id }) => id)
      const of = wholeCluster ? { cluster } : { ids }
      if (kind === 'correct') {
        const edit = await session.store.transaction((trx) =>
          saveEdit(
            trx,
            scope,
            mapping,
            some.map(({ id, sourceHash }) => ({ deadLetterId: id, sourceHash, overlay: overlays.get(id)! })),
          ),
        )
        found.push({ mapping, ids, decision: { kind, edit, ...actor } })
      } else if (kind === 'assign') found.push({ mapping, ids, decision: { kind, ...of, to, ...actor } })
      else found.push({ mapping, ids, decision: { kind, ...of, ...actor } })
      if (wholeCluster) break
    }
  }
  return found
}

/** A whole cause is one Update, however many dead letters it has. */
function onlyCluster(options: Invocation['options']): boolean {
  return ['class', 'state', 'owner', 'at', 'older', 'text'].every((name) => options[name] === undefined)
}

function showAfter(letters: readonly DeadLetterRow[], { output }: Invocation): void {
  for (const [state, group] of Map.groupBy(letters, (letter) => letter.state))
    output.line(`  ${state === 'retrying' ? 'still being tried' : state}: ${group.length}`)
  for (const letter of letters.filter(({ state }) => state === 'parked' || state === 'waiting').slice(0, 20))
    output.line(`  ${nameOf(letter)} is ${letter.state} again: ${letter.class}: ${letter.message}`)
}
