import {
  DEAD_LETTER_CLASSES,
  DEAD_LETTER_STATES,
  type DeadLetterClass,
  type DeadLetterState,
  OPEN_DEAD_LETTER_STATES,
} from '../../core/model/dead-letter.ts'
import { parseDuration } from '../../core/parse/duration.ts'
import {
  DEAD_LETTER_ORDERS,
  type DeadLetterFilter,
  type DeadLetterRow,
  deadLetterById,
  deadLetters,
} from '../../store/dead-letters.ts'
import { prefixText } from '../../temporal/names.ts'
import { type Invocation, type OptionSpec, UsageError } from '../command.ts'
import type { Session } from '../session.ts'
import { refuseUnknown } from './unknown.ts'

/** What says which dead letters are meant, for every command that takes several. */
export const FILTER_OPTIONS: Readonly<Record<string, OptionSpec>> = {
  mapping: { type: 'string', value: 'NAME', help: 'only those of one mapping' },
  class: { type: 'string', value: 'CLASS', help: `only one class: ${DEAD_LETTER_CLASSES.join(', ')}` },
  state: { type: 'string', value: 'STATE', help: `only one state: ${DEAD_LETTER_STATES.join(', ')}` },
  cluster: { type: 'string', value: 'ID', help: 'only those of one cause, as list --clusters names it' },
  owner: { type: 'string', value: 'NAME', help: 'only those of one owner; none: those nobody has' },
  at: { type: 'string', value: 'PLACE', help: 'only those of one place in the mapping: fields.partner_id' },
  older: { type: 'string', value: 'AGE', help: 'only those first seen longer ago than this: 2h, 3d' },
  text: { type: 'string', value: 'TEXT', help: 'only those with this in label or message' },
  all: { type: 'boolean', help: 'settled ones too' },
}

/** Whether the command line says anything of which ones. */
export function isFiltered({ options }: Invocation): boolean {
  return Object.keys(FILTER_OPTIONS).some((name) => name !== 'all' && options[name] !== undefined)
}

/** Throws `UsageError` for what is none. */
export function filterOf({ options }: Invocation, now: number): Omit<DeadLetterFilter, 'limit'> {
  const text = (name: string): string | undefined =>
    typeof options[name] === 'string' ? options[name] : undefined
  const one = <Value extends string>(name: string, values: readonly Value[]): Value | undefined => {
    const value = text(name)
    if (value === undefined || values.includes(value as Value)) return value as Value | undefined
    throw new UsageError(`--${name} "${value}" is none of ${values.join(', ')}`)
  }
  const age = text('older')
  if (age !== undefined && !/^\d+(s|m|h|d)$/.test(age))
    throw new UsageError(`--older "${age}" is no time such as 2h or 3d`)
  const state = one('state', DEAD_LETTER_STATES)
  const owner = text('owner')
  return Object.fromEntries(
    Object.entries({
      mapping: text('mapping'),
      class: one<DeadLetterClass>('class', DEAD_LETTER_CLASSES),
      state: state as DeadLetterState | undefined,
      cluster: text('cluster'),
      at: text('at'),
      owner: owner === 'none' ? null : owner,
      text: text('text'),
      before: age === undefined ? undefined : now - parseDuration(age),
      sort: one('sort', DEAD_LETTER_ORDERS),
      open: options['all'] === true || (state !== undefined && !isOpen(state)) ? undefined : true,
    }).filter(([, value]) => value !== undefined),
  )
}

/** Whether it still needs something. */
export function isOpen(state: DeadLetterState): boolean {
  return (OPEN_DEAD_LETTER_STATES as readonly DeadLetterState[]).includes(state)
}

/** Of these names every one has to fit, and only one dead letter: what went wrong otherwise. */
export type Named = { readonly letters: readonly DeadLetterRow[] } | { readonly fault: string }

/** Dead letters by id, by the key of their record, or by what people call it; of a record the open one, else the last one. */
export async function lettersNamed(
  { store, prefix }: Session,
  names: readonly string[],
  mapping: string | undefined,
): Promise<Named> {
  const scope = prefixText(prefix)
  const found: DeadLetterRow[] = []
  for (const name of names) {
    const byId = await deadLetterById(store, scope, name)
    const ofMapping = mapping === undefined ? {} : { mapping }
    const byRecord =
      byId !== null ? [byId] : await deadLetters(store, scope, { ...ofMapping, record: name, limit: 100 })
    const open = byRecord.filter(({ state }) => isOpen(state))
    const candidates = open.length > 0 ? open : byRecord.slice(0, 1)
    const [letter, other] = candidates
    if (letter === undefined)
      return {
        fault: `No dead letter has the id, label or key "${name}". tidelock dead-letters list shows what there is.`,
      }
    if (other !== undefined)
      return {
        fault: `"${name}" fits ${candidates.length}: ${candidates.map(({ id, mapping }) => `${id} (${mapping})`).join(', ')}. Name one by its id.`,
      }
    if (!found.some(({ id }) => id === letter.id)) found.push(letter)
  }
  return { letters: found }
}

const PAGE = 500

/** All that fit, the newest first, page by page. */
export async function lettersFitting(
  { store, prefix }: Session,
  filter: Omit<DeadLetterFilter, 'limit'>,
): Promise<readonly DeadLetterRow[]> {
  const found: DeadLetterRow[] = []
  for (;;) {
    const last = found.at(-1)
    const page = await deadLetters(store, prefixText(prefix), {
      ...filter,
      limit: PAGE,
      ...(last === undefined ? {} : { after: last.id }),
    })
    found.push(...page)
    if (page.length < PAGE) return found
  }
}

/** What a command is about: the dead letters it names, or all open ones that its filter fits. */
export async function lettersMeant(
  invocation: Invocation,
  session: Session,
  names: readonly string[],
): Promise<Named> {
  const { mapping } = invocation.options
  if (names.length > 0) {
    const { mapping: _, ...others } = filterOf(invocation, session.store.now())
    if (Object.keys(others).some((name) => name !== 'open'))
      throw new UsageError('Name dead letters, or say which by a filter, not both')
    await refuseUnknown(invocation, session)
    return lettersNamed(session, names, typeof mapping === 'string' ? mapping : undefined)
  }
  if (!isFiltered(invocation))
    throw new UsageError(
      'Name dead letters by id, key or label, or say which: --cluster ID, --mapping NAME …',
    )
  const { sort: _, ...filter } = filterOf(invocation, session.store.now())
  await refuseUnknown(invocation, session)
  return { letters: await lettersFitting(session, filter) }
}
