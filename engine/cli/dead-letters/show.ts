import type { Exchange } from '../../core/model/connector.ts'
import type { JsonObject } from '../../core/model/json.ts'
import type { Plan } from '../../core/model/plan.ts'
import { visible } from '../../core/parse/format.ts'
import { maskExchange } from '../../core/personal/exchange.ts'
import { MASK } from '../../core/personal/mask.ts'
import { personalValues } from '../../core/personal/values.ts'
import type { DeadLetterRow } from '../../store/dead-letters.ts'
import { type Decision, decisionsOf } from '../../store/decisions.ts'
import { type KeptExchange, keptExchange } from '../../store/exchanges.ts'
import { prefixText } from '../../temporal/names.ts'
import { EXIT, type Invocation, UsageError } from '../command.ts'
import { counted, instantText, type Output } from '../output.ts'
import type { Session } from '../session.ts'
import { actorOf, noteOpening } from './actor.ts'
import { linksOf, type RecordLinks } from './links.ts'
import { nameOf, placeOf } from './list.ts'
import { planBook } from './plans.ts'
import { lettersNamed } from './selected.ts'
import { leavesOf, textOfLeaf } from './sheet/cells.ts'
import { sideBySide } from './side-by-side.ts'

/**
 * `dead-letters show`: all that is known of one. Personal values are masked unless it is opened, which is kept as a decision on it:
 * who did, when and why.
 */
export async function show(
  invocation: Invocation,
  session: Session,
  names: readonly string[],
  texts: ReadonlyMap<string, string>,
): Promise<number> {
  const { options, output } = invocation
  if (names.length !== 1) throw new UsageError('show needs one id, label or key')
  const mapping = typeof options['mapping'] === 'string' ? options['mapping'] : undefined
  const named = await lettersNamed(session, names, mapping)
  if ('fault' in named) {
    output.error(named.fault)
    return EXIT.failed
  }
  const letter = named.letters[0]!
  const scope = prefixText(session.prefix)
  const open = options['open'] === true
  if (open) await noteOpening(session, [letter], actorOf(invocation, session))
  const plans = planBook(session)
  const plan = (await plans.planOf(letter))?.plan ?? null
  const [shown] = await plans.shown([letter], open)
  const kept = await keptExchange(session.store, scope, letter.id)
  const exchange = kept === null ? null : exchangeShown(plan, letter, kept, open)
  const links = linksOf(plan, letter)
  const decisions = await decisionsOf(session.store, scope, [letter.id])
  const taken = decisions.map((decision) => (open ? decision : maskDecision(decision)))
  output.data({ ...shown, exchange, links, decisions: taken, open })
  if (!output.json) {
    showFacts(shown!, links, texts, output)
    showDecisions(taken, output)
    showPayloads(shown!, plan, output)
    showExchange(exchange, output)
    if (!open && JSON.stringify([shown, exchange]).includes(MASK))
      output.note('Personal values are masked; --open shows them, and notes who did.')
  }
  return EXIT.ok
}

/** Corrections hold what a person wrote, which may be personal whatever the field. */
function maskDecision(decision: Decision): Decision {
  const { overlay } = decision
  if (overlay === null) return decision
  return { ...decision, overlay: Object.fromEntries(Object.keys(overlay).map((path) => [path, MASK])) }
}

/** Without the plan nothing tells what is personal. */
function exchangeShown(
  plan: Plan | null,
  { payload, mapped }: DeadLetterRow,
  { request, response, personal }: KeptExchange,
  open: boolean,
): Exchange | null {
  if (open) return { request, response }
  if (plan === null) return null
  const known = personalValues(plan, { data: payload?.data ?? null, mapped })
  return maskExchange({ request, response }, [...personal, ...known])
}

function showExchange(exchange: Exchange | null, output: Output): void {
  if (exchange === null) return
  for (const [title, text] of [
    ['What was sent', exchange.request],
    ['What came back', exchange.response],
  ] as const) {
    output.line()
    output.line(output.style('bold', title))
    for (const line of text.split('\n')) output.line(`  ${visible(line)}`)
  }
}

function showFacts(
  letter: DeadLetterRow,
  links: RecordLinks,
  texts: ReadonlyMap<string, string>,
  output: Output,
): void {
  output.line(`${output.style('bold', nameOf(letter))}  ${letter.mapping}  ${letter.class}  ${letter.state}`)
  output.line(letter.message)
  output.line()
  const line = letter.file === null ? undefined : texts.get(letter.file)?.split('\n')[(letter.line ?? 1) - 1]
  const facts: readonly (readonly [string, string | null])[] = [
    ['in the mapping', placeOf(letter)],
    ['', line === undefined ? null : output.style('dim', line.trim())],
    ['target field', letter.at?.replace(/^fields\./, '').replaceAll('.fields.', '.') ?? null],
    ['at the source', links.source ?? letter.sourceKey],
    ['at the target', links.target ?? letter.targetId ?? 'not there'],
    ['id', letter.id],
    ['cause', letter.cluster],
    ['owner', letter.owner ?? 'nobody'],
    ['first seen', instantText(letter.firstSeenAt)],
    [
      'last seen',
      `${instantText(letter.lastSeenAt)}, ${letter.attempts === 1 ? '1 try' : `${letter.attempts} tries`}`,
    ],
    ['tried again', againText(letter)],
    ['settled', letter.resolvedAt === null ? null : instantText(letter.resolvedAt)],
    ['plan', letter.planHash.slice(0, 12)],
  ]
  for (const [name, value] of facts) if (value !== null) output.line(`${name.padEnd(15)} ${value}`)
}

function againText({ waitsFor, dueAt, resolvedAt }: DeadLetterRow): string | null {
  if (resolvedAt !== null) return null
  if (waitsFor !== null) return `when ${waitsFor.mapping} has delivered ${waitsFor.key}`
  return dueAt === null ? 'when somebody decides so' : instantText(dueAt)
}

function showDecisions(decisions: readonly Decision[], output: Output): void {
  if (decisions.length === 0) return
  output.line()
  output.line(output.style('bold', counted(decisions.length, 'decision')))
  for (const { decidedAt, by, kind, reason, overlay } of decisions) {
    output.line(`  ${instantText(decidedAt)}  ${by}  ${kind}${reason === '' ? '' : `: ${reason}`}`)
    for (const [path, value] of Object.entries(overlay ?? {}))
      output.line(`      ${path} = ${JSON.stringify(value)}`)
  }
}

function showPayloads(letter: DeadLetterRow, plan: Plan | null, output: Output): void {
  output.line()
  const { payload, mapped } = letter
  if (payload === null) {
    output.line('Its record is not kept any more.')
    return
  }
  const left =
    plan === null
      ? Object.entries(payload.data).map(([name, value]) => `${name}  ${textOfLeaf(value)}`)
      : leavesOf(plan.source.selection, payload.data).map(({ path, value }) => `${path}  ${shownText(value)}`)
  const right = Object.entries(mapped ?? ({} as JsonObject)).map(
    ([name, value]) => `${name}  ${shownText(value)}`,
  )
  const rows = sideBySide(
    { title: 'As it was read', lines: left },
    {
      title: 'As it would be written',
      lines: right.length > 0 ? right : ['nothing: it did not come so far'],
    },
    output.columns ?? 120,
  )
  for (const row of rows) output.line(row)
}

function shownText(value: JsonObject[string]): string {
  return value === null ? '–' : textOfLeaf(value).replace(/\s+/g, ' ')
}
