import { DEAD_LETTER_CLASSES, type DeadLetterClass } from '../../core/model/dead-letter.ts'
import {
  type DeadLetterRow,
  deadLetterById,
  deadLetters as listDeadLetters,
} from '../../store/dead-letters.ts'
import { prefixText } from '../../temporal/names.ts'
import { type Command, EXIT, type Invocation, UsageError } from '../command.ts'
import { instantText, table } from '../output.ts'
import type { Session } from '../session.ts'
import { withSession } from '../with-session.ts'

export const deadLetters: Command = {
  positionals: 'list|show [ID]',
  options: {
    mapping: { type: 'string', value: 'NAME', help: 'only those of one mapping' },
    class: { type: 'string', value: 'CLASS', help: `only one class: ${DEAD_LETTER_CLASSES.join(', ')}` },
    all: { type: 'boolean', help: 'settled ones too' },
    limit: { type: 'string', value: 'N', help: 'how many (default: 50)' },
  },
  examples: [
    ['tidelock dead-letters list --mapping shopify-orders', 'what is parked, and why'],
    [
      'tidelock dead-letters show "#1042"',
      'one of them by its id or by what people call it: reason, line of the mapping, payload',
    ],
  ],
  run: (invocation) =>
    withSession(
      invocation,
      async ({ session }) => {
        const [what = 'list', id] = invocation.positionals
        if (what === 'list') return list(invocation, session)
        if (what === 'show' && id !== undefined) return show(invocation, session, id)
        throw new UsageError(
          what === 'show' ? 'show needs an id or a label' : `"${what}" is neither list nor show`,
        )
      },
      { filesMustBeSound: false },
    ),
}

async function list({ options, output }: Invocation, session: Session): Promise<number> {
  const limit = Number(options['limit'] ?? 50)
  if (!Number.isInteger(limit) || limit < 1) throw new UsageError('--limit takes a whole number from 1 on')
  const wanted = options['class']
  if (wanted !== undefined && !DEAD_LETTER_CLASSES.includes(wanted as DeadLetterClass))
    throw new UsageError(`"${wanted}" is not a class`)
  const letters = await listDeadLetters(session.store, prefixText(session.prefix), {
    limit,
    ...(options['all'] === true ? {} : { open: true }),
    ...(typeof options['mapping'] === 'string' ? { mapping: options['mapping'] } : {}),
    ...(wanted === undefined ? {} : { class: wanted as DeadLetterClass }),
  })
  output.data(letters.map(({ payload: _payload, mapped: _mapped, ...letter }) => letter))
  const rows = letters.map((letter) => [
    letter.id,
    letter.mapping,
    letter.label ?? letter.key,
    letter.class,
    letter.state,
    letter.attempts,
    placeOf(letter),
    shorten(letter.message),
  ])
  const lines = table(['id', 'mapping', 'record', 'class', 'state', 'tries', 'at', 'why'], rows)
  for (const line of letters.length === 0 ? ['Nothing is parked.'] : lines) output.line(line)
  if (letters.length === limit) output.note(`The newest ${limit}; --limit shows more.`)
  return EXIT.ok
}

async function show({ output }: Invocation, session: Session, id: string): Promise<number> {
  const scope = prefixText(session.prefix)
  const byId = await deadLetterById(session.store, scope, id)
  const letter =
    byId ??
    (await listDeadLetters(session.store, scope, { open: true, limit: 5_000 })).find(
      (row) => row.label === id || row.key === id,
    ) ??
    null
  if (letter === null) {
    output.error(
      `No dead letter has the id, label or key "${id}". tidelock dead-letters list shows what there is.`,
    )
    return EXIT.failed
  }
  output.data(letter)
  output.line(
    `${output.style('bold', letter.label ?? letter.key)}  ${letter.mapping}  ${letter.class}  ${letter.state}`,
  )
  output.line(letter.message)
  output.line()
  const facts: (readonly [string, string])[] = [
    ['in the mapping', `${placeOf(letter)}${letter.at === null ? '' : ` (${letter.at})`}`],
    ['key', letter.key],
    ['target id', letter.targetId ?? 'none'],
    ['first seen', instantText(letter.firstSeenAt)],
    [
      'last seen',
      `${instantText(letter.lastSeenAt)}, ${letter.attempts} ${letter.attempts === 1 ? 'try' : 'tries'}`,
    ],
    [
      'tried again',
      letter.waitsFor === null
        ? instantText(letter.dueAt)
        : `when ${letter.waitsFor.mapping} has delivered ${letter.waitsFor.key}`,
    ],
    ['plan', letter.planHash.slice(0, 12)],
  ]
  for (const [name, value] of facts) output.line(`${name.padEnd(15)} ${value}`)
  output.line()
  output.line('As it was read')
  output.line(JSON.stringify(letter.payload?.data ?? null, null, 2))
  return EXIT.ok
}

function placeOf(letter: DeadLetterRow): string {
  return letter.file === null ? '–' : `${letter.file}:${letter.line ?? 1}:${letter.column ?? 1}`
}

function shorten(text: string): string {
  const line = text.replace(/\s+/g, ' ')
  return line.length > 100 ? `${line.slice(0, 99)}…` : line
}
