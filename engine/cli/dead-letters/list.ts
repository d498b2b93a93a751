import { MASK } from '../../core/personal/mask.ts'
import { clusters } from '../../store/clusters.ts'
import { type DeadLetterRow, deadLetters } from '../../store/dead-letters.ts'
import { prefixText } from '../../temporal/names.ts'
import { EXIT, type Invocation } from '../command.ts'
import { limitOf } from '../limit.ts'
import { counted, instantText, table } from '../output.ts'
import type { Session } from '../session.ts'
import { linksOf } from './links.ts'
import { type PlanBook, planBook } from './plans.ts'
import { filterOf } from './selected.ts'
import { refuseUnknown } from './unknown.ts'

/** `dead-letters list`: one row a record, or with `--clusters` one row a cause. */
export async function list(invocation: Invocation, session: Session): Promise<number> {
  const { options, output } = invocation
  if (options['clusters'] === true) return listClusters(invocation, session)
  const limit = limitOf(invocation, 50)
  const filter = filterOf(invocation, session.store.now())
  await refuseUnknown(invocation, session)
  const plans = planBook(session)
  const found = await deadLetters(session.store, prefixText(session.prefix), { ...filter, limit })
  const letters = await plans.shown(found, false)
  output.data(await Promise.all(letters.map((letter, index) => summaryOf(letter, found[index]!, plans))))
  const rows = letters.map((letter) => [
    letter.id,
    letter.mapping,
    nameOf(letter),
    letter.class,
    letter.state,
    letter.owner ?? '–',
    letter.attempts,
    instantText(letter.firstSeenAt),
    placeOf(letter),
    shorten(letter.message),
  ])
  const head = ['id', 'mapping', 'record', 'class', 'state', 'owner', 'tries', 'since', 'at', 'why']
  for (const line of letters.length === 0 ? ['Nothing is parked.'] : table(head, rows)) output.line(line)
  if (letters.length === limit) output.note(`The first ${limit}; --limit shows more.`)
  return EXIT.ok
}

/** What lists give of a dead letter: all but its payloads. */
async function summaryOf(shown: DeadLetterRow, letter: DeadLetterRow, plans: PlanBook) {
  const { payload: _payload, mapped: _mapped, ...rest } = shown
  return { ...rest, links: linksOf((await plans.planOf(letter))?.plan ?? null, letter) }
}

async function listClusters(invocation: Invocation, session: Session): Promise<number> {
  const { options, output } = invocation
  const scope = prefixText(session.prefix)
  const { mapping } = options
  await refuseUnknown(invocation, session)
  const causes = await clusters(session.store, scope, typeof mapping === 'string' ? { mapping } : {})
  const plans = planBook(session)
  const rows = []
  for (const cause of causes) {
    const examples = await plans.shown(
      await deadLetters(session.store, scope, { ids: cause.examples, limit: cause.examples.length }),
      false,
    )
    rows.push({
      ...cause,
      examples: examples.map((letter) => ({ id: letter.id, name: nameOf(letter), message: letter.message })),
    })
  }
  output.data(rows)
  const lines = rows.map((row) => [
    row.cluster,
    row.mapping,
    row.count,
    row.class,
    placeOf(row),
    instantText(row.firstSeenAt),
    instantText(row.lastSeenAt),
    row.examples.map(({ name }) => name).join(', '),
    shorten(row.cause || row.examples[0]?.message || ''),
  ])
  const head = ['cluster', 'mapping', 'count', 'class', 'at', 'first seen', 'last seen', 'such as', 'why']
  for (const line of rows.length === 0 ? ['Nothing is parked.'] : table(head, lines)) output.line(line)
  if (rows.length > 0)
    output.note(
      `${counted(rows.length, 'cause')}. tidelock dead-letters retry --cluster ID tries all of one again; list --cluster ID shows them.`,
    )
  return EXIT.ok
}

/** What people call the record, or its key where that is masked or unknown. */
export function nameOf({ label, key }: Pick<DeadLetterRow, 'label' | 'key'>): string {
  return label === null || label.includes(MASK) ? key : label
}

/** `mappings/shopify-orders.yaml:40:9`. */
export function placeOf({ file, line, column }: Pick<DeadLetterRow, 'file' | 'line' | 'column'>): string {
  return file === null ? '–' : `${file}:${line ?? 1}:${column ?? 1}`
}

function shorten(text: string): string {
  const line = text.replace(/\s+/g, ' ')
  return line.length > 100 ? `${line.slice(0, 99)}…` : line
}
